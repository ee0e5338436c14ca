/**
 * kernel/sched/psi.c, v6.1: triggers on /proc/pressure/memory. A program asks to be told when tasks were stalled for so long within a
 * window; the thread psimon looks ten times a window for as long as there are stalls, and a trigger fires once a window at most.
 * A threshold that is reached while the last event's window is not over is kept for later (5.17 on; before, it was forgotten, which is not modelled).
 * Left out: files of cgroups, I/O and CPU pressure, windows below 500 ms (6.4 on), averages.
 */
import { jiffies, ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel, spend } from '../kernel.ts';
import { spawn } from '../sched/core.ts';
import { INTERRUPTIBLE } from '../sched/task.ts';
import { modTimer, TimerList } from '../sched/timer.ts';
import { waitEvent, WaitQueue, wakeUpAll } from '../sched/wait.ts';
import { psiChange } from './psi.ts';
import { PsiWindow } from './psi_window.ts';

export type PsiKind = 'some' | 'full';
export const WINDOW_MIN_US = 500_000, WINDOW_MAX_US = 10_000_000;
const UPDATES_PER_WINDOW = 10;
/** sched_set_fifo_low() */
const RT_PRIO = 1;

export interface PsiTrigger {
  readonly kind: PsiKind;
  readonly thresholdNs: number;
  readonly win: PsiWindow;
  readonly wait: WaitQueue;
  /** An event that nobody has fetched yet. */
  event: boolean;
  lastEventNs: number;
  /** The threshold was reached before the last event's window was over. */
  pending: boolean;
}
type Totals = Record<PsiKind, number>;
/** What psimon keeps. */
export class PsiMonitor {
  readonly triggers: PsiTrigger[];
  readonly wait: WaitQueue;
  readonly timer: TimerList;
  minPeriodNs: number;
  scheduled: boolean;
  wakeup: boolean;
  untilNs: number; // it goes on looking until then
  nextUpdateNs: number;
  collected: Totals; // at the last look
  seen: Totals; // when the triggers were last asked and something had changed
  constructor(k: Kernel) {
    this.triggers = []; this.wait = new WaitQueue(k); this.timer = new TimerList(k, 'psi poll timer', (k) => pollTimerFn(k, this));
    this.minPeriodNs = Infinity; this.scheduled = false; this.wakeup = false; this.untilNs = 0; this.nextUpdateNs = Infinity; this.collected = totals(k); this.seen = totals(k);
  }
  watches(kind: PsiKind): boolean { return this.triggers.some((t) => t.kind === kind); }
  /** psi_group_change(): tasks may stall in a way that somebody watches. psimon looks a jiffy later, unless it is at it. */
  stalls(k: Kernel): void {
    const { stalled, full } = k.mm.psi;
    if ((stalled > 0 && this.watches('some')) || (full && this.watches('full'))) psiSchedulePollWork(k, this, 1, false);
  }
}
const totals = (k: Kernel): Totals => ({ some: k.mm.psi.someNs, full: k.mm.psi.fullNs });

