/**
 * Who waits for whom, read off the live machine: tasks and what they wait for as nodes, and the rings in it. Nothing is kept for this
 * while the machine runs but the lost trylocks (retries.ts); it is asked when a run has stopped getting anywhere.
 *
 * A task leads to a lock that it sleeps or spins for, to a completion that it awaits without a timeout, and, by a retry edge, to a
 * lock that it keeps losing a trylock for. A lock leads to whoever must let go of it. A reader that stands behind a queued writer
 * waits for that writer, not for the readers who are in already: the lock's reading side is a node of its own.
 *
 * A ring alone is not enough: of a semaphore's units, or of those who may complete something, any one will do. So first everybody who
 * can still go on is taken out, and rings are looked for among those who are left.
 */
import { stuckRings } from '../../base/rings.ts';
import { isIdle } from '../../sim/cpu.ts';
import type { Context } from '../../sim/kfn.ts';
import type { Kernel } from '../kernel.ts';
import type { Awaited } from '../sched/completion.ts';
import { DEAD, RUNNING, signalPendingState, type Task } from '../sched/task.ts';
import type { Lock, Waiter } from './lock.ts';
import { type Retry, retriesStill } from './retries.ts';
import { RwSem } from './rwsem.ts';
import { Semaphore } from './semaphore.ts';
import { SpinLock } from './spinlock.ts';

/** Misses in a row that make a loop: half of the rounds (MAX_RECLAIM_RETRIES) after which reclaim itself calls its own efforts vain. */
export const RETRY_ROUNDS = 8;
/** Rings that are told of at most. */
const RINGS = 32;

/** `queued`: of a lock to a writer that does not hold it, and whom readers stand behind. */
export interface RingEdge { readonly from: string; readonly to: string; readonly blocking: boolean; readonly queued?: true }
export interface Ring {
  /** A ring with a retry edge never blocks all the way round: its tasks run, and get nowhere. */
  readonly kind: 'deadlock' | 'livelock';
  readonly tasks: readonly Task[];
  readonly locks: readonly string[];
  readonly edges: readonly RingEdge[];
  /** Since when all of its retry edges stand, ns; null = it has none. */
  readonly retriesFromNs: number | null;
  /** The lock of a retry edge, else the first one. */
  readonly lock: string;
}
interface Edge { readonly to: number; readonly retry: Retry | null }
/** `any`: one of its ends going on is enough. `side`: a lock's reading side, behind a queued writer. */
interface Node { readonly name: string; readonly task: Task | null; readonly edges: Edge[]; any: boolean; side: boolean }

