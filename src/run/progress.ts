/**
 * Does the run still get anywhere? Looked at four times a simulated second, from outside: a look reads, and leaves no row.
 *
 * Progress is what the kernel would call so: a page was allocated or freed, read in or written out, a process was born, killed or gone.
 * That a task runs is none: a loop of vain reclaim runs. A stretch without any of that is no fault yet, as a machine
 * may be idle, asleep or waiting for its disk; it is one if besides a ring of waits has stood all the while, or if somebody whom others
 * need has been runnable all the while and has not run once; a work item that somebody waits for counts as one, behind a worker that never sleeps.
 */
import type { Ending, Outcome } from '../format/scenario.ts';
import { retriesStill } from '../kernel/locking/retries.ts';
import { RETRY_ROUNDS, type Ring, type RingEdge, taskLabel, waitRings } from '../kernel/locking/wait_graph.ts';
import type { Lock } from '../kernel/locking/lock.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { allocPagesSlowpath } from '../kernel/mm/slowpath.ts';
import { tskIsOomVictim } from '../kernel/mm/oom_control.ts';
import type { Task } from '../kernel/sched/task.ts';
import { itemsBehind } from '../kernel/workqueue.ts';

/**
 * How long nothing may come forward. The kernel's own measure, kernel.hung_task_timeout_secs, is 120 s, and sees none of those that
 * loop: here two looping allocators write 100,000 rows and more a second, so that no run would get there. The longest lawful pause is
 * the reaper's: 2 s until it is woken, and ten attempts 100 ms apart. 5 s is well above that.
 */
export const NO_PROGRESS_NS = 5e9;
const LOOK_NS = 250e6;
/** A run whose time is over in a ring that nothing but a kill could open: this much of standing still is enough. */
const AT_THE_END_NS = 500e6;

export type Deadlock = Outcome['deadlocks'][number];
export interface Stall { readonly ending: Extract<Ending, 'deadlock' | 'livelock' | 'starvation'>; readonly text: string; readonly rings: readonly Deadlock[] }
/** What the watch asks of the machine; a test of the locks alone has no memory to look at. */
export interface Signs {
  /** Another value whenever something has come forward. */
  progress(k: Kernel): string;
  /** It tries to get memory, and has not got it so far. */
  allocating(k: Kernel, t: Task): boolean;
  /** Its death would give memory back. */
  dying(k: Kernel, t: Task): boolean;
}
export const memorySigns: Signs = {
  progress(k) {
    const { mm } = k, { vm } = mm;
    return [mm.zones.reduce((n, z) => n + z.allocated, 0), mm.pgfree, vm.pgmajfault, vm.nr_written, vm.pswpin, vm.pswpout, k.tasks.length, k.running, mm.kills.length].join(' ');
  },
  allocating: (k, t) => k.stacks.fns(t.stack).includes(allocPagesSlowpath.fn),
  dying: tskIsOomVictim,
};

