/**
 * mm/oom_kill.c, v6.1 (v6.12 the same for what is modelled): out_of_memory(), select_bad_process(), oom_badness(),
 * oom_kill_process(), with memory.oom.group. Left out: cpusets and mempolicies (the constraint is none or memcg).
 */
import { jiffies, ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import { mutexTrylock, mutexUnlock } from '../locking/mutex.ts';
import { condResched, sendSignal, SIGKILL } from '../sched/core.ts';
import { DEAD, type Task } from '../sched/task.ts';
import { scheduleTimeoutKillable, wakeUpAll } from '../sched/wait.ts';
import { GFP, PF } from './constants.ts';
import { memCgroupFromTask, memcgMemoryEvent } from './memcontrol.ts';
import { memCgroupGetOomGroup, memCgroupOomSynchronize, memcgTasks } from './memcg_oom.ts';
import type { MemCgroup } from './memcg_types.ts';
import type { MmStruct } from './mm_types.ts';
import { findLockTaskMm, newOomControl, type OomControl, SYSRQ_ORDER, tskIsOomVictim } from './oom_control.ts';
import { blockingNotifierCallChain, chainIsInside } from './oom_notifier.ts';
import { dumpHeader, killedLine } from './oom_report.ts';
import { queueOomReaper } from './oom_reaper.ts';
import { RSS } from './rss.ts';
import { extra } from './task_extra.ts';
import { syncRss } from './rss_sync.ts';

export const OOM_SCORE_ADJ_MIN = -1000;
const INELIGIBLE = Number.MIN_SAFE_INTEGER;

/** get_mm_rss() + swap + page tables, in pages: what the death of its users would give back. */
export const oomSize = (m: MmStruct): number => m.rss[RSS.anon] + m.rss[RSS.file] + m.rss[RSS.shmem] + m.rss[RSS.swap] + Math.trunc(m.pgtablesBytes / 4096);

/** oom_badness(): INELIGIBLE, or pages + oom_score_adj in thousandths of `totalpages`. */
export function oomBadness(k: Kernel, t: Task, totalpages: number): number {
  const m = k.mm.mms[findLockTaskMm(k, t)?.mmId ?? -1];
  if (oomUnkillable(t) || m === undefined || t.oomScoreAdj === OOM_SCORE_ADJ_MIN || m.oomSkip || inVfork(k, t)) return INELIGIBLE;
  return k.mm.era.oomPoints(oomSize(m), t, t.oomScoreAdj * Math.trunc(totalpages / 1000));
}
/** oom_unkillable_task(): init and kernel threads. */
export const oomUnkillable = (t: Task): boolean => t.pid === 1 || t.tgid === 1 || (t.pf & PF.KTHREAD) !== 0;
/** in_vfork(): a child that runs in its parent's mm until it execs. */
const inVfork = (k: Kernel, t: Task): boolean => extra(k, t).vforkDone !== null;

/** task_will_free_mem(): is it on its way out already, and will its memory come back by itself? */
export function taskWillFreeMem(k: Kernel, t: Task): boolean {
  const m = k.mm.mms[t.mmId];
  if (m === undefined || m.oomSkip || extra(k, t).mmGone) return false; // an exiting leader has no mm: another thread stands for it
  const leaving = (o: Task): boolean => o.exiting || o.sigkillPending;
  return leaving(t) && k.tasks.every((o) => o.mmId !== t.mmId || o.state === DEAD || leaving(o));
}

/** mark_oom_victim(): TIF_MEMDIE, access to the reserve, and the mm that the reaper may take. */
export const markOomVictim = leaf('mark_oom_victim', (k: Kernel, t: Task): void => {
  const e = extra(k, t);
  if (e.memdie) return;
  e.memdie = true;
  for (const o of k.tasks) if (o.tgid === t.tgid && !o.kthread) extra(k, o).oomMm = t.mmId;
  k.mm.oomVictims++;
  k.mark('mark_victim', t.id, t.pid);
});
/** exit_oom_victim(). */
export function exitOomVictim(k: Kernel, t: Task): void {
  const e = extra(k, t);
  if (!e.memdie) return;
  e.memdie = false;
  if (--k.mm.oomVictims === 0) wakeUpAll(k, k.mm.sync.oomVictimsWait);
}

/** out_of_memory(): frees memory by killing one task, unless a notifier frees some first. true: try the allocation again. Context: oom_lock held. */
export const outOfMemory = kfn('out_of_memory', function* (k: Kernel, oc: OomControl): Timed<boolean> {
  const sysrq = oc.order === SYSRQ_ORDER, me = k.current, { sysctl, era } = k.mm;
  k.mm.firsts.oom ??= k.now;
  if (k.decide('the OOM killer is disabled', k.mm.oomKillerDisabled)) return false;
  const freed = oc.memcg === null && chainIsInside(k) ? yield* blockingNotifierCallChain(k, false) : 0;
  if (oc.memcg === null && k.decide('OOM notifiers freed pages', freed > 0 && (!sysrq || era.notifiersStopSysrq), freed)) return true;
  if (k.decide('current is dying already: let it', taskWillFreeMem(k, me))) {
    markOomVictim(k, me);
    queueOomReaper(k, me);
    return true;
  }
  if ((oc.memcg === null || era.memcg.nofsEndsIt) && k.decide('no __GFP_FS: do not kill, say that there was progress', oc.gfp !== 0 && !(oc.gfp & GFP.FS))) return true;
  const panicOnOom = sysctl.panic_on_oom ?? 0;
  if (k.decide('vm.panic_on_oom', !sysrq && panicOnOom !== 0 && (oc.memcg === null || panicOnOom === 2), panicOnOom)) {
    yield* dumpHeader(k, oc, null);
    panic(k, `Out of memory: ${panicOnOom === 2 ? 'compulsory' : 'system-wide'} panic_on_oom is enabled`);
    return false;
  }
  if (oc.memcg === null && k.decide('vm.oom_kill_allocating_task', (sysctl.oom_kill_allocating_task ?? 0) !== 0 && me.mmId >= 0 && !extra(k, me).mmGone && !oomUnkillable(me) && me.oomScoreAdj !== OOM_SCORE_ADJ_MIN)) {
    oc.chosen = me;
    yield* oomKillProcess(k, oc, 'Out of memory (oom_kill_allocating_task)');
    return true;
  }
  selectBadProcess(k, oc);
  if (k.decide('nobody can be killed', oc.chosen === null)) {
    yield* nobodyToKill(k, oc, sysrq);
  } else if (!k.decide('a victim is dying already: wait for it', oc.chosen === 'abort')) {
    yield* oomKillProcess(k, oc, oc.memcg === null ? 'Out of memory' : 'Memory cgroup out of memory');
    if (k.knob('oom.sleepAfterKill') === 'on') yield* scheduleTimeoutKillable(k, jiffies(1)); // for the victim to get away; oom_lock stays held
  }
  return oc.chosen !== null;
});

/** Every process is exempt or dead: a report, and the end of the machine unless a person had asked. */
function* nobodyToKill(k: Kernel, oc: OomControl, sysrq: boolean): Timed<void> {
  const { panic: why, sysrqReports } = k.mm.era.nobodyToKill, text = 'Out of memory and no killable processes...';
  const asked = sysrq || oc.memcg !== null; // not the end of the machine
  if (asked && !sysrqReports) return;
  yield* dumpHeader(k, oc, null);
  if (why !== text) k.printk(4, text);
  if (!asked) panic(k, why);
}

/** select_bad_process(): over processes, once each; who wins a tie is the era's. Sets oc.chosen. */
const selectBadProcess = leaf('select_bad_process', (k: Kernel, oc: OomControl): void => {
  for (const t of oc.memcg === null ? k.tasks : memcgTasks(k, oc.memcg)) {
    if (t.pid !== t.tgid && k.tasks.some((o) => o.tgid === t.tgid && o.pid === o.tgid)) continue; // a thread: its leader stands for it
    if (t.state === DEAD && !hasLiveThread(k, t)) continue;
    if (oomUnkillable(t) || t.mmId < 0) continue;
    syncRss(k, t.mmId);
    if (oc.order !== SYSRQ_ORDER && tskIsOomVictim(k, t)) {
      if (k.mm.mms[extra(k, t).oomMm].oomSkip) continue;
      oc.chosen = 'abort';
      return;
    }
    const points = oomBadness(k, t, oc.totalpages);
    if (points === INELIGIBLE || points < oc.chosenPoints || (points === oc.chosenPoints && !k.mm.era.laterWinsTie)) continue;
    k.decide('oom_badness(): the worst so far', true, points);
    k.operand('pid', t.pid);
    oc.chosen = t;
    oc.chosenPoints = points;
  }
});
const hasLiveThread = (k: Kernel, t: Task): boolean => k.tasks.some((o) => o.tgid === t.tgid && o.state !== DEAD);

/** oom_kill_process(): the report, if the rate allows one, and the kill. */
const oomKillProcess = kfn('oom_kill_process', function* (k: Kernel, oc: OomControl, message: string): Timed<void> {
  const victim = oc.chosen;
  if (victim === null || victim === 'abort') return;
  if (k.decide('the victim is exiting already', taskWillFreeMem(k, victim))) {
    markOomVictim(k, victim);
    queueOomReaper(k, victim);
    return;
  }
  if (k.decide('report: at most 10 in 5 s', reportAllowed(k))) yield* dumpHeader(k, oc, victim);
  const killed = k.mm.era.sacrificesChild ? sacrificeChild(k, oc, victim, message) : victim, group = memCgroupGetOomGroup(k, killed, oc.memcg);
  yield* oomKillProcessInner(k, oc, killed, message);
  if (group !== null) yield* killGroup(k, oc, group, message);
});
/** memory.oom.group: all of the group's processes, the first victim once more; each look at the next one lets others run, as the captures show. */
function* killGroup(k: Kernel, oc: OomControl, group: MemCgroup, message: string): Timed<void> {
  memcgMemoryEvent(group, 'oom_group_kill');
  k.printk(6, `Tasks in ${group.path} are going to be killed due to memory.oom.group set`);
  for (const t of memcgTasks(k, group)) {
    if (t.pid !== t.tgid || t.oomScoreAdj === OOM_SCORE_ADJ_MIN || t.tgid === 1) continue;
    yield* oomKillProcessInner(k, oc, t, message);
    yield* condResched(k);
  }
}
/** To 5.1: who was chosen is named with its points in thousandths of all memory, and the worst of its children with memory of their own dies instead. */
function sacrificeChild(k: Kernel, oc: OomControl, chosen: Task, message: string): Task {
  k.printk(3, `${message}: Kill process ${chosen.pid} (${chosen.comm}) score ${Math.trunc((Math.max(0, oc.chosenPoints) * 1000) / oc.totalpages)} or sacrifice child`);
  let victim = chosen, worst = 0;
  for (const t of k.tasks) {
    if (t.state === DEAD || extra(k, t).parent !== chosen.tgid || t.mmId === chosen.mmId) continue;
    const points = oomBadness(k, t, oc.totalpages);
    if (points <= worst || (oc.memcg !== null && memCgroupFromTask(k, t)?.isBelow(oc.memcg) !== true)) continue;
    victim = t;
    worst = points;
  }
  if (k.decide('a child dies for it', victim !== chosen, worst)) k.operand('pid', victim.pid);
  return victim;
}
/** DEFINE_RATELIMIT_STATE(oom_rs, 5 s, 10). */
function reportAllowed(k: Kernel): boolean {
  const r = k.mm.oomRate;
  if (r.begin < 0 || k.now - r.begin > 5e9) { r.begin = k.now; r.printed = 0; }
  return r.printed < 10 ? (r.printed++, true) : false;
}

const oomKillProcessInner = kfn('__oom_kill_process', function* (k: Kernel, oc: OomControl, found: Task, message: string): Timed<void> {
  const victim = findLockTaskMm(k, found);
  if (victim === undefined) {
    if (!k.mm.era.sacrificesChild) k.printk(6, `${message}: OOM victim ${found.pid} (${found.comm}) is already exiting. Skip killing the task`);
    return;
  }
  const m = k.mm.mms[victim.mmId];
  k.mm.count('oom_kill');
  const memcg = memCgroupFromTask(k, victim), again = tskIsOomVictim(k, victim);
  if (memcg !== null) memcgMemoryEvent(memcg, 'oom_kill');
  yield spend(ns(k.mm.costs.oom_kill));
  if (memcg === null || !again) k.mm.kills.push({ timeNs: k.now, row: k.recorder.rows, pid: victim.pid, comm: victim.comm, points: oc.chosenPoints, oomScoreAdj: victim.oomScoreAdj, constraint: oc.constraint, order: oc.order, gfp: oc.gfp });
  for (const t of k.tasks) if (t.tgid === victim.tgid && t.state !== DEAD) sendSignal(k, t, SIGKILL, true);
  markOomVictim(k, victim);
  k.printk(3, killedLine(k, victim, message));
  let canReap = true;
  for (const t of k.tasks) {
    if (t.mmId !== victim.mmId || t.tgid === victim.tgid || t.state === DEAD) continue;
    if (k.decide('the mm is shared with init: it cannot be reaped', t.tgid === 1)) {
      canReap = false;
      m.oomSkip = true;
      k.printk(6, `oom killer ${victim.pid} (${victim.comm}) has mm pinned by ${t.pid} (${t.comm})`);
    } else if (!t.kthread) sendSignal(k, t, SIGKILL, true);
  }
  if (canReap) queueOomReaper(k, victim);
});

/** pagefault_out_of_memory(), to 5.15: a fault that found no memory asks for a kill, with no request to go by. Busy: whoever holds oom_lock does it. */
export const pagefaultOutOfMemory = kfn('pagefault_out_of_memory', function* (k: Kernel): Timed<void> {
  const { oomLock } = k.mm.sync;
  if (k.mm.memcgs !== null && (yield* memCgroupOomSynchronize(k))) return;
  if (!k.decide('mutex_trylock(&oom_lock)', mutexTrylock(k, oomLock))) return;
  yield* outOfMemory(k, newOomControl(k, { gfp: 0, order: 0 }));
  mutexUnlock(k, oomLock);
});

/** panic(): the machine stops. */
function panic(k: Kernel, why: string): void {
  k.printk(0, `Kernel panic - not syncing: ${why}`);
  k.mm.panicked = why;
}
