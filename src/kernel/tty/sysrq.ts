/**
 * drivers/tty/sysrq.c, v6.1 and v6.12: key f, the OOM kill by hand. A work item waits for oom_lock like anybody, and asks for order -1:
 * such a kill asks no gates, waits for no earlier victim and never panics. Left out: every other key, the mask of allowed ones, and
 * that the kernel has one work item for all presses.
 */
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { mutexLock, mutexUnlock } from '../locking/mutex.ts';
import { GFP_KERNEL } from '../mm/constants.ts';
import { newOomControl, SYSRQ_ORDER } from '../mm/oom_control.ts';
import { outOfMemory } from '../mm/oom_kill.ts';
import { queueWork, systemWq, Work } from '../workqueue.ts';

const INFO = 6;

const moomCallback = kfn('moom_callback', function* (k: Kernel): Timed<void> {
  const { oomLock } = k.mm.sync;
  yield* mutexLock(k, oomLock);
  if (!(yield* outOfMemory(k, newOomControl(k, { gfp: GFP_KERNEL, order: SYSRQ_ORDER })))) k.printk(INFO, 'OOM request ignored. No task eligible');
  mutexUnlock(k, oomLock);
});
/** __handle_sysrq() and sysrq_handle_moom(), for who writes 'f' to /proc/sysrq-trigger. */
export const sysrqHandleMoom = kfn('sysrq_handle_moom', function* (k: Kernel): Timed<void> {
  k.printk(INFO, 'sysrq: Manual OOM execution');
  queueWork(k, systemWq(k), new Work(k, moomCallback));
});
