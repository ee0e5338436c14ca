/**
 * An exploration: first every schedule with 0, 1, 2 .. deviations from the timed order, up to a bound, so that what is found is the shortest;
 * then, if nothing was, every order, without those that only exchange independent steps, as far as the number of schedules allows.
 */
import type { BadSchedule, Covered, Explored, Exploring } from '../format/exploration.ts';
import { Bounded } from './bounded.ts';
import type { Tally } from './follow.ts';
import { Reduced } from './reduced.ts';
import type { Make } from './world.ts';

export interface Plan {
  readonly deviations: number;
  /** Schedules for the search of every order; 0 = it is left out. */
  readonly schedules: number;
  readonly steps: number;
}

export class Exploration {
  readonly plan: Plan;
  private readonly bounded: Bounded;
  private readonly every: Reduced;
  private over: boolean;
  constructor(make: Make, plan: Plan) {
    this.plan = plan; this.bounded = new Bounded(make, plan.deviations); this.every = new Reduced(make, plan.schedules); this.over = false;
  }
  /** Goes on for at least `steps` steps. true: it is over. */
  slice(steps: number): boolean {
    if (this.over) return true;
    if (!this.bounded.over) this.over = this.bounded.slice(steps) && (this.bounded.bad !== null || this.bounded.complete || this.plan.schedules === 0);
    else this.over = this.every.slice(steps);
    return this.over;
  }
  get progress(): Exploring {
    const { bounded, every } = this, n = bounded.tried + 1;
    const doing = bounded.over ? 'every order, without those that only exchange independent steps' : `schedules with ${n === 0 ? 'no deviation' : counted(n, 'deviation')} from the timed order`;
    return { doing, schedules: bounded.tally.schedules + every.tally.schedules, stepsRun: bounded.tally.stepsRun + every.tally.stepsRun, depth: Math.max(bounded.tally.depth, every.tally.depth) };
  }
  /** What has been found and covered until now: at the end, or when nobody wants to wait any more. */
  result(): Explored {
    const { bounded, every, plan } = this, bad = bounded.bad ?? every.bad, tallies = [bounded.tally, every.tally], sum = (of: (t: Tally) => number): number => of(tallies[0]) + of(tallies[1]);
    const longer = tallies.some((t) => t.longer), shortest = bounded.bad !== null && bounded.over;
    const covered: Covered = {
      tasks: new Set(tallies.flatMap((t) => [...t.tasks])).size, steps: longer ? plan.steps : Math.max(bounded.tally.depth, every.tally.depth), deviations: bounded.tried, complete: bad === null && (bounded.complete || every.complete), longer,
      cut: bad !== null ? 'bad' : !this.over ? 'cancelled' : every.full ? 'schedules' : null,
      schedules: sum((t) => t.schedules), pruned: every.tally.pruned, stepsRun: sum((t) => t.stepsRun),
    };
    return { bad, covered, words: bad === null ? goodWords(covered) : badWords(bad, covered, shortest) };
  }
}
/** To the end at once: for the command line and the tests. */
export function explore(make: Make, plan: Plan, onProgress: (p: Exploring) => void = () => {}): Explored {
  const e = new Exploration(make, plan);
  while (!e.slice(SLICE_STEPS)) onProgress(e.progress);
  return e.result();
}
/** Between two looks at whether to go on. */
export const SLICE_STEPS = 20_000;

export const counted = (n: number, what: string): string => `${grouped(n)} ${what}${n === 1 ? '' : 's'}`;
const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

function badWords(bad: BadSchedule, c: Covered, shortest: boolean): string {
  const where = `after ${counted(bad.steps, 'step')} with ${bad.deviations === 0 ? 'no deviation' : counted(bad.deviations, 'deviation')} from the timed order`;
  const why = shortest ? 'no schedule has fewer deviations and is bad, and none with as many is bad sooner' : 'it is not known to be the shortest';
  return `bad schedule: ${bad.what}, ${where}; ${why} (${counted(c.tasks, 'task')}, ${counted(c.schedules, 'schedule')}).`;
}
function goodWords(c: Covered): string {
  const ran = counted(c.schedules, 'schedule'), size = `with ${counted(c.tasks, 'task')} up to ${counted(c.steps, 'step')}`;
  const longer = c.longer ? '; schedules go on behind the last of these steps, and nothing is said of that' : '; every schedule ends within them';
  if (c.complete) return `no bad schedule ${size}: every order was tried, in ${ran}${c.pruned > 0 ? `, ${grouped(c.pruned)} of them left as the same but for independent steps` : ''}${longer}.`;
  if (c.deviations < 0) return `${c.cut === 'cancelled' ? 'stopped' : 'given up'} after ${ran}: nothing is known, not even of the timed order alone.`;
  const most = c.deviations === 0 ? 'without a deviation' : `with up to ${counted(c.deviations, 'deviation')}`;
  const rest = c.cut === 'cancelled' ? 'stopped there' : c.cut === 'schedules' ? 'the search of every order was given up' : 'orders that deviate more often were not tried';
  return `no bad schedule ${size} ${most} from the timed order, after ${ran}: ${rest}, so others may be bad${longer}.`;
}
