/**
 * mm/oom_kill.c, v6.1: the oom_reaper thread. A timer queues a victim 2 s after the kill; up to ten attempts to take its memory,
 * a tenth of a second apart; then MMF_OOM_SKIP, whatever came of it. Left out: process_mrelease().
 */
import { type Jiffies, jiffies, ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { mutexLock, mutexUnlock } from '../locking/mutex.ts';
import { downReadTrylock, upRead } from '../locking/rwsem.ts';
import { schedule, setCurrentState, spawn } from '../sched/core.ts';
import { INTERRUPTIBLE, NORMAL, RUNNING, type Task } from '../sched/task.ts';
import { modTimer, TimerList } from '../sched/timer.ts';
import { scheduleTimeoutIdle } from '../sched/wait.ts';
import { tryToWakeUp } from '../sched/wake.ts';
import { WAKE } from '../../sim/recorder.ts';
import { mmputAsync, reapMappings, type Telling } from './exit_mmap.ts';
import type { MmStruct } from './mm_types.ts';
import { mmHasNotifiers, mmHasSafeNotifiers } from './mmu_notifier.ts';
import { RSS } from './rss.ts';
import { extra } from './task_extra.ts';

const MAX_OOM_REAP_RETRIES = 10;

/** queue_oom_reaper(): hands the victim to the reaper after the delay of this version; once. */
export function queueOomReaper(k: Kernel, t: Task): void {
  const m = k.mm.mms[extra(k, t).oomMm];
  if (m === undefined || m.reapQueued) return;
  m.reapQueued = true;
  const delay = k.mm.era.reaperDelay(k.hz);
  if (delay === 0) { wakeReaperFor(k, t); return; }
  k.mm.reaperDue.push(t);
  modTimer(k, new TimerList(k, `oom_reaper of ${t.comm}`, wakeOomReaper), (k.jiffies + delay) as Jiffies);
}
/** wake_oom_reaper(), in the timer softirq: the delay is the same for all, so the first that was queued is due. A victim whose memory is gone needs no reaper. */
const wakeOomReaper = kfn('wake_oom_reaper', function* (k: Kernel): Timed<void> {
  const t = k.mm.reaperDue.shift();
  if (t === undefined || k.mm.mms[extra(k, t).oomMm].oomSkip) return;
  wakeReaperFor(k, t);
  yield spend(ns(0));
});
function wakeReaperFor(k: Kernel, t: Task): void {
  k.mm.reaperList.unshift(t);
  k.mark('wake_reaper', t.id, t.pid);
  const reaper = k.tasks[k.mm.reaperTask];
  if (reaper !== undefined) tryToWakeUp(k, reaper, NORMAL, WAKE.event);
}

const oomReaper = kfn('oom_reaper', function* (k: Kernel): Timed<void> {
  for (;;) {
    setCurrentState(k, INTERRUPTIBLE);
    const victim = k.mm.reaperList.shift();
    if (victim === undefined) { yield* schedule(k); continue; }
    k.current.state = RUNNING;
    yield* oomReapTask(k, victim);
  }
});

const oomReapTask = kfn('oom_reap_task', function* (k: Kernel, t: Task): Timed<void> {
  const m = k.mm.mms[extra(k, t).oomMm];
  let attempts = 0;
  while (attempts++ < MAX_OOM_REAP_RETRIES && !(yield* oomReapTaskMm(k, t, m))) yield* scheduleTimeoutIdle(k, jiffies(Math.floor(k.hz / 10)));
  if (k.decide('gave up on this victim', attempts > MAX_OOM_REAP_RETRIES && !m.oomSkip, attempts)) k.printk(6, `oom_reaper: unable to reap pid:${t.pid} (${t.comm})`);
  m.oomSkip = true; // whatever came of it: the next kill may look elsewhere
});

/** oom_reap_task_mm(): true = done, or nothing left to do; false = try again. To 4.18 with oom_lock held, so that nobody is chosen meanwhile. */
const oomReapTaskMm = kfn('oom_reap_task_mm', function* (k: Kernel, t: Task, m: MmStruct): Timed<boolean> {
  const { oomLock } = k.mm.sync, held = k.knob('oomReaper.oomLock') === 'held';
  if (held) yield* mutexLock(k, oomLock);
  const done = yield* oomReapMm(k, t, m);
  if (held) mutexUnlock(k, oomLock);
  return done;
});
/** Who else maps the victim's pages, and what is made of it (knob `oomReaper.mmuNotifier`): not to be touched, or to be told, and how. */
const LEAVES: Readonly<Record<string, boolean>> = { 'skip-sleep': true, retry: true, 'safe-flag': true };
const TELLS: Readonly<Record<string, Telling>> = { invalidate: 'blocking', 'safe-flag': 'blocking', nonblock: 'nonblocking' };
/** Is this one to be left alone? Asked before mmap_lock is held, somebody may register right after. */
function mustLeave(k: Kernel, m: MmStruct): boolean {
  const way = k.knob('oomReaper.mmuNotifier');
  if (k.mm.mmuNotifiers === null || LEAVES[way] !== true || !k.decide('mm_has_notifiers()', mmHasNotifiers(m), m.notifiers.length)) return false;
  return way !== 'safe-flag' || !k.decide('all of its notifiers are safe', mmHasSafeNotifiers(m));
}
/** Leaves it, without a tracepoint: after a second for good, or at once and to be tried again. */
function* skipForNotifiers(k: Kernel): Timed<boolean> {
  if (k.knob('oomReaper.mmuNotifier') === 'retry') return false;
  yield* scheduleTimeoutIdle(k, jiffies(k.hz)); // it may get away by itself meanwhile
  return true;
}
function* oomReapMm(k: Kernel, t: Task, m: MmStruct): Timed<boolean> {
  const lock = k.mm.sync.mmapLocks[m.id], early = k.knob('oomReaper.check') === 'before';
  if (early && mustLeave(k, m)) return yield* skipForNotifiers(k);
  if (k.exploring) yield spend(k.cost.atomic); // where others can get in before the atomic operation
  if (!k.decide('mmap_read_trylock()', downReadTrylock(k, lock))) { k.mark('skip_task_reaping', t.id, t.pid); return false; }
  if (!early && mustLeave(k, m)) { upRead(k, lock); return yield* skipForNotifiers(k); }
  if (k.decide('MMF_OOM_SKIP: its owner has freed it', m.oomSkip)) { k.mark('skip_task_reaping', t.id, t.pid); upRead(k, lock); return true; }
  const pinned = k.mm.era.victimExit === 'unaware';
  if (pinned) {
    if (!k.decide('mmget_not_zero(): somebody still runs in it', m.users > 0, m.users)) { k.mark('skip_task_reaping', t.id, t.pid); upRead(k, lock); return true; }
    m.users++;
  }
  k.mark('start_task_reaping', t.id, t.pid);
  k.mm.firsts.reap ??= k.now;
  const all = yield* reapMappings(k, m, TELLS[k.knob('oomReaper.mmuNotifier')] ?? 'nobody');
  yield spend(ns(k.mm.costs.retry_round));
  k.mark('finish_task_reaping', t.id, t.pid);
  if (all) k.printk(6, `oom_reaper: reaped process ${t.pid} (${t.comm}), now anon-rss:${m.rss[RSS.anon] * 4}kB, file-rss:${m.rss[RSS.file] * 4}kB, shmem-rss:${m.rss[RSS.shmem] * 4}kB`);
  upRead(k, lock);
  if (pinned) mmputAsync(k, m);
  return all;
}

export function oomReaperInit(k: Kernel): void { k.mm.reaperTask = spawn(k, 'oom_reaper', oomReaper, { daemon: true }).id; }
