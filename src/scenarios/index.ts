/** The stories, in the order in which they are offered. One file and one line each. */
import type { Scenario } from '../format/scenario.ts';
import { blank } from './blank.ts';
import { oneHog } from './one_hog.ts';

export const stories: readonly Scenario[] = [oneHog, blank];
