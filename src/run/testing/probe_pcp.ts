/**
 * What real kernels did when a module took pages from one CPU one by one and gave them back (fixtures/probe/pcp_lists.csv: captures 6.1-256M-1-mod_pcp, both runs
 * alike; of 6.12 the figures that were noted), beside the model from the same start: so many pages free in DMA32, so many Unmovable ones on the CPU's list.
 */
import { must, ns } from '../../base/units.ts';
import type { ProfileName } from '../../format/scenario.ts';
import { kfn, type Kernel } from '../../kernel/kernel.ts';
import { FRAME, GFP, MAX_ORDER, MT, NO_CPU } from '../../kernel/mm/constants.ts';
import { rmqueueInner } from '../../kernel/mm/fallback.ts';
import { gfpFromNames } from '../../kernel/mm/gfp.ts';
import { listEmpty, type Zone } from '../../kernel/mm/mmzone.ts';
import { allocPages } from '../../kernel/mm/page_alloc.ts';
import { freePages, orderToPindex } from '../../kernel/mm/pcp.ts';
import { spawn } from '../../kernel/sched/core.ts';
import { clockNanosleep } from '../../kernel/sched/timer.ts';
import { oneHog } from '../../scenarios/one_hog.ts';
import type { Timed } from '../../sim/kfn.ts';
import { bootScenario } from '../boot.ts';
import { debian1 } from './probe_machines.ts';

/** One block. `refills`, `bulks`: pages that went to the list, or back from it, at once; 0 for a page that never was. '' = not noted. */
export interface PcpFigures { readonly refills: string; readonly wakePage: string; readonly firstFailure: string; readonly freeThen: string; readonly most: string; readonly bulks: string }
export interface PcpBlock extends PcpFigures { readonly profile: ProfileName; readonly name: string; readonly gfp: number; readonly free: number; readonly left: number; readonly ask: number }
export const PCP_COLUMNS: readonly (readonly [keyof PcpFigures, string])[] = [
  ['refills', 'refills, pages'], ['wakePage', 'kswapd woken at page'], ['firstFailure', 'first refused'], ['freeThen', 'free at the end of taking'], ['most', 'list at most while freeing'], ['bulks', 'back to the buddy, pages'],
];
export function readPcpBlocks(csv: string): PcpBlock[] {
  const [head, ...lines] = csv.trim().split('\n').map((l) => l.split(','));
  return lines.map((l) => {
    const at = (name: string): string => l[head.indexOf(name)], n = (name: string): number => Number(at(name)), profile = at('profile');
    if (profile !== 'v6.1' && profile !== 'v6.12') throw new Error(`no kernel of ${profile} was asked`);
    return {
      profile, name: at('name'), gfp: at('gfp') === '0' ? 0 : must(gfpFromNames(at('gfp')), `no such flags: ${at('gfp')}`), free: n('free'), left: n('left'), ask: n('ask'),
      refills: at('refills'), wakePage: at('wake_page'), firstFailure: at('first_failure'), freeThen: at('free_then'), most: at('most'), bulks: at('bulks'),
    };
  });
}
/** `15 15 15 30` as `15x3 30`. */
const runs = (sizes: readonly number[]): string => {
  const out: [size: number, times: number][] = [];
  for (const s of sizes) { const last = out.at(-1); if (last !== undefined && last[0] === s) last[1]++; else out.push([s, 1]); }
  return out.map(([s, n]) => (n > 2 ? `${s}x${n}` : Array(n).fill(s).join(' '))).join(' ');
};
const NO_PAGE = 0;

