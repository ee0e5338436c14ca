/**
 * kernel/hung_task.c, v6.1: khungtaskd looks every hung_task_timeout_secs at all tasks, and tells of those that sleep without hearing
 * any signal and have not been switched to since its last look. So a task is told of one to two periods after it went to sleep; one
 * that loops with naps, however vainly, never is. Left out: the line of sched_show_task() (parents are not kept), panic, the locks held.
 */
import { jiffies } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { kfn, type Kernel } from './kernel.ts';
import { LOG, reportLine } from './mm/report_line.ts';
import { spawn } from './sched/core.ts';
import { DEAD, type Task, TASK_IDLE, UNINTERRUPTIBLE, WAKEKILL } from './sched/task.ts';
import { modTimer, TimerList } from './sched/timer.ts';
import { scheduleTimeoutInterruptible } from './sched/wait.ts';

/** CONFIG_DEFAULT_HUNG_TASK_TIMEOUT, and hung_task_warnings. */
export const HUNG_TASK_TIMEOUT_SECS = 120;
const WARNINGS = 10;
const NOLOAD = TASK_IDLE & ~UNINTERRUPTIBLE;

/** last_switch_count and last_switch_time of struct task_struct, by task id. */
interface Look { readonly switches: number; readonly atJiffy: number }
interface Detector { readonly timeoutSecs: number; readonly looks: Look[]; warnings: number }

const checkHungTask = kfn('check_hung_task', function* (k: Kernel, d: Detector, t: Task): Timed<void> {
  const last = d.looks[t.id];
  if (t.switches === 0) return;
  if (last === undefined || last.switches !== t.switches) { d.looks[t.id] = { switches: t.switches, atJiffy: k.jiffies }; return; }
  if (k.jiffies - last.atJiffy < d.timeoutSecs * k.hz || d.warnings === 0) return;
  d.warnings--;
  yield* reportLine(k, LOG.ERR, `INFO: task ${t.comm}:${t.pid} blocked for more than ${Math.floor((k.jiffies - last.atJiffy) / k.hz)} seconds.`);
  yield* reportLine(k, LOG.ERR, `      Not tainted ${k.mm.era.release} ${k.mm.era.version}`);
  yield* reportLine(k, LOG.ERR, '"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.');
  for (const line of ['Call Trace:', ' <TASK>', ...k.stackNames(t.stack).map((name) => ` ${name}`), ' </TASK>']) yield* reportLine(k, LOG.INFO, line);
});
const checkHungUninterruptibleTasks = kfn('check_hung_uninterruptible_tasks', function* (k: Kernel, d: Detector): Timed<void> {
  for (const t of k.tasks) if (t.state !== DEAD && t.state & UNINTERRUPTIBLE && !(t.state & (WAKEKILL | NOLOAD))) yield* checkHungTask(k, d, t);
});
const watchdog = kfn('watchdog', function* (k: Kernel, d: Detector): Timed<void> {
  for (;;) {
    const checked = k.jiffies;
    yield* checkHungUninterruptibleTasks(k, d);
    const left = checked - k.jiffies + d.timeoutSecs * k.hz;
    if (left > 0) yield* scheduleTimeoutInterruptible(k, jiffies(left));
  }
});
/** The thread is born when it has its first look to take: a run that is shorter shows no thread that never runs. 0 s: no detector. */
export function hungTaskInit(k: Kernel, timeoutSecs: number): void {
  if (timeoutSecs === 0) return;
  const d: Detector = { timeoutSecs, looks: [], warnings: WARNINGS };
  const first = new TimerList(k, 'khungtaskd', (k) => kthreadCreate(k, d));
  modTimer(k, first, jiffies(timeoutSecs * k.hz));
}
const kthreadCreate = kfn('kthread_create', function* (k: Kernel, d: Detector): Timed<void> {
  spawn(k, 'khungtaskd', (k) => watchdog(k, d), { daemon: true });
});
