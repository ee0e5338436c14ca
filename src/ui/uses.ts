/** What memory is used for, one colour each wherever it is drawn: bars, lanes, the map of frames. Greys are steps of lightness: they are told apart without hue too. */
import type { ColourName } from './theme.ts';

/** A colour, and how much of it there is: the rest is background. */
export type UseColour = readonly [colour: ColourName, share: number];
export const USES = {
  anon: ['frame', 1], swapcache: ['frame', 0.8], file: ['ink3', 1], shmem: ['ink3', 0.78], slab: ['direct', 1], slabUnreclaimable: ['direct', 0.65], table: ['ink', 0.85], stack: ['ink', 0.7],
  kernel: ['mark', 0.35], zram: ['kswapd', 0.5], pcp: ['kswapd', 1], free: ['ok', 1], reserved: ['s3', 1],
} as const satisfies Readonly<Record<string, UseColour>>;
export const mixOf = ([colour, share]: UseColour): string => (share === 1 ? `var(--${colour})` : `color-mix(in srgb, var(--${colour}) ${share * 100}%, var(--bg))`);
