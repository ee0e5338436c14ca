/** Trylocks that a task keeps losing to one and the same hold: a loop that never blocks, and waits all the same. */
import type { Task } from '../sched/task.ts';
import type { Lock } from './lock.ts';

export interface Retry {
  readonly lock: Lock;
  readonly read: boolean; // it tried for reading
  holder: Task | null; // who had it; null = nobody, it is kept for its first waiter
  holdNs: number; // since when; 0 for readers, who come and go
  count: number;
  fromNs: number; // the first miss against this hold
  atNs: number; // the last one
}
/** Locks a loop tries in one round: more are not remembered. */
const LOCKS = 8;

/** A trylock of `t` has failed. A lock that has changed hands in between begins anew: that was no wait for one holder. */
export function noteMiss(t: Task, lock: Lock, read: boolean, now: number): void {
  const holder = lock.holders[0] ?? null, holdNs = lock.shared ? 0 : lock.sinceNs, r = t.retries.find((o) => o.lock === lock && o.read === read);
  if (r === undefined) {
    if (t.retries.length === LOCKS) t.retries.shift();
    t.retries.push({ lock, read, holder, holdNs, count: 1, fromNs: now, atNs: now });
    return;
  }
  if (r.holder !== holder || r.holdNs !== holdNs) { r.holder = holder; r.holdNs = holdNs; r.count = 0; r.fromNs = now; }
  r.count++;
  r.atNs = now;
}
/**
 * Is it still at it: at least `rounds` misses, the hold they met is the one of now, and the next try is not long overdue. A round
 * may take a jiffy or, with naps of HZ/10 in reclaim, two seconds: what counts as overdue follows from the pace so far.
 */
export function retriesStill(r: Retry, rounds: number, now: number): boolean {
  if (r.count < rounds || (r.lock.holders[0] ?? null) !== r.holder || (r.holdNs !== 0 && r.lock.sinceNs !== r.holdNs)) return false;
  return now - r.atNs <= SLACK_NS + (2 * (r.atNs - r.fromNs)) / (r.count - 1);
}
const SLACK_NS = 100_000_000;
