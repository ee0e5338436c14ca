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
import { rcuNocbInit, registerLazyShrinker } from './nocb_kthread.ts';
import type { RcuRules } from './rules.ts';
import { RcuState } from './state.ts';
import { rcuAllQs, rcuCheckCallbacks, rcuNoteContextSwitch, rcuProcessCallbacks, raiseSoftirqIrqoff } from './tree.ts';

/** @param rules  of another version than the machine's own, for machines without memory */
export function rcuInit(k: Kernel, rules?: RcuRules): RcuState {
  if (k.rcu !== null) return k.rcu;
  const s = new RcuState(k, {
    idleEnter: (cpu) => rcuIdleEnter(k, cpu), idleExit: (cpu) => rcuIdleExit(k, cpu), contextSwitch: (cpu, preempted) => rcuNoteContextSwitch(k, cpu, preempted), condResched: () => rcuAllQs(k),
  }, (k) => rcuProcessCallbacks(k), new WaitQueue(k), new Mutex(k, 'rcu_state.barrier_mutex'), rules);
  k.rcu = s;
  for (const cpu of k.cpus) {
    if (isIdle(cpu.top)) s.cpus[cpu.index].dynticks = 0;
    s.later.push(k.timer(`RCU softirq of cpu${cpu.index}`, () => cpu.interrupt({ call: () => raiseSoftirqIrqoff(k), quiet: true })));
  }
  s.gpKthread = spawn(k, s.name, (k) => rcuGpKthread(k), { daemon: true });
  if (s.rules.nocb && k.knobs['rcu.nocbs'] === 'all') rcuNocbInit(k, s);
  k.atTick.push(() => rcuCheckCallbacks(k));
  return s;
}
/** rcu_init_nohz(), as the machine boots: offloaded CPUs have their threads, and a shrinker for what is lazy there (knob rcu.lazyShrinker = off: none). Knob rcu.nocbs = off: nothing is made. */
export function rcuInitNohz(k: Kernel): void {
  if (k.knobs['rcu.nocbs'] !== 'all') return;
  const s = rcuInit(k);
  if (s.lazyCalls && s.nocbGroups.length > 0 && k.knobs['rcu.lazyShrinker'] !== 'off') registerLazyShrinker(k, s);
}
