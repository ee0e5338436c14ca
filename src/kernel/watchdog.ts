/**
 * kernel/watchdog.c, v6.1: the soft lockup detector. Every two fifths of watchdog_thresh a timer of each CPU asks the most urgent
 * thread there is (the stopper) to note the time, and looks when it last did: if that is more than twice the threshold ago, the CPU
 * has not scheduled for so long. The stopper is no task here; what matters of it is whether the CPU could have run it.
 * The look itself costs nothing and leaves no row; its report is an interrupt. Left out: the NMI's hard lockup detector, registers.
 */
import { ns } from '../base/units.ts';
import { type Cpu, isIdle, WANT_RESCHED } from '../sim/cpu.ts';
import { HARDIRQ, type Timed } from '../sim/kfn.ts';
import { kfn, type Kernel } from './kernel.ts';
import { dumpStack } from './mm/dump_stack.ts';
import { LOG, reportLine } from './mm/report_line.ts';
import type { Task } from './sched/task.ts';

export const WATCHDOG_THRESH = 10; // s
/** get_timestamp() counts in 2^30 ns, and calls them seconds. */
const stamp = (nanoseconds: number): number => Math.floor(nanoseconds / 1_073_741_824);

/** The stopper has been asked and has not run: by whom it was kept, and from when on somebody could have let it. */
interface Asked { readonly task: Task; readonly sliceFrom: number; atNs: number; told: boolean }
interface Watch { touchNs: number; reportNs: number; asked: Asked | null }

/** Softirqs and handlers end by themselves; below them it is the task that must let go. */
const canSchedule = (cpu: Cpu<Task>): boolean => isIdle(cpu.current) || (cpu.top === cpu.current && cpu.host.preemptible(cpu));

function look(k: Kernel, cpu: Cpu<Task>, w: Watch, thresh: number): void {
  if (cpu.irqsOff > 0 || cpu.top.kind === HARDIRQ) return; // the timer's interrupt does not get in
  const { asked, touchNs } = w, { current } = cpu;
  if (asked !== null && (asked.task !== current || asked.sliceFrom !== current.sliceFrom)) { w.touchNs = asked.atNs; w.asked = null; }
  if (canSchedule(cpu)) { w.touchNs = k.now; w.asked = null; }
  else if (w.asked === null) w.asked = { task: current, sliceFrom: current.sliceFrom, atNs: k.now, told: false };
  else if (!w.asked.told) {
    // A whole period without schedule(): it may be that nobody asked for one. From now on each cond_resched() would let the stopper in.
    cpu.attention |= WANT_RESCHED;
    w.asked.told = true;
    w.asked.atNs = k.now;
  }
  if (w.touchNs !== touchNs) w.reportNs = w.touchNs;
  if (stamp(k.now) <= stamp(w.reportNs) + 2 * thresh) return;
  w.reportNs = k.now;
  const stuck = stamp(k.now) - stamp(w.touchNs);
  cpu.interrupt({ call: () => watchdogTimerFn(k, stuck), quiet: false });
}
const watchdogTimerFn = kfn('watchdog_timer_fn', function* (k: Kernel, stuck: number): Timed<void> {
  yield* reportLine(k, LOG.EMERG, `watchdog: BUG: soft lockup - CPU#${k.cpu.index} stuck for ${stuck}s! [${k.current.comm}:${k.current.pid}]`);
  yield* dumpStack(k);
});
/** lockup_detector_init(). 0 s: no detector. */
export function lockupDetectorInit(k: Kernel, thresh: number): void {
  if (thresh === 0) return;
  const period = (thresh * 2e9) / 5;
  for (const cpu of k.cpus) {
    const w: Watch = { touchNs: 0, reportNs: 0, asked: null };
    const timer = k.timer(`watchdog${cpu.index}`, () => {
      k.agenda.arm(timer, ns(k.now + period));
      look(k, cpu, w, thresh);
    });
    k.agenda.arm(timer, ns(period));
  }
}