/** Leaves `free` pages in the zone's buddy lists; per-CPU lists are left alone. */
function leave(k: Kernel, z: Zone, free: number): void {
  for (let order = MAX_ORDER; order >= 0; order--) {
    while (z.nrFree - (1 << order) >= free) {
      const pfn = rmqueueInner(k, z, order, MT.unmovable, 0, NO_CPU);
      if (pfn < 0) break;
      k.mm.word.fill(FRAME.kernel, pfn, pfn + (1 << order));
    }
  }
}
/** The block's start: DMA has nothing to give, DMA32 and the list what they had. */
const prepare = kfn('prepare', function* (k: Kernel, b: PcpBlock): Timed<void> {
  const [dma, dma32] = k.mm.zones, pcp = dma32.pcp[0], unmovable = pcp.heads[orderToPindex(MT.unmovable, 0)], all = GFP.MEMALLOC | GFP.NOWARN, extra: number[] = [];
  leave(k, dma32, b.free + 1000);
  while (!listEmpty(k.mm, unmovable)) yield* allocPages(k, all, 0, FRAME.kernel);
  while (extra.length < b.left) extra.push(yield* allocPages(k, all, 0, FRAME.kernel));
  while (!listEmpty(k.mm, unmovable)) yield* allocPages(k, all, 0, FRAME.kernel);
  leave(k, dma32, b.free);
  leave(k, dma, 31);
  for (const pfn of extra) yield* freePages(k, pfn, 0);
  pcp.freeFactor = 0; pcp.allocFactor = 0; pcp.freeCount = 0; // as after a second in which nobody took or gave any
});

export function runPcpBlock(b: PcpBlock): PcpFigures {
  const { machine, minFreeKbytes } = debian1, sysctl = { 'vm.min_free_kbytes': minFreeKbytes, 'vm.watermark_boost_factor': 0 };
  const { k } = bootScenario({ ...oneHog, profile: b.profile, machine, sysctl, workloads: [] }, 'none'), z = k.mm.zones[1], { mark } = k, refills: number[] = [], bulks: number[] = [], got: number[] = [];
  let page = 0, wakePage = NO_PAGE, firstFailure = NO_PAGE, freeThen = 0, most = 0, done = false;
  const ask = kfn('ask', function* (k: Kernel): Timed<void> {
    yield* clockNanosleep(k, ns(1e7)); // kswapd has gone to sleep by then
    yield* prepare(k, b);
    k.mark = (name, x = 0, y = 0) => { if (name === 'mm_vmscan_wakeup_kswapd' && wakePage === NO_PAGE) wakePage = page; mark.call(k, name, x, y); };
    for (page = 1; page <= b.ask; page++) {
      const before = z.nrFree, pfn = yield* allocPages(k, b.gfp | GFP.NOWARN, 0, FRAME.kernel);
      if (z.nrFree < before) refills.push(before - z.nrFree);
      if (pfn >= 0) got.push(pfn);
      else if (firstFailure === NO_PAGE) firstFailure = page;
    }
    freeThen = z.nrFree;
    for (const pfn of got) {
      const before = z.nrFree;
      yield* freePages(k, pfn, 0);
      if (z.nrFree > before) bulks.push(z.nrFree - before);
      most = Math.max(most, z.pcp[0].count);
    }
    done = true;
  });
  spawn(k, 'module', ask);
  k.runUntil(ns(k.now + 5e8));
  if (!done) throw new Error(`${b.name} did not come to its end`);
  return { refills: runs(refills), wakePage: String(wakePage), firstFailure: String(firstFailure), freeThen: String(freeThen), most: String(most), bulks: runs(bulks) };
}
export interface PcpCell { readonly column: string; readonly kernel: string; readonly model: string; readonly same: boolean }
/** The figures that were noted, beside the model's. */
export function comparePcp(b: PcpBlock): PcpCell[] {
  const model = runPcpBlock(b);
  return PCP_COLUMNS.filter(([key]) => b[key] !== '').map(([key, column]) => ({ column, kernel: b[key], model: model[key], same: b[key] === model[key] }));
}
/** In the words of docs/fidelity.md, a star where they differ. */
export const pcpTable = (rows: readonly { readonly block: PcpBlock; readonly cells: readonly PcpCell[] }[]): string => [
  `| kernel / model | ${PCP_COLUMNS.map(([, name]) => name).join(' | ')} |`, `|---|${PCP_COLUMNS.map(() => '---').join('|')}|`,
  ...rows.map(({ block, cells }) => `| ${block.profile} ${block.name} | ${PCP_COLUMNS.map(([, name]) => { const c = cells.find((x) => x.column === name); return c === undefined ? '' : `${c.kernel} / ${c.model}${c.same ? '' : ' *'}`; }).join(' | ')} |`),
].join('\n');
