import { expect, test } from 'vitest';
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { bootBare } from '../bare.ts';
import { kfn, type Kernel, spend } from '../kernel.ts';
import { spawn } from './core.ts';
import { clockNanosleep } from './timer.ts';
import { WaitQueue, waitEvent, wakeUpAll } from './wait.ts';

const US = 1000, MS = 1_000_000;
/** A task of CPU 1 sleeps until one of CPU 0 wakes it at 10 ms, while CPU 1 has other work or none. How long until it runs, us. */
function answers(idleExit: number, busy: boolean, seed = 1): number {
  const k = bootBare({ seed, cpus: 2, preempt: 'full', hz: 250, knobs: { 'cpu.idleExit': idleExit } }), queue = new WaitQueue(k);
  let told = false, from = 0, at = 0;
  const sleeper = kfn('sleeper', function* (k: Kernel): Timed<void> { yield* waitEvent(k, queue, () => told); at = k.now; });
  const waker = kfn('waker', function* (k: Kernel): Timed<void> { yield spend(ns(10 * MS)); told = true; from = k.now; wakeUpAll(k, queue); yield spend(ns(20 * MS)); });
  const work = kfn('work', function* (_k: Kernel): Timed<void> { yield spend(ns(30 * MS)); });
  spawn(k, 'sleeper', (k) => sleeper(k), { cpus: [1] });
  k.runUntil(ns(MS));
  if (busy) spawn(k, 'work', (k) => work(k), { cpus: [1], policy: 'idle' });
  spawn(k, 'waker', (k) => waker(k), { cpus: [0] });
  k.runUntil(ns(30 * MS));
  return (at - from) / US;
}
test('an idle CPU answers an interrupt later, by half to one and a half of what it takes to leave its sleep; a busy one answers at once', () => {
  const atOnce = answers(0, false), later = Array.from({ length: 200 }, (_, seed) => answers(100, false, seed + 1) - atOnce);
  expect([Math.min(...later) >= 49.999, Math.max(...later) <= 150.001]).toEqual([true, true]);
  const mean = later.reduce((sum, us) => sum + us, 0) / later.length;
  expect(Math.abs(mean - 100)).toBeLessThan(8); // the mean of 200 from 50 to 150: a standard error of 2
  expect(answers(100, true)).toBeCloseTo(answers(0, true), 6);
});
test('what comes while it is on its way does not make it later, and it sleeps again when nothing is left', () => {
  const k = bootBare({ cpus: 1, hz: 250, knobs: { 'cpu.idleExit': 100 } }), woke: number[] = [];
  // the second timer expires 40 us after the first, before that is answered, the third when the CPU sleeps again
  for (const us of [5000, 5040, 9500]) spawn(k, `s${us}`, function* (k: Kernel): Timed<void> { yield* clockNanosleep(k, ns(us * US)); woke.push(k.now / US); });
  k.runUntil(ns(20 * MS));
  const [first, second, third] = woke;
  expect([first >= 5050, first < 5160, second - first < 5, third >= 9550, third < 9660]).toEqual([true, true, true, true, true]);
});
