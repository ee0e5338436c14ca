/**
 * A userspace killer, as lmkd and oomd are: it has set a trigger on /proc/pressure/memory and sleeps in poll(). When tasks were stalled for too
 * long it looks through /proc, chooses a process and sends SIGKILL. Its own memory is locked, so that it needs no page to do so.
 */
import { jiffies, ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { kfn, type Kernel, spend } from '../kernel/kernel.ts';
import { WMARK } from '../kernel/mm/mmzone.ts';
import { OOM_SCORE_ADJ_MIN } from '../kernel/mm/oom_kill.ts';
import { type PsiKind, psiTriggerCreate, psiTriggerPoll } from '../kernel/mm/psi_trigger.ts';
import { RSS } from '../kernel/mm/rss.ts';
import { syncRss } from '../kernel/mm/rss_sync.ts';
import { sendSignal, SIGKILL } from '../kernel/sched/core.ts';
import { DEAD, type Task } from '../kernel/sched/task.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { scheduleTimeoutInterruptible } from '../kernel/sched/wait.ts';
import { startProcess } from './process.ts';
import { num, type Parameters, text, type Workload } from './workload.ts';

const KINDS: readonly string[] = ['some', 'full'], POLICIES: readonly string[] = ['adj', 'rss'];
/** Free memory below what all zones want to have at HIGH, with their reserves: what lmkd asks before it kills, as an event may come late. */
function memoryIsLow(k: Kernel): boolean {
  const free = k.mm.zones.reduce((n, z) => n + z.nrFree, 0), wanted = k.mm.zones.reduce((n, z) => n + z.mark(WMARK.HIGH) + Math.max(0, ...z.reserve), 0);
  return k.decide('free memory is below the high marks', free < wanted, free);
}
interface Rule { readonly byAdj: boolean; readonly minAdj: number }

/** Resident pages, as /proc/PID/statm has them. */
function rssOf(k: Kernel, t: Task): number {
  syncRss(k, t.mmId);
  const { rss } = k.mm.mms[t.mmId];
  return rss[RSS.anon] + rss[RSS.file] + rss[RSS.shmem];
}
/** Whom it may kill: processes by their leaders, none that is exempt or dying. */
const candidates = (k: Kernel, minAdj: number): Task[] =>
  k.tasks.filter((t) => !t.kthread && t.mmId >= 0 && t.pid === t.tgid && t.pid !== 1 && t !== k.current && t.state !== DEAD && !t.exiting && !t.sigkillPending && t.oomScoreAdj !== OOM_SCORE_ADJ_MIN && t.oomScoreAdj >= minAdj);
/** The worst: by oom_score_adj first and then by size, as lmkd goes down its levels, or by size alone; of two alike the older. */
export function worstOf(k: Kernel, { byAdj, minAdj }: Rule): Task | null {
  return candidates(k, minAdj).reduce<Task | null>((worst, t) => {
    if (worst === null) return t;
    const adj = byAdj ? t.oomScoreAdj - worst.oomScoreAdj : 0;
    return adj > 0 || (adj === 0 && rssOf(k, t) > rssOf(k, worst)) ? t : worst;
  }, null);
}
/** kill(): to each thread of the process, as it is fatal. */
const killPidInfo = kfn('kill_pid_info', function* (k: Kernel, victim: Task): Timed<void> {
  k.mark('userspace_kill', victim.pid, rssOf(k, victim));
  k.mm.userKills.push({ timeNs: k.now, by: k.current.comm, pid: victim.pid, comm: victim.comm });
  for (const t of k.tasks) if (t.tgid === victim.tgid) sendSignal(k, t, SIGKILL, true);
  yield spend(k.cost.atomic);
});
const doNanosleep = kfn('do_nanosleep', function* (k: Kernel, ms: number): Timed<void> { yield* scheduleTimeoutInterruptible(k, jiffies(Math.ceil((ms * k.hz) / 1000))); });

const AGAIN_NS = 10e6;
/** After an event it is not told again within the window: so where memory is not low it looks by itself, every 10 ms as lmkd does while swap is short (from memory), until `untilNs`. */
function* shallKill(k: Kernel, minAdj: number, onlyLow: boolean, untilNs: number): Timed<boolean> {
  for (;;) {
    yield spend(ns(k.mm.costs.user_pick * candidates(k, minAdj).length));
    if (!onlyLow || memoryIsLow(k)) return true;
    if (k.now + AGAIN_NS > untilNs || !(yield* clockNanosleep(k, ns(k.now + AGAIN_NS)))) return false;
  }
}

export const killer: Workload = {
  id: 'killer',
  doc: 'a daemon that kills by memory pressure, as lmkd and oomd do: a PSI trigger, and SIGKILL to the process it chooses',
  parameters: [
    { name: 'name', unit: '', default: 'lmkd', doc: 'name of the process' },
    { name: 'kind', unit: '', default: 'some', doc: 'some: time in which any task was stalled; full: in which all were', values: KINDS },
    { name: 'threshold', unit: 'ms', default: 70, doc: 'stalled for so long within the window: kill' },
    { name: 'window', unit: 'ms', default: 1000, doc: 'the window, 500 to 10,000' },
    { name: 'policy', unit: '', default: 'adj', doc: 'whom: adj: the highest oom_score_adj, of those the largest; rss: the largest', values: POLICIES },
    { name: 'min_adj', unit: '', default: 0, min: -1000, max: 1000, doc: 'no process with less oom_score_adj' },
    { name: 'only_low', unit: '', default: 1, max: 1, doc: '1: it kills only while free memory is below the high watermarks, as lmkd, and looks again within the window; 0: at each event, as oomd' },
    { name: 'settle', unit: 'ms', default: 100, doc: 'after a kill it looks away for so long' },
    { name: 'start', unit: 'ms', default: 0, doc: 'when it sets its trigger' },
    { name: 'fifo', unit: '', default: 0, max: 99, doc: 'real-time priority; 0 = none' },
  ],
  start(k: Kernel, p: Parameters): void {
    const kind: PsiKind = text(p, 'kind', 'some') === 'full' ? 'full' : 'some', thresholdUs = num(this, p, 'threshold') * 1000, windowUs = num(this, p, 'window') * 1000;
    const rule: Rule = { byAdj: text(p, 'policy', 'adj') === 'adj', minAdj: num(this, p, 'min_adj') }, settle = num(this, p, 'settle'), onlyLow = num(this, p, 'only_low') > 0;
    startProcess(k, { name: p.name ?? 'lmkd', start: p.start ?? 0, fifo: p.fifo ?? 0, adj: OOM_SCORE_ADJ_MIN, locked: true }, function* main(k): Timed<void> {
      const trigger = psiTriggerCreate(k, kind, thresholdUs, windowUs);
      if (trigger === null) return; // EINVAL, or a kernel without PSI
      while (yield* psiTriggerPoll(k, trigger)) {
        const victim = (yield* shallKill(k, rule.minAdj, onlyLow, k.now + windowUs * 1000)) ? worstOf(k, rule) : null;
        if (victim === null) continue;
        yield* killPidInfo(k, victim);
        yield* doNanosleep(k, settle);
      }
    });
  },
};
