/** Locks as the judge sees them: who holds, who waits. */
import { ROW } from '../format/rows.ts';
import type { LockInfo } from '../format/machine.ts';
import type { Findings } from './judge_findings.ts';

interface Held { readonly task: number; readonly shared: boolean }

export class LockBook {
  readonly say: Findings;
  readonly locks: readonly LockInfo[];
  readonly name: (task: number) => string;
  readonly holders: Held[][]; // by lock
  readonly waitsFor: number[]; // by task: a lock, -1
  constructor(locks: readonly LockInfo[], name: (task: number) => string, say: Findings) {
    this.locks = locks; this.name = name; this.say = say;
    this.holders = locks.map(() => []);
    this.waitsFor = [];
  }
  holds(task: number): LockInfo | undefined {
    return this.locks.find((l, i) => l.kind !== 'semaphore' && this.holders[i].some((h) => h.task === task));
  }
  row(kind: number, lock: number, task: number, shared: boolean): void {
    const l = this.locks[lock], waits = this.waitsFor[task] ?? -1, holders = this.holders[lock];
    switch (kind) {
      case ROW.lockWait:
        if (waits >= 0) this.say.tell('waits', `${this.name(task)} queues for ${l.name} and waits for ${this.locks[waits].name} already`);
        this.waitsFor[task] = lock;
        break;
      case ROW.lockGot:
        this.got(l, holders, task, shared);
        if (waits === lock) this.waitsFor[task] = -1;
        break;
      case ROW.lockDrop: this.drop(l, holders, task); break;
      case ROW.lockQuit:
        if (waits !== lock) this.say.tell('waits', `${this.name(task)} leaves the queue of ${l.name}, in which it does not stand`);
        this.waitsFor[task] = -1;
        break;
      default: break; // a trylock that failed: somebody must have been there, but a handoff keeps others out too
    }
  }
  private got(l: LockInfo, holders: Held[], task: number, shared: boolean): void {
    if (l.kind !== 'semaphore' && holders.length > 0 && !(l.kind === 'rwsem' && shared && holders.every((h) => h.shared))) {
      this.say.tell('one-holder', `${this.name(task)} gets ${l.name}${shared ? ' for reading' : ''}, which ${this.name(holders[0].task)} holds${holders[0].shared ? ' for reading' : ''}`);
    }
    holders.push({ task, shared });
  }
  private drop(l: LockInfo, holders: Held[], task: number): void {
    const i = holders.findIndex((h) => h.task === task);
    if (i >= 0) holders.splice(i, 1);
    else if (l.kind !== 'semaphore') this.say.tell('dropped-by-holder', `${this.name(task)} drops ${l.name}, which ${holders.length === 0 ? 'nobody' : this.name(holders[0].task)} holds`);
    else if (holders.length > 0) holders.shift(); // a semaphore has no owner: anybody may give a unit back
  }
}
