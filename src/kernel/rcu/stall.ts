/**
 * kernel/rcu/tree.c, v4.17, and the words of 6.x: a grace period that takes too long is told of in the kernel log: by the CPU that holds it up, in its own tick, or
 * two jiffies later by any other. Source: rcu reference 6.5; the fields of a CPU's line from reports in public mails (4.1x, 6.1, 6.13).
 * Left out: the time that printing takes (the tick prints, and a tick is no place for a long story), the registers, fast_no_hz's own fields, that a kernel's
 * first grace period has a number below 0.
 */
import { isIdle } from '../../sim/cpu.ts';
import type { Kernel } from '../kernel.ts';
import { resched } from '../sched/wake.ts';
import { GP_FLAG, GP_STATES, type RcuData, rcuOf, type RcuState } from './state.ts';

/** CONFIG_RCU_CPU_STALL_TIMEOUT, s. */
export const RCU_STALL_TIMEOUT_S = 21;
/** RCU_STALL_RAT_DELAY, jiffies: how much longer others wait for the guilty CPU to tell of itself. */
const RCU_STALL_RAT_DELAY = 2;
const ERR = 3, WARNING = 4;
/** Interrupt nesting as the counter of 4.16 to 4.18 has it for a CPU that is not idle: DYNTICK_IRQ_NONIDLE, and 2 inside of an interrupt. */
const NONIDLE = '4611686018427387904', IN_IRQ = '4611686018427387906';

const isNew = (k: Kernel): boolean => rcuOf(k).rules.oneSequence;
const lead = (k: Kernel): string => (isNew(k) ? 'rcu: ' : '');
const ticksOf = (s: RcuState, d: RcuData): string => (d.gpnum === s.gpnum ? `${d.ticksThisGp} ticks this GP` : `${s.gpnum - d.gpnum} GPs behind`);
/** rcu_state.gp_seq: two bits of state below the number. */
const gpSeq = (s: RcuState): number => 4 * s.completed + (s.inProgress ? 1 : 0);
/** print_cpu_stall_info(): online, in the mask of the grace period's begin, in that of the next: three dots. */
function cpuLine(k: Kernel, s: RcuState, d: RcuData): string {
  const { current, top } = k.cpus[d.cpu];
  if (isNew(k)) return `rcu: \t${d.cpu}-....: (${ticksOf(s, d)}) idle=${(d.dynticks & 0xffff).toString(16).padStart(4, '0')}/${isIdle(current) ? 0 : 1}/0x${isIdle(current) ? '0' : top === current ? '4000000000000000' : '4000000000000002'} softirq=${d.softirqSnap}/${d.softirqs} fqs=${s.nForceQs - s.nForceQsGpStart} `;
  const idle = isIdle(current), nesting = `${idle ? 0 : 1}/${idle ? 0 : top === current ? NONIDLE : IN_IRQ}`;
  return `\t${d.cpu}-...: (${ticksOf(s, d)}) idle=${(d.dynticks & 0xfff).toString(16).padStart(3, '0')}/${nesting} softirq=${d.softirqSnap}/${d.softirqs} fqs=${s.nForceQs - s.nForceQsGpStart} `;
}
const figures = (k: Kernel, s: RcuState): string => `t=${k.jiffies - s.gpStart} jiffies`;
/** rcu_check_gp_kthread_starvation(): the kthread itself has had no CPU for two seconds. */
function kthreadStarved(k: Kernel, s: RcuState): void {
  const since = k.jiffies - s.gpActivity, t = s.gpKthread;
  if (since <= 2 * k.hz || t === null) return;
  k.printk(ERR, `${lead(k)}${s.name} kthread starved for ${since} jiffies! g${isNew(k) ? gpSeq(s) : `${s.gpnum} c${s.completed}`} f0x${s.gpFlags.toString(16)} RCU_GP_${s.gpState}(${GP_STATES.indexOf(s.gpState)}) ->state=0x${t.state.toString(16)} ->cpu=${t.cpuIndex}`);
  k.printk(ERR, `${lead(k)}RCU grace-period kthread stack dump:`);
  for (const name of k.stackNames(t.stack)) k.printk(WARNING, ` ${name}`);
}
/** rcu_dump_cpu_stacks(): where a CPU is, by a non-maskable interrupt. */
function dumpCpuStack(k: Kernel, cpu: number): void {
  const { current, top } = k.cpus[cpu];
  k.printk(WARNING, `NMI backtrace for cpu ${cpu}`);
  k.printk(WARNING, `CPU: ${cpu} PID: ${current.pid} Comm: ${current.comm} Not tainted${k.mm === null ? '' : ` ${k.mm.era.release} ${k.mm.era.version}`}`);
  k.printk(WARNING, 'Call Trace:');
  for (const name of k.stackNames(top.stack)) k.printk(WARNING, ` ${name}`);
}
/** print_cpu_stall() */
function printCpuStall(k: Kernel, s: RcuState, d: RcuData): void {
  k.printk(ERR, `${lead(k)}INFO: ${s.name} self-detected stall on CPU`);
  k.printk(ERR, cpuLine(k, s, d));
  k.printk(ERR, isNew(k) ? `rcu: \t(${figures(k, s)} g=${gpSeq(s)} q=${s.queued} ncpus=${s.cpus.length})` : `\t (${figures(k, s)} g=${s.gpnum} c=${s.completed} q=${s.queued})`);
  kthreadStarved(k, s);
  dumpCpuStack(k, d.cpu);
  s.stallAt = k.jiffies + 3 * RCU_STALL_TIMEOUT_S * k.hz + 3;
  resched(k, k.cpus[d.cpu]); // perhaps a context switch helps
}
/** print_other_cpu_stall() */
function printOtherCpuStall(k: Kernel, s: RcuState, d: RcuData): void {
  s.stallAt = k.jiffies + 3 * RCU_STALL_TIMEOUT_S * k.hz + 3;
  k.printk(ERR, `${lead(k)}INFO: ${s.name} detected stalls on CPUs/tasks:`);
  const guilty = s.cpus.filter((c) => s.qsmask & c.bit), readers = s.blocked.filter((b) => b.blocksGp);
  for (const c of guilty) k.printk(ERR, cpuLine(k, s, c));
  if (readers.length > 0) k.printk(ERR, `\tTasks blocked on level-0 rcu_node (CPUs 0-${s.cpus.length - 1}):${readers.map((b) => ` P${b.task.pid}`).join('')}`);
  k.printk(ERR, isNew(k) ? `rcu: \t(detected by ${d.cpu}, ${figures(k, s)}, g=${gpSeq(s)}, q=${s.queued} ncpus=${s.cpus.length})` : `\t(detected by ${d.cpu}, ${figures(k, s)}, g=${s.gpnum}, c=${s.completed}, q=${s.queued})`);
  for (const c of guilty) dumpCpuStack(k, c.cpu);
  kthreadStarved(k, s);
  s.gpFlags |= GP_FLAG.FQS; // force_quiescent_state(): the next wait of the kthread ends at once
}
/** check_cpu_stall(), in every tick. */
export function checkCpuStall(k: Kernel, d: RcuData): void {
  const s = rcuOf(k), now = k.jiffies;
  if (!s.inProgress || now < s.stallAt) return;
  if (s.qsmask & d.bit) printCpuStall(k, s, d);
  else if (now >= s.stallAt + RCU_STALL_RAT_DELAY) printOtherCpuStall(k, s, d);
}
