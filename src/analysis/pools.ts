/** Pools of a run, from the gauges that name them (docs/formats.md): elements that a pool keeps and should keep; and what kvfree_rcu() has on each CPU. */
import type { StepSeries } from './series.ts';
import type { Trace } from './trace.ts';

export interface Pool {
  readonly name: string;
  /** Elements that are there; that should be, where the run says so. */
  readonly free: StepSeries;
  readonly target: StepSeries | null;
  /** The event from which on it is known how many there are; 0 = from the start. */
  readonly since: number;
}
/** Objects of kvfree_rcu() from the newest stage to the oldest, and what else is told of a CPU: objects in lists instead of pages, pages for pointers in use, and spare ones. */
export const KVFREE_PARTS = ['filling', 'waiting', 'freeing', 'linked', 'pages', 'cache'] as const;
export type KvfreePart = (typeof KVFREE_PARTS)[number];
export interface KvfreeCpu {
  readonly cpu: number;
  /** Objects in all stages, and the linked ones of them, from each object's own tracepoints: their gauges come only now and then. */
  readonly stored: StepSeries;
  readonly linked: StepSeries;
  readonly waiting: StepSeries | null;
  readonly freeing: StepSeries | null;
  readonly pages: StepSeries | null;
  readonly cache: StepSeries | null;
  /** The event from which on spare pages are known; Infinity = never. A CPU may have some before: they were laid by as the machine booted. */
  readonly cacheSince: number;
}
export interface Pools {
  readonly pools: readonly Pool[];
  readonly kvfree: readonly KvfreeCpu[];
}
const known = new WeakMap<Trace, { readonly gauges: number; readonly pools: Pools }>();

/** In the order in which they were first told of. */
export function poolsOf(trace: Trace): Pools {
  const { gauges } = trace.series, before = known.get(trace);
  if (before?.gauges === gauges.size) return before.pools;
  const names = [...gauges.keys()].map((i) => trace.tables.strings[i] ?? ''), series = (name: string): StepSeries | null => gauges.get(trace.tables.stringIndex(name)) ?? null;
  // the cursor stands behind the row
  const since = (name: string): number => { const i = trace.tables.stringIndex(name); return gauges.has(i) ? (trace.series.gaugeRows.get(i) ?? -1) + 1 : Infinity; };
  const pools = [...new Set(names.flatMap((name) => /^pool (.+) (?:free|target)$/.exec(name)?.[1] ?? []))].flatMap((name): Pool[] => {
    const free = series(`pool ${name} free`);
    return free === null ? [] : [{ name, free, target: series(`pool ${name} target`), since: since(`pool ${name} free`) }];
  });
  const cpus = [...new Set(names.flatMap((name) => /^kvfree cpu(\d+) /.exec(name)?.[1] ?? []))].map(Number).sort((a, b) => a - b);
  const kvfree = cpus.filter((cpu) => cpu < trace.shape.cpus).map((cpu): KvfreeCpu => {
    const part = (name: KvfreePart): StepSeries | null => series(`kvfree cpu${cpu} ${name}`), { stored, linked } = trace.series.rcu;
    return { cpu, stored: stored[cpu], linked: linked[cpu], waiting: part('waiting'), freeing: part('freeing'), pages: part('pages'), cache: part('cache'), cacheSince: since(`kvfree cpu${cpu} cache`) };
  });
  known.set(trace, { gauges: gauges.size, pools: { pools, kvfree } });
  return { pools, kvfree };
}
/** Elements that are there; null: the run has not told of the pool yet. */
export const freeAt = (pool: Pool, event: number): number | null => (event < pool.since ? null : pool.free.at(event));
/** Pages that a CPU keeps for pointers; null: not told of yet. */
export const spareAt = (k: KvfreeCpu, event: number): number | null => (event < k.cacheSince ? null : partAt(k, 'cache', event));
/** A part that was not told of so far is 0. Filled in is what neither waits nor is being freed. */
export const partAt = (k: KvfreeCpu, part: KvfreePart, event: number): number =>
  part === 'filling' ? Math.max(0, k.stored.at(event) - partAt(k, 'waiting', event) - partAt(k, 'freeing', event)) : (k[part]?.at(event) ?? 0);
export const anyPool = (trace: Trace): boolean => { const { pools, kvfree } = poolsOf(trace); return pools.length + kvfree.length > 0; };
