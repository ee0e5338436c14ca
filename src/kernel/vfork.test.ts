import { expect, test } from 'vitest';
import { ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { oneHog } from '../scenarios/one_hog.ts';
import { bootScenario } from '../run/boot.ts';
import { type Kernel, spend } from './kernel.ts';
import { mmAlloc } from './mm/memory.ts';
import { oomBadness } from './mm/oom_kill.ts';
import { sendSignal, SIGKILL, spawn } from './sched/core.ts';
import type { Task } from './sched/task.ts';
import { clockNanosleep } from './sched/timer.ts';
import { waitForVforkDone } from './vfork.ts';

const MS = 1e6, TOTALPAGES = 55_656;
/** A parent whose child works for 5 ms in the memory of both. */
function family(): { k: Kernel; parent: Task; child: () => Task; woke: number[] } {
  const k = bootScenario({ ...oneHog, workloads: [] }, 'none').k, m = mmAlloc(k), woke: number[] = [];
  m.users = 2;
  m.rss[0] = 100;
  let born: Task | undefined;
  const parent = spawn(k, 'parent', function* (): Timed<void> {
    born = spawn(k, 'child', function* (): Timed<void> { yield spend(ns(5 * MS)); yield* clockNanosleep(k, ns(k.now + 5 * MS)); }, { mmId: m.id });
    yield* waitForVforkDone(k, born);
    woke.push(k.now);
    yield spend(ns(MS));
  }, { mmId: m.id });
  const child = (): Task => { if (born === undefined) throw new Error('not born yet'); return born; };
  return { k, parent, child, woke };
}
test('the parent sleeps until the child has left the memory of both, and the child is no candidate for a kill', () => {
  const { k, parent, child, woke } = family();
  k.runUntil(ns(2 * MS));
  expect([oomBadness(k, parent, TOTALPAGES), oomBadness(k, child(), TOTALPAGES)]).toEqual([100, Number.MIN_SAFE_INTEGER]);
  k.runUntil(ns(9 * MS));
  expect(woke).toEqual([]);
  k.runUntil(ns(12 * MS));
  expect(woke).toHaveLength(1);
});
test('a fatal signal ends the wait, and the child stands for itself from then on', () => {
  const { k, parent, child, woke } = family();
  k.runUntil(ns(2 * MS));
  sendSignal(k, parent, SIGKILL, true);
  k.runUntil(ns(8 * MS));
  expect([parent.exiting, woke.length, oomBadness(k, child(), TOTALPAGES)]).toEqual([true, 0, 100]); // the wait returns, and do_exit() takes the place of the program
});
