// kernel/fork.c, kernel/kthread.c: the birth of a task.
import { begin, type Call, isCall, type Timed } from '../../sim/kfn.ts';
import { ROW } from '../../sim/recorder.ts';
import type { Kernel } from '../kernel.ts';
import { Task, type TaskOptions } from './task.ts';
import { activate } from './wake.ts';

/** Enters a task into the machine's and the trace's tables. Its birth's row has the task that is now current as parent. */
export function addTask(k: Kernel, comm: string, kthread: boolean, idle: boolean, o: TaskOptions): Task {
  const pid = o.pid ?? (idle ? 0 : k.nextPid++);
  if (pid >= k.nextPid) k.nextPid = pid + 1;
  const t = new Task(k.tasks.length, k.newObject(), comm, kthread, { ...o, pid });
  if (t.id > 0xffff) throw new Error('more than 65,536 tasks: a row has 16 bits for them');
  if (o.cpus === undefined && !idle) t.allowed = k.housekeeping;
  k.tasks.push(t);
  k.recorder.tasks.push({ id: t.id, pid, tgid: t.tgid, comm, kthread, idle, mm: t.mmId, oomScoreAdj: t.oomScoreAdj, policy: t.policy, row: k.recorder.rows });
  return t;
}
/** kernel_thread() or fork(): `main` gives a call for a kernel thread, a plain generator for a user program. */
export function spawn(k: Kernel, comm: string, main: (k: Kernel) => Call<unknown> | Timed<unknown>, o: TaskOptions = {}): Task {
  const body = main(k), kthread = isCall(body), t = addTask(k, comm, kthread, false, o);
  if (!t.daemon) k.running++;
  if (kthread) begin(k.stacks, t, body as Call<unknown>); else t.frames.push(body as Timed<unknown>);
  t.cpuIndex = t.allowedOn(t.id % k.cpus.length) ? t.id % k.cpus.length : k.cpus.findIndex((c) => t.allowedOn(c.index));
  k.trace(ROW.spawn, t.id, k.current.id);
  activate(k, t, true);
  return t;
}
