/**
 * The engine alone, without memory: tasks that compute, go six calls deep, and take one contended lock for a page.
 * For `npm run bench`; the clock is the caller's, because nothing here may look at the time of day.
 */
import { ns } from '../base/units.ts';
import { bootBare } from '../kernel/bare.ts';
import { kfn, type Kernel, spend } from '../kernel/kernel.ts';
import { Mutex, mutexLock, mutexUnlock } from '../kernel/locking/mutex.ts';
import { SpinLock, spinLock, spinUnlock } from '../kernel/locking/spinlock.ts';
import { spawn } from '../kernel/sched/core.ts';
import { SCHED_COST } from '../kernel/sched/cost.ts';
import { livepatch, type Timed, type Variant } from '../sim/kfn.ts';
import type { Recorder } from '../sim/recorder.ts';

export interface LockWorkload {
  readonly cpus: number;
  readonly tasks: number;
  readonly lock: 'mutex' | 'spinlock';
  /** Factor on all times: 1 = a page in tens of ns, 1000 = long enough for ticks to preempt. */
  readonly scale: number;
  readonly hz: number;
  readonly ticks: boolean;
  /** Notes a branch at every level of the descent. */
  readonly decide: boolean;
  /** Writes columns, in two chunks that are used again; otherwise rows are counted and hashed only. */
  readonly record: boolean;
}
export const LOCK_WORKLOAD: LockWorkload = { cpus: 2, tasks: 8, lock: 'mutex', scale: 1, hz: 250, ticks: true, decide: false, record: true };
export interface BenchResult {
  readonly events: number;
  readonly ms: number;
  readonly eventsPerS: number;
  readonly rowsPerEvent: number;
  readonly callsPerEvent: number;
  readonly digest: string;
}

interface Zone { readonly lock: Mutex; readonly spin: SpinLock; free: number; readonly scale: number; readonly decide: boolean }
const benchAllocPages = kfn('bench_alloc_pages', function* (k, z: Zone): Timed<number> { return yield* benchGetPageFromFreelist(k, z); });
const benchGetPageFromFreelist = kfn('bench_get_page_from_freelist', function* (k, z: Zone): Timed<number> {
  if (z.decide) k.decide('free pages above the low watermark?', z.free > 1000, z.free);
  return 1 + (yield* benchRmqueue(k, z));
});
const benchRmqueue = kfn('bench_rmqueue', function* (k, z: Zone): Timed<number> {
  if (z.decide) k.decide('order allowed on per-CPU lists?', true);
  return 1 + (yield* benchRmqueuePcplist(k, z));
});
const benchRmqueuePcplist = kfn('bench_rmqueue_pcplist', function* (k, z: Zone): Timed<number> {
  if (z.decide) k.decide('per-CPU list empty?', true);
  return 1 + (yield* benchRmqueueBulk(k, z));
});
const benchRmqueueBulk = kfn('bench_rmqueue_bulk', function* (k, z: Zone): Timed<number> { return 1 + (yield* benchTakeLocked(k, z)); });
const takePage = (z: Zone): number => (z.free = z.free > 0 ? z.free - 1 : 1 << 20);
const benchTakeLocked = kfn('bench_take_locked', function* (k, z: Zone): Timed<number> {
  yield* mutexLock(k, z.lock);
  const page = takePage(z);
  yield spend(ns(40 * z.scale));
  mutexUnlock(k, z.lock);
  return page;
});
const SPINLOCK: Variant = {
  id: 'spinlock',
  patches: [livepatch(benchTakeLocked, function* (k, z): Timed<number> {
    yield* spinLock(k, z.spin);
    const page = takePage(z);
    yield spend(ns(40 * z.scale));
    spinUnlock(k, z.spin);
    return page;
  })],
};
function* user(k: Kernel, z: Zone): Timed<never> {
  for (;;) {
    yield* benchAllocPages(k, z);
    yield spend(ns((20 + (k.chance.random() & 255)) * z.scale));
  }
}
function boot(w: LockWorkload): Kernel {
  const own: { recorder: Recorder | null } = { recorder: null };
  const k = bootBare({
    cpus: w.cpus, hz: w.hz, ticks: w.ticks, cost: { ...SCHED_COST, switch_: ns(0), wake: ns(0) },
    keep: w.record ? (c) => { own.recorder?.takeGrowth(); own.recorder?.recycle(c); } : 'none', ...(w.lock === 'spinlock' ? { variants: [SPINLOCK] } : {}),
  });
  own.recorder = k.recorder;
  const z: Zone = { lock: new Mutex(k, 'zone_mutex'), spin: new SpinLock(k, 'zone_lock', { raw: true }), free: 1 << 20, scale: w.scale, decide: w.decide };
  for (let i = 0; i < w.tasks; i++) spawn(k, `hog${i}`, (k) => user(k, z));
  return k;
}
function run(k: Kernel, events: number): void { for (const end = k.events + events; k.events < end;) k.step(); }

/** @param now  ms, of any clock that runs forward */
export function benchLocks(now: () => number, events: number, options: Partial<LockWorkload> = {}): BenchResult {
  const k = boot({ ...LOCK_WORKLOAD, ...options });
  run(k, Math.min(200_000, events)); // warm
  const { events: e0, recorder, stacks } = k, rows0 = recorder.rows, calls0 = stacks.calls, t0 = now();
  run(k, events);
  const ms = now() - t0, done = k.events - e0;
  return {
    events: done, ms, eventsPerS: (done * 1000) / ms, rowsPerEvent: (recorder.rows - rows0) / done, callsPerEvent: (stacks.calls - calls0) / done, digest: recorder.digest,
  };
}
