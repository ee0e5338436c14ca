import { assert } from '../base/units.ts';

/**
 * The one door for chance: xorshift32, and choices. `tape` answers the first choices; behind its end every choice is 0,
 * which is the timed order. `ask`, when set, answers instead of the tape.
 */
export class Chance {
  rng: number;
  readonly tape: readonly number[];
  readonly made: number[];
  readonly offered: number[];
  ask: ((options: number) => number) | null;
  constructor(seed: number, tape: readonly number[] = []) {
    const mixed = Math.imul((seed ^ (seed >>> 16)) + 0x9e3779b9, 0x85ebca6b); // neighbouring seeds are to have nothing in common
    this.rng = (mixed ^ (mixed >>> 13)) || 1;
    this.ask = null; this.tape = tape; this.made = []; this.offered = [];
  }
  /** An integer of 32 bits. */
  random(): number {
    let x = this.rng;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.rng = x;
    return x >>> 0;
  }
  /** An integer from 0 to n - 1. */
  below(n: number): number {
    assert(n >= 1, 'below() needs at least one value to draw from');
    return Math.floor((this.random() / 0x1_0000_0000) * n);
  }
  /** One of `options` ways to go on: a deviation from the timed order where it is not 0. */
  choose(options: number): number {
    if (options < 2) return 0;
    if (this.ask !== null) return this.ask(options);
    const n = this.made.length, choice = n < this.tape.length ? this.tape[n] : 0;
    if (choice >= options) throw new Error(`the choices do not fit this run: choice ${n + 1} is number ${choice} of ${options}`);
    this.made.push(choice);
    this.offered.push(options);
    return choice;
  }
}
