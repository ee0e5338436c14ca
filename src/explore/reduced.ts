/**
 * Every order, less those that only exchange steps which touch nothing in common: depth first, with sleep sets (Godefroid 1996). What is
 * taken before at a place need not be taken behind what does not meet it. It is not known which of the orders has the fewest deviations.
 */
import type { Timer } from '../base/agenda.ts';
import type { BadSchedule } from '../format/exploration.ts';
import { Footprint, meet } from '../sim/footprint.ts';
import { follow, type Guide, Tally } from './follow.ts';
import type { Make, World } from './world.ts';

/** A place where one of several things came next. Ids: of timers, or -1, -2, .. for an answer that was given inside a step. */
interface Node {
  readonly ids: readonly number[];
  at: number; // which of them was taken
  print: Footprint; // of the step that it was; `all` for an answer
  readonly todo: number[]; // indices still to be taken
  readonly done: Map<number, Footprint>; // by id: taken before
  readonly sleep: Map<number, Footprint>; // by id: need not be taken, whatever comes was seen in another order
}
const EVERYTHING = new Footprint();
EVERYTHING.all = true;

export class Reduced {
  readonly tally: Tally;
  bad: BadSchedule | null;
  /** It was given up before its end. */
  full: boolean;
  over: boolean;
  private readonly make: Make;
  private readonly most: number;
  private readonly toTheFirst: boolean;
  private readonly path: Node[];
  private at: number; // how far of the path the schedule under way is
  /** @param most  schedules @param toTheFirst  false: it goes on when it has found a bad one */
  constructor(make: Make, most: number, toTheFirst = true) {
    this.make = make; this.most = most; this.toTheFirst = toTheFirst; this.tally = new Tally(); this.bad = null; this.full = false; this.over = false; this.path = []; this.at = 0;
  }
  get complete(): boolean { return this.over && !this.full && (this.bad === null || !this.toTheFirst); }

  /** Goes on for at least `steps` steps, if there is so much to do. true: the search is over. */
  slice(steps: number): boolean {
    const guide: Guide = { step: (_w, armed) => this.step(armed), answer: (w, options) => this.answer(w, options), fired: (w, t) => this.fired(w, t) };
    for (const until = this.tally.stepsRun + steps; !this.over && this.tally.stepsRun < until;) {
      const found = follow(() => { this.at = 0; return this.make(); }, guide, this.tally);
      if (found !== null) this.keep(found);
      if ((found !== null && this.toTheFirst) || !this.turnBack()) this.over = true;
      else if (this.tally.schedules >= this.most) this.full = this.over = true;
    }
    return this.over;
  }
  private step(armed: readonly Timer[]): number {
    const known = this.path[this.at];
    if (known === undefined) {
      const node = this.grow(armed.map((t) => t.id), this.asleep());
      if (node === null) return -1; // whatever comes now was seen in another order
      this.at++;
      return node.at;
    }
    if (armed[known.at]?.id !== known.ids[known.at]) throw new Error('a schedule that was followed before went another way: something of a run is outside its machine');
    this.at++;
    return known.at;
  }
  /** An answer inside a step: what the step touches depends on it, so it can be exchanged with nothing. */
  private answer(w: World, options: number): number {
    w.k.touchAll();
    const node = this.path[this.at] ?? this.grow(Array.from({ length: options }, (_, i) => -1 - i), new Map());
    this.at++;
    return node?.at ?? 0;
  }
  /** The footprint goes to the step's own place; answers inside it stand behind. */
  private fired(w: World, t: Timer): void {
    let own = this.at - 1;
    while (own > 0 && this.path[own].ids[0] < 0) own--;
    this.path[own].print = footprintOf(w, t);
  }
  /** A place that is new: the first that need not sleep is taken there. Null = all may sleep. */
  private grow(ids: readonly number[], sleep: Map<number, Footprint>): Node | null {
    const at = ids.findIndex((id) => !sleep.has(id));
    if (at < 0) return null;
    const node: Node = { ids, at, print: EVERYTHING, todo: ids.flatMap((id, i) => (i > at && !sleep.has(id) ? i : [])), done: new Map(), sleep };
    this.path.push(node);
    return node;
  }
  /** What was taken before at the place above, or slept there, and does not meet what was taken there now. */
  private asleep(): Map<number, Footprint> {
    const up = this.path[this.at - 1], sleep = new Map<number, Footprint>();
    if (up !== undefined) for (const from of [up.sleep, up.done]) for (const [id, print] of from) if (id !== up.ids[up.at] && !meet(print, up.print)) sleep.set(id, print);
    return sleep;
  }
  /** Cuts the path behind the last place where something else is to be taken, and takes it. */
  private turnBack(): boolean {
    for (let node = this.path.pop(); node !== undefined; node = this.path.pop()) {
      node.done.set(node.ids[node.at], node.print);
      const next = node.todo.shift();
      if (next === undefined) continue;
      node.at = next;
      this.path.push(node);
      return true;
    }
    return false;
  }
  private keep(found: Omit<BadSchedule, 'choices' | 'deviations'>): void {
    const taken = this.path.slice(0, this.at), choices = taken.flatMap((n) => (n.ids.length > 1 ? n.at : [])), deviations = choices.filter((c) => c > 0).length;
    while (choices.at(-1) === 0) choices.pop();
    const { bad } = this;
    if (bad === null || deviations < bad.deviations || (deviations === bad.deviations && found.steps < bad.steps)) this.bad = { ...found, choices, deviations };
  }
}
/** The end of a CPU's spend and an interrupt between CPUs run code that tells what it touches; what other timers do is not told. */
function footprintOf({ k }: World, t: Timer): Footprint {
  const print = k.footprint.copy();
  if (!k.cpus.some((c) => c.end === t || k.rqs[c.index].ipi === t)) print.all = true;
  return print;
}
