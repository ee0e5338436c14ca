/**
 * kernel/fork.c, v6.1 and v6.12: the part of vfork(). The parent sleeps in the kernel until the child has let go of the address space
 * that both run in. Left out: the freezer, exec by the child.
 */
import type { Timed } from '../sim/kfn.ts';
import { kfn, type Kernel } from './kernel.ts';
import { extra } from './mm/task_extra.ts';
import { complete, Completion, waitForCompletion } from './sched/completion.ts';
import { KILLABLE, type Task } from './sched/task.ts';

/** wait_for_vfork_done(). A fatal signal ends the wait, and the child is a vfork child no longer. false: that. */
export const waitForVforkDone = kfn('wait_for_vfork_done', function* (k: Kernel, child: Task): Timed<boolean> {
  const e = extra(k, child), done = new Completion(k, 'vfork_done', [child]);
  e.vforkDone = done;
  if ((yield* waitForCompletion(k, done, KILLABLE)) === 'event') return true;
  e.vforkDone = null;
  return false;
});
/** complete_vfork_done(), by mm_release(): the task leaves its address space. */
export function completeVforkDone(k: Kernel, t: Task): void {
  const e = extra(k, t), done = e.vforkDone;
  e.vforkDone = null;
  if (done !== null) complete(k, done);
}
