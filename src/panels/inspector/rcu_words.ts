/** RCU at the cursor in words, and what became of the callbacks while memory ran out. Pure. */
import type { Batch, Fate, GracePeriod } from '../../analysis/rcu.ts';
import { count, duration, plural, seconds } from '../../ui/format.ts';

export const cpuList = (cpus: readonly number[]): string => (cpus.length === 0 ? 'no CPU' : cpus.map((cpu) => `cpu ${cpu}`).join(', '));
export const periodWords = (p: GracePeriod | null, nowNs: number): string =>
  p === null ? 'none has begun' : p.toNs === null ? `number ${count(p.number)}, under way for ${duration(nowNs - p.fromNs)}` : `number ${count(p.number)}, over for ${duration(nowNs - p.toNs)}`;
/** Who has not reported. A reader that was preempted is no CPU's: the rows do not name it. */
export const holdoutWords = (p: GracePeriod | null): string => (p === null || p.toNs !== null ? '–' : p.holdouts.length > 0 ? cpuList(p.holdouts) : 'its kthread, or a preempted reader: every CPU has reported');
export const batchWords = (b: Batch | null, nowNs: number): string =>
  b === null ? 'none so far' : b.toNs === null ? `under way on cpu ${b.cpu}, ${count(b.invoked)} invoked so far` : `${plural(b.invoked, 'callback')} on cpu ${b.cpu} in ${duration(b.toNs - b.fromNs)}, ${duration(nowNs - b.toNs)} ago`;

function leftWords({ left, killed }: Fate): string {
  if (left.length === 0) return 'None is left.';
  const where = left.map((l) => `${count(l.callbacks)} on cpu ${l.cpu}, most of them in ${l.segment}, the oldest ${duration(l.oldestNs)} old`);
  return `At the ${killed ? 'kill' : 'end'} there are ${where.join('; ')}.`;
}
function periodThen({ left, period, toNs }: Fate): string {
  if (left.length === 0) return '';
  if (period === null) return ' No grace period has begun until then.';
  return period.toNs === null ? ` Grace period ${count(period.number)} is under way and waits for ${holdoutWords(period)}.` : ` Grace period ${count(period.number)} has been over for ${duration(toNs - period.toNs)}.`;
}
/** One paragraph: from the first wake of kswapd to the first kill of the OOM killer, or to the end. */
export function fateWords(f: Fate): string {
  const from = `From the first wake of kswapd at ${seconds(f.fromNs, 3)} to ${f.killed ? `the first OOM kill at ${seconds(f.toNs, 3)}` : `the end at ${seconds(f.toNs, 3)}, without an OOM kill`}`;
  if (f.callbacks === 0) return `${from} there was no callback: all had been invoked before.`;
  const [first, last] = [f.firstNs, f.lastNs].map((ns) => (ns === null ? '' : duration(ns - f.fromNs))), when = first === '' ? '' : `, ${first === last ? first : `${first} to ${last}`} after the wake`;
  return `${from}: ${count(f.invoked)} of ${plural(f.callbacks, 'callback')} invoked${when}. ${leftWords(f)}${periodThen(f)}`;
}
