/** Runs for tests: every story, and what the stories do not have yet, on machines small enough for a test. */
import type { Scenario } from '../../format/scenario.ts';
import { small256 } from '../../scenarios/machines.ts';
import { oneHog } from '../../scenarios/one_hog.ts';

/** Two CPUs and two hogs of different size, so that locks are contended and tasks meet. */
export const twoHogs: Scenario = {
  ...oneHog, id: 'two-hogs', machine: { ...small256, cpus: 2, preempt: 'full', zones: small256.zones.map((z) => ({ ...z, pcp: [z.pcp?.[0] ?? 0, 0] })) },
  workloads: [{ type: 'anon', name: 'hog', mb: 2048, rate: 100, start: 500 }, { type: 'anon', name: 'small', mb: 64, rate: 80, start: 600 }],
};
export const oneHog612: Scenario = { ...oneHog, id: 'one-hog-6.12', profile: 'v6.12' };
