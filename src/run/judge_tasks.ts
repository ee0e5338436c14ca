/** Tasks and CPUs as the judge sees them: who runs where, who sleeps, who was killed. */
import type { MachineShape, TableGrowth } from '../format/machine.ts';
import { ROW, TASK_STATE } from '../format/rows.ts';
import type { Findings } from './judge_findings.ts';

const UNBORN = -1;
const SIGKILL = 9;
/** Sleeps that a fatal signal ends. */
const hears = (state: number): boolean => state === TASK_STATE.interruptible || state === TASK_STATE.killable;

export class TaskBook {
  readonly shape: MachineShape;
  readonly tables: TableGrowth;
  readonly say: Findings;
  readonly state: number[]; // by task
  readonly current: Int32Array; // by CPU
  readonly cpuOf: number[]; // by task: where it runs, -1
  readonly context: number[][]; // by CPU: kinds of handlers, the innermost last
  readonly leaving: Int32Array; // by CPU: task that has blocked or died and must be switched away, -1
  readonly killedAt: Map<number, number>; // task -> time of its SIGKILL
  readonly deaf: Set<number>; // tasks with a fatal signal in a sleep that it ends, not yet woken
  constructor(shape: MachineShape, tables: TableGrowth, say: Findings) {
    this.shape = shape; this.tables = tables; this.say = say;
    this.state = []; this.cpuOf = [];
    this.current = new Int32Array(shape.cpus); this.context = Array.from({ length: shape.cpus }, () => []);
    this.leaving = new Int32Array(shape.cpus).fill(-1);
    this.killedAt = new Map(); this.deaf = new Set();
    for (let cpu = 0; cpu < shape.cpus; cpu++) { this.current[cpu] = cpu; this.cpuOf[cpu] = cpu; } // tasks 0 .. n - 1 are the idle ones
  }
  readonly name = (task: number): string => {
    const t = this.tables.tasks[task];
    return t === undefined ? `task ${task}` : `${t.comm} (pid ${t.pid})`;
  };
  private stateOf(task: number): number { return this.state[task] ?? UNBORN; }

  isDead(task: number): boolean { return this.stateOf(task) === TASK_STATE.dead; }

  /** What every row must obey, before its own meaning. */
  anyRow(kind: number, cpu: number, task: number): void {
    const leaving = this.leaving[cpu];
    if (leaving >= 0 && kind !== ROW.switch_) {
      this.say.tell('asleep', `${this.name(leaving)} has ${this.stateOf(leaving) === TASK_STATE.dead ? 'exited' : 'blocked'} and is still on cpu${cpu}`);
      this.leaving[cpu] = -1;
    }
    if (this.deaf.size > 0) this.checkDeaf();
    if (kind !== ROW.switch_ && this.current[cpu] !== task) this.say.tell('one-cpu', `a row of ${this.name(task)} on cpu${cpu}, where ${this.name(this.current[cpu])} runs`);
  }
  private checkDeaf(): void {
    for (const task of this.deaf) {
      const at = this.killedAt.get(task) ?? 0;
      if (this.say.timeNs <= at) continue;
      this.deaf.delete(task);
      this.say.tell('killed-exits', `${this.name(task)} was killed at ${at} ns and sleeps on, though a signal ends such a sleep`);
    }
  }
  row(kind: number, cpu: number, a: number, b: number): void {
    switch (kind) {
      case ROW.spawn:
        if (this.stateOf(a) !== UNBORN) this.say.tell('asleep', `${this.name(a)} is born twice`);
        this.state[a] = TASK_STATE.running;
        this.cpuOf[a] ??= -1;
        break;
      case ROW.switch_: this.switched(cpu, a, b); break;
      case ROW.block: this.blocked(cpu, a, b); break;
      case ROW.wake:
        if (this.stateOf(a) === TASK_STATE.dead || this.stateOf(a) === UNBORN) this.say.tell('asleep', `${this.name(a)} is woken and ${this.stateOf(a) === UNBORN ? 'not yet born' : 'dead'}`);
        else this.state[a] = TASK_STATE.running;
        this.deaf.delete(a);
        break;
      case ROW.exit:
        if (this.current[cpu] !== a) this.say.tell('asleep', `${this.name(a)} exits on cpu${cpu}, where ${this.name(this.current[cpu])} runs`);
        this.state[a] = TASK_STATE.dead;
        this.leaving[cpu] = a;
        this.deaf.delete(a);
        break;
      case ROW.signal:
        if (b !== SIGKILL) break;
        if (!this.killedAt.has(a)) this.killedAt.set(a, this.say.timeNs);
        if (hears(this.stateOf(a))) this.deaf.add(a);
        break;
      case ROW.enter: this.context[cpu].push(a); break;
      default: this.left(cpu, a);
    }
  }
  private left(cpu: number, kind: number): void {
    const top = this.context[cpu].pop();
    if (top !== kind) this.say.tell('handlers-nest', `a handler of kind ${kind} leaves cpu${cpu}, where ${top === undefined ? 'none' : `one of kind ${top}`} stands on top`);
  }
  private switched(cpu: number, a: number, b: number): void {
    const { current } = this;
    if (current[cpu] !== a) this.say.tell('switch-chain', `cpu${cpu} switches from ${this.name(a)}, and ${this.name(current[cpu])} ran there`);
    if (this.context[cpu].length > 0) this.say.tell('handlers-nest', `cpu${cpu} switches to ${this.name(b)} under a handler`);
    const elsewhere = this.cpuOf[b] ?? -1;
    if (elsewhere >= 0 && elsewhere !== cpu) this.say.tell('one-cpu', `${this.name(b)} runs on cpu${elsewhere} and is put on cpu${cpu}`);
    const s = this.stateOf(b);
    if (s !== TASK_STATE.running && b !== a) this.say.tell('asleep', `${this.name(b)} is put on cpu${cpu} and ${s === UNBORN ? 'not yet born' : s === TASK_STATE.dead ? 'dead' : `sleeps in state ${s}`}`);
    const gone = this.leaving[cpu];
    if (gone >= 0 && gone === b) this.say.tell('asleep', `${this.name(b)} has blocked or died and is put back on cpu${cpu}`);
    this.leaving[cpu] = -1;
    if (this.cpuOf[current[cpu]] === cpu) this.cpuOf[current[cpu]] = -1;
    current[cpu] = b;
    this.cpuOf[b] = cpu;
  }
  private blocked(cpu: number, task: number, state: number): void {
    if (this.current[cpu] !== task) this.say.tell('asleep', `${this.name(task)} blocks on cpu${cpu}, where ${this.name(this.current[cpu])} runs`);
    if (this.killedAt.has(task) && hears(state)) this.say.tell('killed-exits', `${this.name(task)} has a fatal signal and goes to sleep in state ${state}, which one ends`);
    this.state[task] = state;
    this.leaving[cpu] = task;
  }
  /** The run is over. Who was killed may hang in a sleep that hears no signal; it may not stand runnable while all CPUs idle. */
  end(): void {
    this.checkDeaf();
    const allIdle = this.current.every((t) => t < this.shape.cpus);
    for (const task of this.killedAt.keys()) {
      if (allIdle && this.stateOf(task) === TASK_STATE.running) this.say.tell('killed-exits', `${this.name(task)} was killed, has not exited, is runnable, and every CPU idles`);
    }
  }
}
