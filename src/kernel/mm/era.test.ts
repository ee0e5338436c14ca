import { expect, test } from 'vitest';
import { ns } from '../../base/units.ts';
import { bootScenario } from '../../run/boot.ts';
import { oneHog } from '../../scenarios/one_hog.ts';
import type { Timed } from '../../sim/kfn.ts';
import { spend } from '../kernel.ts';
import { spawn } from '../sched/core.ts';
import type { TaskOptions } from '../sched/task.ts';
import { GFP_FAULT } from './constants.ts';

/** What MIN of 428 pages is for a page fault of such a task. */
function minFor(profile: 'v6.1' | 'v6.12', o: TaskOptions): number {
  const { k } = bootScenario({ ...oneHog, profile, workloads: [] }, 'none'), { era } = k.mm;
  let min = -1;
  spawn(k, 'faulting', function* (): Timed<void> { min = era.lowerMark(428, era.slowAllocFlags(k, GFP_FAULT, 0)); yield spend(ns(0)); }, o);
  k.runUntil(ns(1e6));
  return min;
}
test.each(['v6.1', 'v6.12'] as const)('%s: a real-time task may go down to half of MIN, an ordinary one to MIN', (profile) => {
  expect(minFor(profile, {})).toBe(428);
  expect(minFor(profile, { policy: 'fifo', rtPrio: 10 })).toBe(214); // 6.1: capture 6.1-256M-1-vmshare, see docs/model.md
});
