import { expect, test } from 'vitest';
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { bootBare } from '../bare.ts';
import { kfn, type Preemption, spend } from '../kernel.ts';
import { SpinLock, spinLock, spinUnlock } from '../locking/spinlock.ts';
import { device, spawn } from './core.ts';
import { inAtomic } from './preempt_count.ts';

/** What in_atomic() says with nothing held, under a spinlock_t, under a raw one, and in a handler. */
function answers(preempt: Preemption): boolean[] {
  const k = bootBare({ cpus: 1, preempt }), x = new SpinLock(k, 'x'), q = new SpinLock(k, 'q', { raw: true }), said: boolean[] = [];
  const irq = kfn('irq_handler', function* (k): Timed<void> { yield spend(ns(10)); said.push(inAtomic(k)); });
  spawn(k, 'asker', function* (k): Timed<void> {
    said.push(inAtomic(k));
    for (const l of [x, q]) {
      yield* spinLock(k, l);
      said.push(inAtomic(k));
      spinUnlock(k, l);
    }
    yield spend(ns(5e6));
  });
  k.agenda.arm(device(k, 'nic', 0, (k) => irq(k)), ns(1e6));
  k.runUntil(ns(10e6));
  return said;
}
// kernel reference 6.2: "preempt count kept by spin_lock": no, yes, raw locks only
test.each([['none', [false, false, false, true]], ['full', [false, true, true, true]], ['rt', [false, false, true, true]]] as const)('preempt %s: with nothing held, under a spinlock_t, a raw one, in a handler', (preempt, expected) => {
  expect(answers(preempt)).toEqual(expected);
});
