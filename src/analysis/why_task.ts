/** What a task does, or what it waits for, in words: by its call stack, its state, and the lock that it stands in line for. */
import { WMARK_CELL } from '../format/rows.ts';
import { LOCK_CELLS, type MachineState, TASK_CELLS, ZONE_CELLS } from '../format/state.ts';
import { plainName } from './tables.ts';
import { CODE, isQueued, isRunning } from './task_tracks.ts';
import type { Trace } from './trace.ts';

/** Functions in which a task sleeps, and for what. The innermost on the stack is told. */
export const WAITS: ReadonlyMap<string, string> = new Map([
  ['congestion_wait', 'until a write is done, or its time is up'], ['wait_iff_congested', 'until a congested queue has room, or its time is up'],
  ['reclaim_throttle', 'because reclaim gets nowhere, or too much is isolated or being written, until others get on or its time is up'],
  ['throttle_direct_reclaim', 'until half of the reserve below min is free again: kswapd is to bring it'], ['folio_wait_locked', 'until the page is read or written: somebody has it locked'],
  ['folio_wait_writeback', 'until the page is written'], ['balance_dirty_pages', 'because it has made too many pages dirty: the device is to keep up'], ['blk_mq_submit_request', 'until the device is done with a request: it has no tag free'],
  ['get_request', 'until the queue has a request free'], ['mempool_alloc', 'until an element of the pool comes back'], ['mem_cgroup_handle_over_high', 'because its group is above memory.high'],
  ['rcu_barrier', 'until the callbacks of every CPU have been invoked'], ['synchronize_rcu', 'until a grace period is over'], ['wait_for_completion', 'until somebody completes what it waits for'],
  ['should_reclaim_retry', 'for a jiffy, so that other work of its pool can run'], ['drain_all_pages', 'until the per-CPU lists are emptied'], ['out_of_memory', 'for a jiffy after the kill, with oom_lock held'], ['kswapd_try_to_sleep', 'until somebody wakes it'],
  ['worker_thread', 'until there is work'], ['rescuer_thread', 'until a work item needs it'], ['clock_nanosleep', 'until its time is up'], ['oom_reaper', 'until there is a victim'],
]);
/** In these a task leaves its CPU, or waits its turn: what called them says more. */
const SCHEDULER = /^(?:io_)?schedule(?:_timeout\w*)?$|^wait_event$|^__cond_resched$|^__mutex_lock_common$/;

export const namesOf = (trace: Trace, stack: number): string[] => trace.stackNames(stack).map(plainName);
/** `in folio_wait_locked()`: the innermost function that is not the scheduler's own. */
function placeOf(names: readonly string[], kthread: boolean): string {
  const name = names.findLast((one) => !SCHEDULER.test(one)) ?? names[0];
  return name === undefined ? (kthread ? 'at its beginning' : 'in user space') : `in ${name}()`;
}
/** What is waited for, as far as the stack says it; '' = it does not. */
function waitOf(names: readonly string[]): string {
  const name = names.findLast((one) => WAITS.has(one));
  return name === undefined ? '' : ` ${WAITS.get(name)}`;
}
/** `zone->lock DMA32, which hog holds`; '' = it stands in no line. */
function lockOf(trace: Trace, { tasks, locks }: MachineState, task: number): string {
  const lock = tasks[task * TASK_CELLS.size + TASK_CELLS.waitsFor] ?? -1;
  if (lock < 0) return '';
  const owner = locks[lock * LOCK_CELLS.size + LOCK_CELLS.owner] ?? -1, holders = locks[lock * LOCK_CELLS.size + LOCK_CELLS.holders] ?? 0;
  return `${trace.tables.lockName(lock)}${holders <= 0 ? '' : owner >= 0 ? `, which ${trace.tables.taskName(owner)} holds` : `, which ${holders} readers hold`}`;
}
/** Who holds the lock of this name; '' = nobody. */
export function holderOf(trace: Trace, event: number, name: string): string {
  const lock = trace.tables.locks.findIndex((l) => l?.name === name), { locks } = trace.stateAt(event - 1), owner = lock < 0 ? -1 : (locks[lock * LOCK_CELLS.size + LOCK_CELLS.owner] ?? -1);
  return owner < 0 ? '' : trace.tables.taskName(owner);
}
const codeAt = (trace: Trace, event: number, task: number): number => trace.series.tasks.codes[task]?.at(event) ?? CODE.gone;

