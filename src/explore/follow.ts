/** One schedule from its beginning: who decides what comes next is the guide, what is bad says the world. */
import type { Timer } from '../base/agenda.ts';
import type { BadSchedule } from '../format/exploration.ts';
import { isIdle } from '../sim/cpu.ts';
import type { Make, World } from './world.ts';

/** Decides. Choices are indices; with one thing to take nobody is asked. */
export interface Guide {
  /** What of `armed` comes next; -1 = this schedule need not be followed further. */
  step(w: World, armed: readonly Timer[]): number;
  /** One of several answers inside a step. */
  answer(w: World, options: number): number;
  /** The step has been made. */
  fired(w: World, t: Timer): void;
}
/** What a search has done so far. */
export class Tally {
  schedules: number;
  pruned: number; // of these: left by their guide
  stepsRun: number;
  depth: number; // of the longest schedule, in steps
  longer: boolean; // some were cut at the last step of the stretch
  readonly tasks: Set<number>;
  readonly outcomes: Set<string>;
  constructor() { this.schedules = 0; this.pruned = 0; this.stepsRun = 0; this.depth = 0; this.longer = false; this.tasks = new Set(); this.outcomes = new Set(); }
}
export type Found = Pick<BadSchedule, 'what' | 'steps' | 'event' | 'timeNs'>;
/** That a loop must come round once more to be one. */
const TURNS = 3;

/** @returns what is bad about it; null = nothing */
export function follow(make: Make, guide: Guide, tally: Tally): Found | null {
  const noLoops = new Set<number>();
  tally.schedules++;
  for (;;) {
    const found = once(make, guide, tally, noLoops);
    if (found !== 'again') return found;
  }
}
function once(make: Make, guide: Guide, tally: Tally, noLoops: Set<number>): Found | null | 'again' {
  const w = make(), { k, window } = w, fired: number[] = [], seen = new Map<string, number>();
  const found = (what: string): Found => ({ what, steps: window.made, event: k.recorder.rows, timeNs: k.now });
  k.chance.ask = (options) => guide.answer(w, options);
  for (;;) {
    const armed = window.armed();
    if (armed.length === 0) return ends(w, tally, found);
    const i = guide.step(w, armed);
    if (i < 0) { tally.pruned++; return null; }
    const t = armed[i];
    try { window.fire(armed, i); } catch (e) { return found(e instanceof Error ? e.message : String(e)); }
    tally.stepsRun++;
    tally.depth = Math.max(tally.depth, window.made);
    fired.push(t.id);
    guide.fired(w, t);
    for (const cpu of k.cpus) if (!isIdle(cpu.current)) tally.tasks.add(cpu.current.id);
    const what = w.bad();
    if (what !== null) return { ...found(what), event: w.badAt?.() ?? k.recorder.rows };
    if (w.shape === null) continue;
    const now = found(''), loop = loops(w, w.shape, fired, seen, noLoops);
    if (loop === 'no more') return 'again';
    if (loop !== null) return { ...now, what: loop };
  }
}
function ends(w: World, tally: Tally, found: (what: string) => Found): Found | null {
  if (w.window.made >= w.window.spec.steps && w.k.agenda.heap.length > 0) { tally.longer = true; return null; }
  const { bad, outcome } = w.ended();
  tally.outcomes.add(outcome);
  return bad === null ? null : found(bad);
}
/**
 * A shape that was there before is a candidate only, as it does not see locals. It counts if everybody took part, and it comes round three
 * times more. If it does not, the machine has gone on beyond the schedule, which is then followed from its beginning again.
 */
function loops({ k }: World, shape: () => string, fired: readonly number[], seen: Map<string, number>, noLoops: Set<number>): string | null {
  const now = shape(), at = fired.length, before = seen.get(now);
  seen.set(now, at);
  if (before === undefined || noLoops.has(at)) return null;
  const turn = fired.slice(before);
  if (k.agenda.heap.some((t) => !turn.includes(t.id))) return null; // somebody was never let run: the schedule's fault, not the program's
  noLoops.add(at);
  k.chance.ask = () => 0;
  for (let n = 0; n < TURNS; n++) {
    for (const id of turn) {
      const t = k.timers[id];
      if (t.slot < 0) return 'no more';
      k.stepThis(t);
    }
    if (shape() !== now) return 'no more';
  }
  return `no progress: a loop of ${turn.length} steps in which everybody takes part`;
}
