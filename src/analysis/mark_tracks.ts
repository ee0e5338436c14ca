/** Tracepoints of the run, and what spans between pairs of them: kswapd awake, rounds of direct reclaim, a victim from mark to end. */
import { Points, Spans, StepSeries } from './series.ts';
import type { Tables } from './tables.ts';

/** What a tracepoint means to the lanes. Names as the kernel has them; reclaim's are also known without `mm_vmscan_`. Those of the OOM path say task and pid, those of kswapd node and order. */
export const ROLE = { other: 0, kswapdWake: 1, kswapdSleep: 2, directBegin: 3, directEnd: 4, victim: 5, reapStart: 6, reapEnd: 7, reapWake: 8, reapSkip: 9, retry: 10, completionBy: 11, awaitBegin: 12, awaitEnd: 13, waitContext: 14, atomicSleep: 15, atomicSwitch: 16, userKill: 17, shrink: 18 } as const;
const ROLE_OF: ReadonlyMap<string, number> = new Map([
  ['kswapd_wake', ROLE.kswapdWake], ['kswapd_sleep', ROLE.kswapdSleep], ['direct_reclaim_begin', ROLE.directBegin], ['direct_reclaim_end', ROLE.directEnd],
  ['mark_victim', ROLE.victim], ['start_task_reaping', ROLE.reapStart], ['finish_task_reaping', ROLE.reapEnd], ['wake_reaper', ROLE.reapWake], ['skip_task_reaping', ROLE.reapSkip],
  ['reclaim_retry_zone', ROLE.retry], ['lru_shrink_inactive', ROLE.shrink],
  // ours: what the rules about wait types have found (b = the lock asked for, c = the one that is held, or below 0 a context)
  ['invalid_wait_context', ROLE.waitContext], ['sleeping_in_atomic', ROLE.atomicSleep], ['scheduling_while_atomic', ROLE.atomicSwitch],
  // ours: a program kills (b = pid, c = resident pages)
  ['userspace_kill', ROLE.userKill],
  // ours: who will make a completion (b = its name, c = task), one a task; then a wait for it (b = its name, c = jiffies at most, 0 = for ever), and its end
  ['completion_by', ROLE.completionBy], ['wait_for_completion', ROLE.awaitBegin], ['wait_for_completion_end', ROLE.awaitEnd],
]);
export const shortMark = (name: string): string => name.replace(/^mm_vmscan_/, '');
export const roleOfMark = (name: string): number => ROLE_OF.get(shortMark(name)) ?? ROLE.other;

export class MarkTracks {
  /** All tracepoints: a = string of the name, b and c = its arguments. */
  readonly all: Points;
  /** Who came to it: parallel to `all`. */
  readonly by: number[];
  /** kswapd awake: who = node, detail = times it was waked in the spell. */
  readonly kswapd: Spans;
  /** Wakes of kswapd: a = node, b = order. */
  readonly wakes: Points;
  /** Rounds of direct reclaim: who = task, detail = pages reclaimed, once it has ended. */
  readonly rounds: Spans;
  /** Tasks in a round of direct reclaim. */
  readonly reclaimers: StepSeries;
  /** Rounds that have ended, and pages that all of them gave. */
  readonly roundsDone: StepSeries;
  readonly reclaimed: StepSeries;
  /** Kills of the OOM killer: a = victim's task, b = its pid, c = who killed. */
  readonly kills: Points;
  /** The same of programs, as lmkd. */
  readonly userKills: Points;
  /** Memory of a victim came back: a = task, b = 0 reaped, 1 exited. */
  readonly back: Points;
  private readonly tables: Tables;
  private readonly roles: number[];
  private readonly victims: Set<number>;
  private readonly killed: Set<number>; // by programs
  constructor(tables: Tables) {
    this.tables = tables;
    this.roles = [];
    this.all = new Points();
    this.by = [];
    this.kswapd = new Spans();
    this.wakes = new Points();
    this.rounds = new Spans();
    this.reclaimers = new StepSeries(0);
    this.roundsDone = new StepSeries(0);
    this.reclaimed = new StepSeries(0);
    this.kills = new Points();
    this.userKills = new Points();
    this.back = new Points();
    this.victims = new Set();
    this.killed = new Set();
  }
  /** Gives the role of the tracepoint. */
  collect(row: number, name: number, b: number, c: number, task: number): number {
    this.all.push(row, name, b, c);
    this.by.push(task);
    const role = (this.roles[name] ??= roleOfMark(this.tables.strings[name]));
    switch (role) {
      case ROLE.kswapdWake:
        this.wakes.push(row, b, c);
        if (!this.kswapd.isOpen(b)) this.kswapd.begin(row, b, 0);
        break;
      case ROLE.kswapdSleep: this.kswapd.end(row, b); break;
      case ROLE.directBegin:
        this.rounds.begin(row, task, 0);
        this.reclaimers.push(row, this.rounds.openCount());
        break;
      case ROLE.directEnd: {
        const i = this.rounds.end(row, task);
        if (i >= 0) this.rounds.detail.data[i] = b;
        this.reclaimers.push(row, this.rounds.openCount());
        this.roundsDone.push(row, this.roundsDone.last() + 1);
        this.reclaimed.push(row, this.reclaimed.last() + b);
        break;
      }
      case ROLE.victim: {
        this.kills.push(row, b, c, task);
        this.victims.add(b);
        break;
      }
      case ROLE.userKill: {
        const victim = this.tables.tasks.findLastIndex((t) => t?.pid === b);
        this.userKills.push(row, victim, b, task);
        this.killed.add(victim);
        break;
      }
      case ROLE.reapEnd: this.back.push(row, b, 0); break;
      default: break;
    }
    return role;
  }
  exited(row: number, task: number): void {
    if (this.victims.has(task) || this.killed.has(task)) this.back.push(row, task, 1);
  }
  isVictim(task: number): boolean {
    return this.victims.has(task);
  }
}