/** What stands between a task and its CPU: `, and sleeps until the page is written`, or '' while it runs. */
export function heldUp(trace: Trace, event: number, task: number, stack: number): string {
  const code = codeAt(trace, event, task), lock = lockOf(trace, trace.stateAt(event - 1), task), names = namesOf(trace, stack);
  if (lock !== '') return `, and waits for ${lock}`;
  if (isRunning(code)) return '';
  return isQueued(code) ? ', and waits for a CPU' : `, and sleeps in ${placeOf(names, false).replace('in ', '')}${waitOf(names)}`;
}
/** `DMA32 has 520 pages free, high is 642`, of the zones of a node that are not above high. */
function belowHigh(trace: Trace, { zones }: MachineState, node: number): string[] {
  return trace.shape.zones.flatMap((z, i) => {
    const cell = (c: number): number => zones[i * ZONE_CELLS.size + c], high = cell(ZONE_CELLS.wmark + WMARK_CELL.high) + cell(ZONE_CELLS.wmark + WMARK_CELL.boost), free = cell(ZONE_CELLS.free);
    return z.node === node && free <= high ? [`${z.name} has ${free} pages free, high is ${high}`] : [];
  });
}
/** What a task is about that is not allocating; '' = its place alone can be told. */
function business(trace: Trace, event: number, task: number, names: readonly string[]): string {
  const who = trace.tables.taskName(task), node = /^kswapd(\d+)$/.exec(who)?.[1];
  if (node !== undefined && names.includes('balance_pgdat')) {
    const below = belowHigh(trace, trace.stateAt(event - 1), Number(node));
    return below.length === 0 ? 'reclaims, though by now every zone is above high' : `reclaims until a zone is above high: ${below.join('; ')}`;
  }
  if (names.includes('do_exit') || names.includes('exit_mmap')) {
    const { kills } = trace.series.marks, chosen = Array.from({ length: kills.countAt(event) }, (_, i) => kills.a.data[i]).includes(task);
    return `is exiting and gives its memory back${chosen ? ', chosen by the OOM killer' : ''}`;
  }
  return names.includes('oom_reap_task_mm') ? 'takes the memory of a victim away' : '';
}
/** One sentence about a task that is not allocating. */
export function taskWords(trace: Trace, event: number, task: number, stack: number): string {
  const who = trace.tables.taskName(task), code = codeAt(trace, event, task), names = namesOf(trace, stack), { kthread } = trace.tables.tasks[task];
  if (code === CODE.gone) {
    const { codes } = trace.series.tasks, lived = codes[task] !== undefined && Array.from({ length: codes[task].indexAt(event) + 1 }, (_, i) => codes[task].codeOf(i)).some((c) => c !== CODE.gone);
    return lived ? `${who} is gone.` : `${who} has not started yet.`;
  }
  const place = placeOf(names, kthread), what = business(trace, event, task, names), lock = lockOf(trace, trace.stateAt(event - 1), task);
  if (lock !== '') return `${who} waits for ${lock}, ${place}.`;
  if (what !== '') return `${who} ${what}${isRunning(code) ? `, ${place}` : heldUp(trace, event, task, stack)}.`;
  if (isQueued(code)) return `${who} could run and waits for a CPU, ${place}.`;
  const leaves = isRunning(code) && names[names.length - 1] === 'schedule';
  if (leaves || !isRunning(code)) return `${who} ${leaves ? 'gives up its CPU' : code === CODE.blocked ? 'is blocked' : 'is asleep'} ${place}${leaves ? '' : waitOf(names)}.`;
  return `${who} runs ${place}.`;
}
