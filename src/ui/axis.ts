/** Ticks of a time axis: steps of 1, 2 or 5 times a power of ten ns, written in seconds with no more digits than the step needs. */
import { seconds } from './format.ts';

export interface Tick {
  readonly timeNs: number;
  readonly x: number;
  /** Null for a small tick. */
  readonly label: string | null;
}
export interface Axis {
  /** Distance of two labelled ticks. */
  readonly stepNs: number;
  readonly ticks: readonly Tick[];
}
const SMALL_TICKS = 5;

/** The smallest step of 1, 2, 5 × 10^k ns whose ticks stand at least `apart` pixels from each other. */
export function stepFor(spanNs: number, width: number, apart: number): number {
  const least = (spanNs * apart) / Math.max(1, width);
  let power = 1;
  while (power * 10 <= least) power *= 10;
  for (const times of [1, 2, 5]) if (power * times >= least) return power * times;
  return power * 10;
}
/** Decimals of seconds that tell two steps apart. */
export const digitsFor = (stepNs: number): number => {
  let digits = 0;
  for (let unit = 1e9; unit > stepNs && digits < 9; unit /= 10) digits++;
  return digits;
};
export function axisOf(fromNs: number, toNs: number, width: number, apart = 72): Axis {
  const span = toNs - fromNs, stepNs = stepFor(span, width, apart), small = stepNs / SMALL_TICKS, digits = digitsFor(stepNs);
  const ticks: Tick[] = [];
  const first = Math.ceil(fromNs / small - 1e-9), last = Math.floor(toNs / small + 1e-9);
  for (let i = first; i <= last; i++) {
    const timeNs = i * small, x = ((timeNs - fromNs) / span) * width;
    ticks.push({ timeNs, x, label: i % SMALL_TICKS === 0 ? seconds(timeNs, digits).replace(/ s$/, '') : null });
  }
  return { stepNs, ticks };
}
