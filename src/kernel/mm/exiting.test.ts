/** Processes on their way out, as the OOM killer sees them: exit_mm() lets go of the address space before it is taken down (reference 7.3, 7.4; kernel/exit.c, by memory). */
import { describe, expect, test } from 'vitest';
import { jiffies, must, ns } from '../../base/units.ts';
import type { ProfileName } from '../../format/scenario.ts';
import { bootScenario } from '../../run/boot.ts';
import { oneHog } from '../../scenarios/one_hog.ts';
import type { Timed } from '../../sim/kfn.ts';
import type { Kernel } from '../kernel.ts';
import { downWrite, upWrite } from '../locking/rwsem.ts';
import { sendSignal, SIGKILL, spawn } from '../sched/core.ts';
import { DEAD, type Task } from '../sched/task.ts';
import { scheduleTimeoutUninterruptible } from '../sched/wait.ts';
import { GFP_HIGHUSER_MOVABLE } from './constants.ts';
import { newOomControl } from './oom_control.ts';
import { oomBadness, outOfMemory, taskWillFreeMem } from './oom_kill.ts';
import { extra } from './task_extra.ts';

/** Two processes, one of 40 MiB and one of 10, that keep what they have. */
function two(profile: ProfileName): { k: Kernel; large: Task; small: Task } {
  const { k } = bootScenario({ ...oneHog, profile, workloads: [{ type: 'anon', name: 'large', mb: 40, rate: 400, start: 0, hold: 10_000 }, { type: 'anon', name: 'small', mb: 10, rate: 400, start: 0, hold: 10_000 }] }, 'none');
  k.runUntil(ns(400e6));
  const task = (comm: string): Task => must(k.tasks.find((t) => t.comm === comm), comm);
  return { k, large: task('large'), small: task('small') };
}
function kill(k: Kernel): string[] {
  spawn(k, 'asking', function* (): Timed<void> { yield* outOfMemory(k, newOomControl(k, { gfp: GFP_HIGHUSER_MOVABLE, order: 0 })); });
  k.runUntil(ns(k.now + 5e6));
  return k.mm.kills.map((x) => x.comm);
}
describe.each(['v4.13', 'v4.17', 'v5.9', 'v6.1', 'v6.12'] as const)('%s', (profile) => {
  test('the largest process is chosen, and none that has let go of its address space', () => {
    expect(kill(two(profile).k)).toEqual(['large']);
    const { k, large } = two(profile);
    extra(k, large).mmGone = true;
    expect(oomBadness(k, large, k.mm.totalramPages)).toBe(Number.MIN_SAFE_INTEGER);
    expect(kill(k)).toEqual(['small']);
  });
  test('one that exits will free its memory by itself while it has it, and not afterwards', () => {
    const { k, large } = two(profile);
    large.exiting = true;
    expect(taskWillFreeMem(k, large)).toBe(true);
    extra(k, large).mmGone = true;
    expect(taskWillFreeMem(k, large)).toBe(false);
  });
});
test('exit waits for whoever holds mmap_lock for writing, and has its address space until then', () => {
  const { k, large } = two('v6.1'), lock = k.mm.sync.mmapLocks[large.mmId], seen: (readonly [boolean, boolean])[] = [];
  spawn(k, 'writer', function* (): Timed<void> {
    yield* downWrite(k, lock);
    sendSignal(k, large, SIGKILL, true);
    yield* scheduleTimeoutUninterruptible(k, jiffies(5)); // 20 ms
    seen.push([large.exiting, extra(k, large).mmGone]);
    upWrite(k, lock);
  });
  k.runUntil(ns(k.now + 200e6));
  seen.push([large.state === DEAD, extra(k, large).mmGone]);
  expect(seen).toEqual([[true, false], [true, true]]);
});
test('a process whose leader has gone is chosen by a thread that still has the address space', () => {
  const { k, large } = two('v6.1');
  const thread = spawn(k, 'thread', function* (): Timed<void> { yield* scheduleTimeoutUninterruptible(k, jiffies(1000)); }, { mmId: large.mmId, tgid: large.tgid });
  k.mm.mms[large.mmId].users++;
  extra(k, large).mmGone = true;
  expect(oomBadness(k, large, k.mm.totalramPages)).toBeGreaterThan(9000);
  expect(kill(k)).toEqual(['thread']);
  expect(extra(k, thread).memdie).toBe(true);
});
