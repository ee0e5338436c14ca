/** mm/oom_kill.c oom_killer_disable(), oom_killer_enable(), v6.1: suspending freezes all tasks, and then nobody may be killed. Left out: the freezer itself. */
import { type Jiffies, jiffies } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { mutexLockKillable, mutexUnlock } from '../locking/mutex.ts';
import { INTERRUPTIBLE } from '../sched/task.ts';
import { waitEvent } from '../sched/wait.ts';

const INFO = 6;
/** freeze_timeout_msecs, 20 s. */
const freezeTimeout = (k: Kernel): Jiffies => jiffies(20 * k.hz);

/** Waits for oom_lock and then for victims that are on their way out. false: they did not go in time, and killing is allowed again. */
export const oomKillerDisable = kfn('oom_killer_disable', function* (k: Kernel): Timed<boolean> {
  const { sync } = k.mm;
  if (!(yield* mutexLockKillable(k, sync.oomLock))) return false;
  k.mm.oomKillerDisabled = true;
  mutexUnlock(k, sync.oomLock);
  const how = yield* waitEvent(k, sync.oomVictimsWait, () => k.mm.oomVictims === 0, INTERRUPTIBLE, freezeTimeout(k));
  if (how !== 'event') { k.mm.oomKillerDisabled = false; return false; }
  k.printk(INFO, 'OOM killer disabled.');
  return true;
});
export function oomKillerEnable(k: Kernel): void {
  k.mm.oomKillerDisabled = false;
  k.printk(INFO, 'OOM killer enabled.');
}
