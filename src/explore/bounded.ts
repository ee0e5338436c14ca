/**
 * Every schedule with up to a number of deviations from the timed order, those with fewer first, and among these the earlier deviation first:
 * so the first bad one has the fewest deviations, and from then on only those are followed that may be bad with as many and sooner.
 */
import type { BadSchedule } from '../format/exploration.ts';
import { follow, type Guide, Tally } from './follow.ts';
import type { Make, World } from './world.ts';

/** At which choice, which of the possible, and how many steps had been made then. */
interface Deviation { readonly at: number; readonly choice: number; readonly made: number }
/** A schedule as its deviations. Behind the last one everything comes in the timed order. */
type Deviations = readonly Deviation[];

export class Bounded {
  readonly tally: Tally;
  readonly most: number;
  bad: BadSchedule | null;
  /** Every schedule with up to so many deviations was followed. */
  tried: number;
  over: boolean;
  private readonly make: Make;
  private readonly shortest: boolean;
  private level: Deviations[]; // with `tried` + 1 deviations, still to be followed
  private next: number;
  private after: Deviations[]; // with one more
  private more: boolean; // there are some with more than are looked at
  /** @param most  deviations @param shortest  false: all are followed, also when a bad one is known */
  constructor(make: Make, most: number, shortest = true) {
    this.make = make; this.most = most; this.shortest = shortest; this.tally = new Tally(); this.bad = null; this.tried = -1; this.over = false; this.level = [[]]; this.next = 0; this.after = []; this.more = false;
  }
  /** There is no other schedule: everything was followed. */
  get complete(): boolean { return this.over && this.after.length === 0 && !this.more && (this.bad === null || !this.shortest); }

  /** Goes on for at least `steps` steps, if there is so much to do. true: the search is over. */
  slice(steps: number): boolean {
    for (const until = this.tally.stepsRun + steps; !this.over && this.tally.stepsRun < until;) {
      this.one(this.level[this.next++]);
      if (this.next === this.level.length) this.nextLevel();
    }
    return this.over;
  }
  private nextLevel(): void {
    this.tried++;
    if ((this.bad !== null && this.shortest) || this.after.length === 0 || this.tried >= this.most) { this.over = true; return; }
    this.level = this.after;
    this.next = 0;
    this.after = [];
  }
  private one(deviations: Deviations): void {
    const last = deviations.at(-1), steps = this.shortest && this.bad !== null ? this.bad.steps : Infinity;
    if (last !== undefined && last.made + 1 >= steps) return; // it cannot be bad sooner
    const taken = new Map(deviations.map((d) => [d.at, d.choice])), offered: { options: number; made: number }[] = [];
    const choose = (w: World, options: number): number => taken.get(offered.push({ options, made: w.window.made }) - 1) ?? 0;
    const guide: Guide = {
      step: (w, armed) => (w.window.made + 1 >= steps ? -1 : armed.length < 2 ? 0 : choose(w, armed.length)),
      answer: choose,
      fired: () => {},
    };
    let before = 0; // a schedule that is followed again, because of a loop that was none, offers the same again
    const found = follow(() => { before = offered.length; offered.length = 0; return this.make(); }, guide, this.tally);
    if (before > offered.length) throw new Error('a schedule that was followed before went another way: something of a run is outside its machine');
    if (found !== null && (this.bad === null || found.steps < this.bad.steps || !this.shortest)) this.keep(deviations, found);
    if (this.shortest && this.bad !== null) return; // more deviations are not shorter
    if (deviations.length >= this.most) { this.more ||= offered.length > (last === undefined ? 0 : last.at + 1); return; }
    for (let at = last === undefined ? 0 : last.at + 1; at < offered.length; at++) for (let choice = 1; choice < offered[at].options; choice++) this.after.push([...deviations, { at, choice, made: offered[at].made }]);
  }
  private keep(deviations: Deviations, found: Omit<BadSchedule, 'choices' | 'deviations'>): void {
    if (this.bad !== null && (this.bad.deviations < deviations.length || this.bad.steps <= found.steps)) return;
    const choices: number[] = [];
    for (const { at, choice } of deviations) { while (choices.length < at) choices.push(0); choices.push(choice); }
    this.bad = { ...found, choices, deviations: deviations.length };
  }
}