/** psi_trigger_create(): what writing `some 70000 1000000` does. null: EINVAL, or there is no pressure information. @param thresholdUs, windowUs  us */
export function psiTriggerCreate(k: Kernel, kind: PsiKind, thresholdUs: number, windowUs: number): PsiTrigger | null {
  if (!k.mm.era.psi || windowUs < WINDOW_MIN_US || windowUs > WINDOW_MAX_US || thresholdUs <= 0 || thresholdUs > windowUs) return null;
  const win = new PsiWindow(windowUs * 1000), t: PsiTrigger = { kind, thresholdNs: thresholdUs * 1000, win, wait: new WaitQueue(k), event: false, lastEventNs: -win.size, pending: false };
  const m = k.mm.psi.monitor ??= startMonitor(k);
  psiChange(k, 0);
  win.reset(k.now, totals(k)[kind], 0);
  m.triggers.push(t);
  m.minPeriodNs = Math.min(m.minPeriodNs, Math.floor(win.size / UPDATES_PER_WINDOW));
  return t;
}
function startMonitor(k: Kernel): PsiMonitor {
  const m = new PsiMonitor(k);
  spawn(k, 'psimon', (k) => psiPollWorker(k, m), { daemon: true, policy: 'fifo', rtPrio: RT_PRIO });
  return m;
}
function psiSchedulePollWork(k: Kernel, m: PsiMonitor, delay: number, force: boolean): void {
  if (m.scheduled && !force) return;
  m.scheduled = true;
  modTimer(k, m.timer, jiffies(k.jiffies + delay));
}
const pollTimerFn = kfn('poll_timer_fn', function* (k: Kernel, m: PsiMonitor): Timed<void> {
  m.wakeup = true;
  wakeUpAll(k, m.wait);
});
const psiPollWorker = kfn('psi_poll_worker', function* (k: Kernel, m: PsiMonitor): Timed<void> {
  for (;;) {
    yield* waitEvent(k, m.wait, () => m.wakeup, INTERRUPTIBLE);
    m.wakeup = false;
    yield* psiPollWork(k, m);
  }
});
/** psi_poll_work(): one look. It goes on for a window after the last stall, then sleeps until there is one. */
const psiPollWork = kfn('psi_poll_work', function* (k: Kernel, m: PsiMonitor): Timed<void> {
  yield spend(ns(k.mm.costs.psi_poll));
  const { now } = k, polling = now <= m.untilNs;
  if (!polling) m.scheduled = false;
  psiChange(k, 0); // collect_percpu_times()
  const before = m.collected, after = m.collected = totals(k);
  if ((['some', 'full'] as const).some((kind) => m.watches(kind) && after[kind] !== before[kind])) {
    if (!polling) initTriggers(m, now);
    m.untilNs = now + m.minPeriodNs * UPDATES_PER_WINDOW;
  }
  if (now > m.untilNs) { m.nextUpdateNs = Infinity; return; }
  if (now >= m.nextUpdateNs) m.nextUpdateNs = updateTriggers(k, m, now);
  psiSchedulePollWork(k, m, Math.floor((m.nextUpdateNs - now) / k.tickNs) + 1, polling);
});
/** init_triggers(): polling begins. */
function initTriggers(m: PsiMonitor, now: number): void {
  for (const t of m.triggers) t.win.reset(now, m.collected[t.kind], 0);
  m.seen = m.collected;
  m.nextUpdateNs = now + m.minPeriodNs;
}
/** update_triggers(). @returns  when to ask next */
function updateTriggers(k: Kernel, m: PsiMonitor, now: number): number {
  const { collected, seen } = m;
  m.triggers.forEach((t, i) => {
    if (collected[t.kind] !== seen[t.kind]) reached(k, t, i, t.win.update(now, collected[t.kind]));
    if (!t.pending || k.decide('it has fired within its window: once is enough', now < t.lastEventNs + t.win.size)) return;
    t.event = true;
    t.lastEventNs = now;
    t.pending = false;
    k.mark('psi_event', i);
    wakeUpAll(k, t.wait);
  });
  m.seen = collected;
  return now + m.minPeriodNs;
}
function reached(k: Kernel, t: PsiTrigger, i: number, growth: number): void {
  k.mark('psi_growth', i, Math.floor(growth / 1000));
  if (k.decide('stalled for as long as the trigger asks, in us', growth >= t.thresholdNs, Math.floor(growth / 1000))) t.pending = true;
  k.operand('threshold', t.thresholdNs / 1000);
}

/** poll() on the file: sleeps until the trigger has fired, and fetches the event. false: a signal came first. */
export const psiTriggerPoll = kfn('psi_trigger_poll', function* (k: Kernel, t: PsiTrigger): Timed<boolean> {
  if ((yield* waitEvent(k, t.wait, () => t.event, INTERRUPTIBLE)) !== 'event') return false;
  t.event = false;
  return true;
});