class Graph {
  readonly k: Kernel;
  readonly rounds: number;
  readonly now: number;
  readonly nodes: Node[];
  private readonly index: Map<object, number>; // by task, lock, completion, or writer whom readers stand behind
  constructor(k: Kernel, now: number, rounds: number) {
    this.k = k; this.now = now; this.rounds = rounds; this.nodes = []; this.index = new Map();
    for (const t of k.tasks) if (t.state !== DEAD && !isIdle(t)) this.waits(t);
    for (const l of k.locks) if (l instanceof SpinLock) for (const s of l.spinners) this.spins(s, l);
  }
  private node(key: object, name: string, task: Task | null): { readonly at: number; readonly isNew: boolean } {
    const known = this.index.get(key);
    if (known !== undefined) return { at: known, isNew: false };
    const at = this.nodes.push({ name, task, edges: [], any: false, side: false }) - 1;
    this.index.set(key, at);
    return { at, isNew: true };
  }
  private taskNode(t: Task): number { return this.node(t, t.comm, t).at; }
  private lead(from: number, to: number, retry: Retry | null = null): void {
    const { edges } = this.nodes[from];
    if (!edges.some((e) => e.to === to)) edges.push({ to, retry });
  }
  private waits(t: Task): void {
    const l = t.blockedOn, stopped = t.state !== RUNNING && !signalPendingState(t, t.state);
    if (l !== null && stopped) {
      const w = l.waiters.find((o) => o.task === t);
      if (w !== undefined && !w.granted) this.lead(this.taskNode(t), this.lockNode(l, w));
    }
    if (t.awaits !== null && stopped && t.awaits.done === 0 && t.awaits.by.length > 0) this.lead(this.taskNode(t), this.completionNode(t.awaits));
    for (const r of t.retries) if (retriesStill(r, this.rounds, this.now) && !t.held.includes(r.lock)) this.lead(this.taskNode(t), this.lockNode(r.lock, r), r);
  }
  /** A handler that spins keeps the task below it from going on. */
  private spins(spinner: Context, l: SpinLock): void {
    for (const cpu of this.k.cpus) for (let x: Context | null = cpu.top; x !== null; x = x.below) if (x === spinner) this.lead(this.taskNode(cpu.current), this.lockNode(l, null));
  }
  private lockNode(l: Lock, by: Waiter | Retry | null): number {
    const ahead = by !== null && l instanceof RwSem ? writerAhead(l, by) : null;
    if (ahead !== null) {
      const side = this.node(ahead, l.name, null);
      this.nodes[side.at].side = true;
      if (side.isNew) this.lead(side.at, this.taskNode(ahead.task));
      return side.at;
    }
    const n = this.node(l, l.name, null);
    if (n.isNew) {
      this.nodes[n.at].any = l instanceof Semaphore;
      if (!(l instanceof Semaphore) || l.count === 0) for (const h of new Set(l.holders)) this.lead(n.at, this.taskNode(h));
    }
    return n.at;
  }
  private completionNode(c: Awaited): number {
    const n = this.node(c, c.name, null);
    if (n.isNew) {
      this.nodes[n.at].any = true;
      for (const t of c.by) if (t.state !== DEAD) this.lead(n.at, this.taskNode(t));
    }
    return n.at;
  }
}
/** Whom a reader stands behind: the first writer that was queued before it. A trylock comes after all that are queued. */
function writerAhead(s: RwSem, by: Waiter | Retry): Waiter | null {
  if (!s.fair || s.writer !== null || ('write' in by ? by.write : !by.read)) return null;
  for (const w of s.waiters) {
    if (w === by) return null;
    if (w.write) return w;
  }
  return null;
}

/** @param rounds  misses of a trylock that make a retry edge */
export function waitRings(k: Kernel, now: number = k.now, rounds = RETRY_ROUNDS): Ring[] {
  const { nodes } = new Graph(k, now, rounds);
  return stuckRings(nodes.map((n) => n.edges.map((e) => e.to)), (i) => nodes[i].any, RINGS).map((at) => ringOf(nodes, fromTask(nodes, at)));
}
/** The same cycle from the task that was born first. */
function fromTask(nodes: readonly Node[], ring: readonly number[]): number[] {
  let first = -1;
  ring.forEach((n, i) => {
    const t = nodes[n].task, best = first < 0 ? null : nodes[ring[first]].task;
    if (t !== null && (best === null || t.id < best.id)) first = i;
  });
  return [...ring.slice(first), ...ring.slice(0, first)];
}
function ringOf(nodes: readonly Node[], ring: readonly number[]): Ring {
  const tasks = ring.flatMap((n) => nodes[n].task ?? []), things = ring.filter((n) => nodes[n].task === null);
  const twice = new Set(tasks.filter((t) => tasks.some((o) => o !== t && o.comm === t.comm)));
  const name = (n: number): string => { const t = nodes[n].task; return t !== null && twice.has(t) ? taskLabel(t) : nodes[n].name; };
  const retries: Retry[] = [];
  const edges = ring.map((n, i): RingEdge => {
    const to = ring[(i + 1) % ring.length], retry = nodes[n].edges.find((e) => e.to === to)?.retry ?? null;
    if (retry !== null) retries.push(retry);
    return { from: name(n), to: name(to), blocking: retry === null, ...(nodes[n].side ? { queued: true } : {}) };
  });
  const locks = [...new Set(things.map((n) => nodes[n].name))];
  return {
    kind: retries.length > 0 ? 'livelock' : 'deadlock', tasks, locks, edges,
    retriesFromNs: retries.length > 0 ? retries.reduce((at, r) => Math.max(at, r.fromNs), 0) : null, lock: retries[0]?.lock.name ?? locks[0],
  };
}
/** As the kernel log names a task. */
export const taskLabel = (t: Task): string => `${t.comm}:${t.pid}`;
