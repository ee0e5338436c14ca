/**
 * rcu_init(), at first use: a machine whose scenario has nothing to do with RCU has neither its threads nor its ticks' work. Callbacks of
 * the rest of the kernel are not simulated, so before the first one there is nothing that RCU could change.
 */
import { isIdle } from '../../sim/cpu.ts';
import type { Kernel } from '../kernel.ts';
import { Mutex } from '../locking/mutex.ts';
import { spawn } from '../sched/core.ts';
import { WaitQueue } from '../sched/wait.ts';
import { rcuIdleEnter, rcuIdleExit } from './fast_no_hz.ts';
import { rcuGpKthread } from './gp_kthread.ts';
import { RcuState } from './state.ts';
import { rcuAllQs, rcuCheckCallbacks, rcuNoteContextSwitch, rcuProcessCallbacks, raiseSoftirqIrqoff } from './tree.ts';

export function rcuInit(k: Kernel): RcuState {
  if (k.rcu !== null) return k.rcu;
  const s = new RcuState(k, {
    idleEnter: (cpu) => rcuIdleEnter(k, cpu), idleExit: (cpu) => rcuIdleExit(k, cpu), contextSwitch: (cpu, preempted) => rcuNoteContextSwitch(k, cpu, preempted), condResched: () => rcuAllQs(k),
  }, (k) => rcuProcessCallbacks(k), new WaitQueue(k), new Mutex(k, 'rcu_state.barrier_mutex'));
  k.rcu = s;
  for (const cpu of k.cpus) {
    if (isIdle(cpu.top)) s.cpus[cpu.index].dynticks = 0;
    s.later.push(k.timer(`RCU softirq of cpu${cpu.index}`, () => cpu.interrupt({ call: () => raiseSoftirqIrqoff(k), quiet: true })));
  }
  s.gpKthread = spawn(k, s.name, (k) => rcuGpKthread(k), { daemon: true });
  k.atTick.push(() => rcuCheckCallbacks(k));
  return s;
}
