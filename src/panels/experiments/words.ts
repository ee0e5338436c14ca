/** What a card says, in words: pure, so that it can be held against what is written here. */
import type { ControlSum } from '../../experiments/evaluate.ts';
import type { Experiment, Verdict } from '../../experiments/experiment.ts';
import type { Explored } from '../../format/exploration.ts';
import type { Spread, Stand } from '../../store/lab.ts';
import { DASH, fixed, plural } from '../../ui/format.ts';

export type Tone = 'quiet' | 'ok' | 'care' | 'bad';
export interface Mark {
  /** A shape for each, so that colour is never alone. */
  readonly sign: string;
  readonly words: string;
  readonly tone: Tone;
}
const MARKS: Readonly<Record<Verdict, Mark>> = {
  holds: { sign: '✓', words: 'holds', tone: 'ok' }, refuted: { sign: '×', words: 'refuted', tone: 'bad' }, 'holds if': { sign: '◐', words: 'holds if', tone: 'care' },
};
/** What its runs say of the claim, as far as they are there. The verdict itself is reasoned and written down: without runs it is quiet. */
export function markOf(e: Experiment, { kind, sum, seeds, done, left }: Stand): Mark {
  const verdict = MARKS[e.verdict];
  switch (kind) {
    case 'failed': return { sign: '×', words: 'cannot be run', tone: 'bad' };
    case 'new': return { sign: DASH, words: `${verdict.words}: not checked yet`, tone: 'quiet' };
    case 'running': return { sign: '◐', words: `running ${done} of ${done + left}`, tone: 'quiet' };
    case 'partly': return { sign: '◔', words: `${verdict.words} so far (${sum.ran.length < seeds.length ? `${plural(sum.ran.length, 'seed')} of ${seeds.length} run` : 'controls not run'})`, tone: 'quiet' };
    case 'as-said': return verdict;
    case 'otherwise': return { sign: '×', words: sum.failed.length > 0 ? `fails on ${plural(sum.failed.length, 'seed')}` : 'a control does not flip', tone: 'bad' };
  }
}

const DID: Readonly<Record<Verdict, string>> = { holds: 'held', refuted: 'refuted', 'holds if': 'as said' };
/** `held for 10 of 10 seeds`; seeds that failed are named beside it. */
export function heldWords(e: Experiment, { sum, seeds }: Stand): string {
  const ran = sum.ran.length, missing = seeds.length - ran;
  if (ran === 0) return `${DASH} not checked yet`;
  if (e.enumeration === true) return sum.failed.length === 0 ? `${DID[e.verdict]} in the one run` : `not ${DID[e.verdict]}`;
  return `${DID[e.verdict]} for ${sum.held} of ${plural(ran, 'seed')}${missing > 0 ? `, ${missing} not run yet` : ''}`;
}
export const seedsWords = (e: Experiment, { seeds }: Stand): string => (e.enumeration === true ? 'no chance in it: one run each' : `seeds 1 to ${seeds.length}${e.explores === true ? ', explored' : ''}`);

/** Whether the claim comes out the other way without its cause. */
export function controlWords(sum: ControlSum, of: number): string {
  if (sum.ran === 0) return `${DASH} not run yet`;
  if (sum.failed.length > 0) return `does not flip for ${plural(sum.failed.length, 'seed')} of ${sum.ran}: ${sum.failed.join(', ')}`;
  return `flips for ${sum.flipped} of ${plural(sum.ran, 'seed')}${sum.ran < of ? `, ${of - sum.ran} not run yet` : ''}`;
}

/** Whole numbers of these are counts. */
const COUNTED: readonly string[] = ['', 'pages', 'bytes'];
/** Decimals of figures that are read against each other: none of counts, else three digits of the largest, and more where the smallest would not be told from 0. */
export function figureDigits(values: readonly number[], unit: string): number {
  const sizes = values.map(Math.abs).filter((size) => size > 0);
  if (sizes.length === 0 || (COUNTED.includes(unit) && values.every(Number.isInteger))) return 0;
  const most = Math.max(...sizes), least = Math.min(...sizes), small = least >= 10 ? 0 : least >= 1 ? 1 : least >= 0.1 ? 2 : 3;
  return Math.max(most >= 100 ? 0 : most >= 10 ? 1 : most >= 0.1 ? 2 : 3, most >= 1000 ? Math.min(2, small) : small);
}
/** A figure as a bar has it beside it, always in its own unit, so that a scale is one. */
export function figureText(value: number, unit: string, digits = figureDigits([value], unit)): string {
  return `${fixed(value, digits)}${unit === '' ? '' : ` ${unit}`}`;
}
/** All that is said of these at once. */
export const digitsOf = (all: readonly (Spread | null)[], unit: string): number => figureDigits(all.flatMap((at) => (at === null ? [] : [at.median, at.least, at.most])), unit);
/** Over how many seeds, and how far they are apart. */
export function rangeText(at: Spread | null, unit: string, digits = digitsOf([at], unit)): string {
  if (at === null) return 'not run yet';
  if (at.most > at.least) return `median of ${at.seeds} seeds, ${figureText(at.least, unit, digits)} to ${figureText(at.most, unit, digits)}`;
  return `the same for ${at.seeds === 1 ? 'the one seed that was run' : `all ${at.seeds} seeds`}`;
}

/** A bad schedule, or how far none was found: never that there is none, unless every order was tried. */
export function exploredWords({ bad, covered: c }: Explored): string {
  if (bad !== null) return `bad after ${plural(bad.steps, 'step')} with ${plural(bad.deviations, 'deviation')}:`;
  if (c.deviations < 0 && !c.complete) return 'stopped before anything was known';
  return c.complete ? `none in any order of ${plural(c.steps, 'step')}` : `none found up to ${plural(c.deviations, 'deviation')} and ${plural(c.steps, 'step')}`;
}
