/** The OOM reaper as the judge sees it, by its tracepoints and its line in the log: up to ten attempts at a victim, a tenth of a second apart (mm/oom_kill.c oom_reap_task()). */
import type { Findings } from './judge_findings.ts';

const MOST_ATTEMPTS = 10;
const GIVEN_UP = /^oom_reaper: unable to reap pid:(\d+) /;

interface Tries { count: number; lastNs: number; begun: boolean }

export class ReaperBook {
  readonly say: Findings;
  /** What lies between two attempts at least: HZ/10 jiffies, less the part of the first that was over. */
  readonly apartNs: number;
  readonly tries: Map<number, Tries>; // by pid of the victim
  constructor(hz: number, say: Findings) {
    this.say = say; this.apartNs = (Math.floor(hz / 10) - 1) * Math.floor(1e9 / hz); this.tries = new Map();
  }
  mark(name: string, pid: number): void {
    if (name === 'start_task_reaping' || name === 'skip_task_reaping') this.tried(name === 'start_task_reaping', pid);
    else if (name === 'finish_task_reaping') this.finished(pid);
  }
  line(text: string): void {
    const m = GIVEN_UP.exec(text), tries = this.tries.get(Number(m?.[1]));
    if (m !== null && tries !== undefined && tries.count !== MOST_ATTEMPTS) this.say.tell('reaper-tries', `pid ${m[1]} is given up after ${tries.count} attempts`);
  }
  private tried(begins: boolean, pid: number): void {
    const t = this.tries.get(pid) ?? { count: 0, lastNs: -Infinity, begun: false };
    this.tries.set(pid, t);
    if (t.begun) this.say.tell('reaper-tries', `pid ${pid} is tried again, and the attempt before has not ended`);
    if (++t.count > MOST_ATTEMPTS) this.say.tell('reaper-tries', `attempt ${t.count} at pid ${pid}`);
    if (this.say.timeNs - t.lastNs < this.apartNs) this.say.tell('reaper-tries', `two attempts at pid ${pid} within ${this.say.timeNs - t.lastNs} ns`);
    t.lastNs = this.say.timeNs;
    t.begun = begins;
  }
  private finished(pid: number): void {
    const t = this.tries.get(pid);
    if (t?.begun !== true) this.say.tell('reaper-tries', `an attempt at pid ${pid} ends that never began`);
    else t.begun = false;
  }
}
