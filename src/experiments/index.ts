/** The experiments, in the order in which they are offered. One file and one line each. */
import type { Experiment } from './experiment.ts';
import { notifierUnderOomLockClaim } from './notifier_under_oom_lock.ts';

export const experiments: readonly Experiment[] = [notifierUnderOomLockClaim];