export class ProgressWatch {
  readonly signs: Signs;
  dueNs: number; // of the next look
  private seen: string;
  private sinceNs: number; // nothing has come forward since this look
  private readonly waiting: { used: number; sinceNs: number }[]; // by task: since which look it waits for a CPU, and what CPU time it had then
  constructor(signs: Signs) {
    this.signs = signs; this.dueNs = 0; this.seen = ''; this.sinceNs = 0; this.waiting = [];
  }
  /** The look that is due. A stall: the run need not go on. */
  look(k: Kernel): Stall | null {
    const at = this.dueNs, seen = this.signs.progress(k);
    this.dueNs += LOOK_NS;
    for (const t of k.tasks) {
      const w = (this.waiting[t.id] ??= { used: -1, sinceNs: at });
      if (t.queued && t.used === w.used) continue;
      w.used = t.queued ? t.used : -1;
      w.sinceNs = at;
    }
    if (seen !== this.seen) {
      this.seen = seen;
      this.sinceNs = at;
      return null;
    }
    return at - this.sinceNs >= NO_PROGRESS_NS ? this.stallAt(k, at) : null;
  }
  /** The run's time is over. */
  atEnd(k: Kernel): Stall | null {
    if (this.signs.progress(k) !== this.seen || k.now - this.sinceNs < AT_THE_END_NS) return null;
    return this.stallAt(k, k.now);
  }
  /** For a CPU, all the while. */
  private hasWaited(t: Task, at: number): boolean {
    const w = this.waiting[t.id];
    return t.queued && w !== undefined && t.used === w.used && at - w.sinceNs >= NO_PROGRESS_NS;
  }
  private stallAt(k: Kernel, at: number): Stall | null {
    const rings = waitRings(k, at).filter((r) => r.retriesFromNs === null || at - r.retriesFromNs >= NO_PROGRESS_NS);
    const first = rings.find((r) => r.kind === 'deadlock') ?? rings[0];
    if (first !== undefined) return { ending: first.kind, text: textOf(first.lock, first.tasks.length), rings: rings.map(told) };
    if (at - this.sinceNs < NO_PROGRESS_NS || !k.tasks.some((t) => this.signs.allocating(k, t))) return null;
    const starved = k.tasks.find((t) => this.hasWaited(t, at) && (neededFor(k, t, at).length > 0 || this.signs.allocating(k, t) || this.signs.dying(k, t)));
    return starved === undefined ? lateItem(k, at) : starvation(k, starved, at);
  }
}
/** Rings that nothing but a kill could open, whatever else the machine does. */
export const deadlocksOf = (k: Kernel): Deadlock[] => waitRings(k).filter((r) => r.kind === 'deadlock').map(told);

const textOf = (what: string, tasks: number): string => `no progress: ${what} (${tasks} ${tasks === 1 ? 'task' : 'tasks'})`;
const told = (r: Ring): Deadlock => ({ kind: r.kind, tasks: r.tasks.map((t) => t.comm), locks: r.locks, edges: r.edges });

interface Need { readonly name: string; readonly by: readonly { readonly task: Task; readonly blocking: boolean }[] }
/** What others want of a task: locks that it holds or is the next to get, and what it is to complete. */
function neededFor(k: Kernel, t: Task, at: number): Need[] {
  const needs: Need[] = [], others = k.tasks.filter((o) => o !== t);
  const mine = (l: Lock): boolean => l.holders.includes(t) || (l.holders.length === 0 && t.blockedOn === l);
  for (const l of k.locks) {
    if (!mine(l)) continue;
    const by = others.flatMap((o) => {
      if (o.blockedOn === l) return { task: o, blocking: true };
      return o.retries.some((r) => r.lock === l && retriesStill(r, RETRY_ROUNDS, at)) ? { task: o, blocking: false } : [];
    });
    if (by.length > 0) needs.push({ name: l.name, by });
  }
  for (const o of others) if (o.awaits !== null && o.awaits.by.includes(t)) needs.push({ name: o.awaits.name, by: [{ task: o, blocking: true }] });
  return needs;
}
/** Work that somebody waits for, behind a worker that runs on and on: the item is ready all the while, and no other worker may take it. */
function lateItem(k: Kernel, at: number): Stall | null {
  const late = itemsBehind(k).find((i) => at - i.sinceNs >= NO_PROGRESS_NS);
  if (late === undefined) return null;
  const { name, runners, waiters } = late, tasks = [...runners, ...waiters].map((t) => t.comm);
  const edges = [...waiters.map((t): RingEdge => ({ from: t.comm, to: name, blocking: true })), ...runners.map((t): RingEdge => ({ from: name, to: t.comm, blocking: true }))];
  return { ending: 'starvation', text: textOf(name, tasks.length), rings: [{ kind: 'starvation', tasks, locks: [name], edges }] };
}
function starvation(k: Kernel, t: Task, at: number): Stall {
  const needs = neededFor(k, t, at), tasks = [t, ...new Set(needs.flatMap((n) => n.by.map((o) => o.task)))];
  const edges = needs.flatMap((n): RingEdge[] => [...n.by.map((o) => ({ from: o.task.comm, to: n.name, blocking: o.blocking })), { from: n.name, to: t.comm, blocking: true }]);
  const text = needs.length > 0 ? textOf(needs[0].name, tasks.length) : `no progress: ${taskLabel(t)} gets no CPU`;
  return { ending: 'starvation', text, rings: [{ kind: 'starvation', tasks: tasks.map((o) => o.comm), locks: needs.map((n) => n.name), edges }] };
}
