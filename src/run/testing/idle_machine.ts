/** A machine on which nothing runs but what a test asks of it: for questions to single functions of the kernel. */
import { must, ns } from '../../base/units.ts';
import type { ProfileName, Scenario } from '../../format/scenario.ts';
import type { Call, Kernel } from '../../kernel/kernel.ts';
import { spawn } from '../../kernel/sched/core.ts';
import type { TaskOptions } from '../../kernel/sched/task.ts';
import { two256 } from '../../scenarios/machines.ts';
import { oneHog } from '../../scenarios/one_hog.ts';
import type { Timed } from '../../sim/kfn.ts';
import { bootScenario } from '../boot.ts';

/** 256 MiB and two CPUs, a second after boot. */
export function bootIdle(profile: ProfileName, more: Partial<Scenario> = {}): Kernel {
  const { k } = bootScenario({ ...oneHog, machine: two256, profile, sysctl: { 'vm.min_free_kbytes': 1847 }, workloads: [], ...more }, 'none');
  k.runUntil(ns(1e9));
  return k;
}
/** Runs `body` as a task, and says for how long it ran and what it came to. */
export function timed<T>(k: Kernel, body: () => Call<T> | Timed<T>, o: TaskOptions = {}): { value: T; ms: number } {
  const out: { value: T; ms: number }[] = [];
  spawn(k, 'asking', function* (): Timed<void> { const from = k.now, value = yield* body() as Timed<T>; out.push({ value, ms: (k.now - from) / 1e6 }); }, o);
  k.runUntil(ns(k.now + 3e9));
  return must(out[0], 'the task did not come to its end');
}
