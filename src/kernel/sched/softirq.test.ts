import { expect, test } from 'vitest';
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { bootBare } from '../bare.ts';
import { type Deferred, kfn, type Kernel, spend } from '../kernel.ts';
import { complete, Completion, waitForCompletion } from './completion.ts';
import { device, raiseSoftirq, SOFTIRQ_VEC, spawn } from './core.ts';
import { UNINTERRUPTIBLE } from './task.ts';

const MS = 1_000_000;
/** A machine whose one device interrupts at 1 ms; its handler does `handle`. */
function interrupted(handle: (k: Kernel) => void): Kernel {
  const k = bootBare({ hz: 250 }), handler = kfn('nic_handler', function* (k): Timed<void> { yield spend(ns(1000)); handle(k); });
  k.agenda.arm(device(k, 'nic', 0, handler), ns(MS));
  return k;
}
/** A softirq's function that notes its name and who runs it. */
const noting = (name: string, said: string[], then: (k: Kernel) => void = () => {}): Deferred => kfn(name, function* (k): Timed<void> { yield spend(ns(1000)); said.push(`${name} on ${k.current.comm}`); then(k); });

test('softirqs that are pending together run by the number of their vector, whoever was raised first', () => {
  const said: string[] = [], k = interrupted((k) => {
    raiseSoftirq(k, SOFTIRQ_VEC.RCU, noting('rcu_core', said));
    raiseSoftirq(k, SOFTIRQ_VEC.NET_RX, noting('net_rx_action', said));
    raiseSoftirq(k, SOFTIRQ_VEC.TIMER, noting('run_timer_softirq', said));
  });
  k.runUntil(ns(10 * MS));
  expect(said).toEqual(['run_timer_softirq on swapper/0', 'net_rx_action on swapper/0', 'rcu_core on swapper/0']);
});
// A real 6.1, traced (kprobe on call_rcu, softirq_entry, sched_switch): RCU's softirq hits idle, wakes rcu_preempt and has more callbacks than a batch may call; rcu_preempt runs, then RCU's softirq in ksoftirqd/0
test('what a softirq raises anew goes on at once where nobody wants the CPU, and else in ksoftirqd, behind who was woken', () => {
  const run = (wakes: boolean): string[] => {
    const said: string[] = [], more = noting('rcu_core again', said), k = interrupted((k) => {
      raiseSoftirq(k, SOFTIRQ_VEC.RCU, noting('rcu_core', said, (k) => { if (wakes) complete(k, gp); raiseSoftirq(k, SOFTIRQ_VEC.RCU, more); }));
    }), gp = new Completion(k);
    spawn(k, 'rcu_preempt', function* (k: Kernel): Timed<void> { yield* waitForCompletion(k, gp, UNINTERRUPTIBLE); said.push('rcu_preempt'); });
    k.runUntil(ns(10 * MS));
    return said;
  };
  expect(run(false)).toEqual(['rcu_core on swapper/0', 'rcu_core again on swapper/0']);
  expect(run(true)).toEqual(['rcu_core on swapper/0', 'rcu_preempt', 'rcu_core again on ksoftirqd/0']);
});
test('ten rounds are the most that an interrupt makes for a softirq that always comes again', () => {
  const said: string[] = [], k = interrupted((k) => {
    const again: Deferred = noting('net_rx_action', said, (k) => { if (said.length < 14) raiseSoftirq(k, SOFTIRQ_VEC.NET_RX, again); });
    raiseSoftirq(k, SOFTIRQ_VEC.NET_RX, again);
  });
  k.runUntil(ns(10 * MS));
  expect(said.indexOf('net_rx_action on ksoftirqd/0')).toBe(10); // MAX_SOFTIRQ_RESTART
  expect(said.length).toBe(14);
});
