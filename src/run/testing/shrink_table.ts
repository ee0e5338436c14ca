/**
 * What real kernels worked out in do_shrink_slab(): a module of ours registered shrinkers of many counts, seeks and batches, and read the tracepoints of each call
 * (captures-probe, section 5). Each row is put to the model's function as it stands.
 */
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel, spend } from '../../kernel/kernel.ts';
import { doShrinkSlab, type Shrinker, shrinkPlan } from '../../kernel/mm/shrinker.ts';
import { spawn } from '../../kernel/sched/core.ts';
import { blank } from '../../scenarios/blank.ts';
import { bootScenario } from '../boot.ts';

/** One call, or `times` equal ones. Objects. The shrinker frees nothing, so `left` and `after` follow from the plan and the batches. */
export interface ShrinkRow {
  readonly count: number; readonly seeks: number; readonly batch: number; readonly priority: number; readonly deferred: number;
  readonly delta: number; readonly total: number; readonly left: number; readonly after: number; readonly times: number;
}
/** Reads shrink_slab.csv of a capture, or the fixture, in which equal rows are one. */
export function readShrinkTable(csv: string): ShrinkRow[] {
  const [head, ...lines] = csv.trim().split('\n').map((l) => l.split(',')), col = (name: string): number => head.indexOf(name), times = col('times');
  const [count, seeks, batch, priority, deferred, delta, total, left, after] = ['count', 'seeks', 'batch', 'priority', 'deferred_before', 'delta', 'total_scan', 'left_total_scan', 'new_deferred'].map(col);
  return lines.map((l) => ({
    count: Number(l[count]), seeks: Number(l[seeks]), batch: Number(l[batch]), priority: Number(l[priority]), deferred: Number(l[deferred]), delta: Number(l[delta]), total: Number(l[total]),
    left: Number(l[left]), after: Number(l[after]), times: times < 0 ? 1 : Number(l[times]),
  }));
}
/** `differing`: calls of which delta, total or remainder differ. `shared`: those whose new deferred sum is larger, as it is where kswapd and a direct reclaimer run one shrinker at once. */
export interface ShrinkTold { readonly calls: number; readonly differing: readonly string[]; readonly shared: number }

const shScan = kfn('sh_scan', function* (_k: Kernel, scanned: { n: number }, nr: number): Timed<number> { scanned.n += nr; yield spend(ns(1)); return 0; });
/** One row: what the model makes of it. */
const askRow = kfn('ask_row', function* (k: Kernel, r: ShrinkRow): Timed<Pick<ShrinkRow, 'delta' | 'total' | 'left' | 'after'>> {
  const scanned = { n: 0 }, { delta, total } = shrinkPlan(r.count, r.deferred, r.priority, r.seeks);
  const s: Shrinker = { name: 'sh_scan', seeks: r.seeks, batch: r.batch, objectNs: 0, deferred: [r.deferred], countObjects: () => r.count, scanObjects: (k, _p, nr) => shScan(k, scanned, nr) };
  yield* doShrinkSlab(k, s, k.mm.nodes[0], { priority: r.priority });
  return { delta, total, left: total - scanned.n, after: s.deferred[0] };
});
export function askShrinker(rows: readonly ShrinkRow[]): ShrinkTold {
  const { k } = bootScenario(blank, 'none'), differing: string[] = [];
  let done = false, shared = 0, calls = 0;
  const ask = kfn('ask', function* (k: Kernel): Timed<void> {
    for (const r of rows) {
      const m = yield* askRow(k, r);
      calls += r.times;
      if (m.delta !== r.delta || m.total !== r.total || m.left !== r.left || m.after > r.after) differing.push(`count ${r.count}, seeks ${r.seeks}, batch ${r.batch}, priority ${r.priority}, deferred ${r.deferred}: the kernel ${r.delta} ${r.total} ${r.left} ${r.after}, the model ${m.delta} ${m.total} ${m.left} ${m.after}`);
      else if (m.after < r.after) shared += r.times;
    }
    done = true;
  });
  spawn(k, 'asker', function* (k: Kernel): Timed<void> { yield* ask(k); });
  while (!done && k.step());
  return { calls, differing, shared };
}
