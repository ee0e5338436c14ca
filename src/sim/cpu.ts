// A CPU: one context runs, interrupts stand on top of it, and time is charged to whoever stood on top.
import type { Timer } from '../base/agenda.ts';
import { assert, must, ns, type Ns } from '../base/units.ts';
import { begin, type Call, Context, HARDIRQ, IDLE, resume, SCHEDULE, SOFTIRQ, SPIN } from './kfn.ts';
import type { Machine } from './machine.ts';

/** What the CPU asks of the kernel above it. */
export interface CpuHost<T extends Context> {
  entered(cpu: Cpu<T>): void; //                 the top is about to run: set `current`
  schedule(cpu: Cpu<T>): void; //                the task gave up the CPU: put another on top
  preemptible(cpu: Cpu<T>): boolean; //          may the task on top be replaced here?
  preempt(cpu: Cpu<T>): void;
  exited(cpu: Cpu<T>): void; //                  the task's last frame returned
  softirq(cpu: Cpu<T>): Call<unknown>;
  began(cpu: Cpu<T>, ctx: Context): void; //     a handler stands on top, worth a row
  ended(cpu: Cpu<T>, ctx: Context): void; //     such a handler has left
  idles(cpu: Cpu<T>): void; //                   nothing is left to do: the CPU stops in its idle task
  stirs(cpu: Cpu<T>): void; //                   an interrupt reaches an idle CPU
}
/** What an interrupt runs. A quiet one (the tick) leaves no row unless it shows itself: Kernel.show(). */
export interface Handler { readonly call: () => Call<unknown>; readonly quiet: boolean }
/** Reasons to look up before going on; bits of `attention`. */
export const WANT_IRQ = 1, WANT_SOFTIRQ = 2, WANT_RESCHED = 4;
const STUCK = 1_000_000; // resumptions without any time passing

export class Cpu<T extends Context> {
  readonly machine: Machine;
  readonly host: CpuHost<T>;
  readonly index: number;
  readonly idleExit: number; // ns from an interrupt that finds it idle until it runs again: the mean of half as much to half as much again
  readonly idle: T;
  readonly object: number;
  current: T; // the task at the bottom
  top: Context; // it, or the innermost handler above it
  since: Ns; // the top is charged up to here
  attention: number;
  irqsOff: number;
  owed: number; // ns that ordinary functions have taken and nobody has spent yet: who spends next here pays, or who goes to sleep
  readonly inbox: Handler[]; // interrupts that have come and not been taken
  readonly usage: [number, number, number, number]; // ns by kind of context
  readonly end: Timer; // the top's spend is over
  readonly pool: Context[]; // handler contexts to be used again
  readonly softirq: Handler;
  constructor(machine: Machine, host: CpuHost<T>, index: number, idle: T, idleExit = 0) {
    this.machine = machine; this.host = host; this.index = index; this.idle = idle; this.idleExit = idleExit; this.object = machine.newObject(); this.current = idle; this.top = idle; this.since = machine.now;
    this.attention = 0; this.irqsOff = 0; this.owed = 0; this.inbox = []; this.usage = [0, 0, 0, 0]; this.pool = [];
    this.softirq = { call: () => this.host.softirq(this), quiet: false };
    this.end = machine.timer(`cpu${index}`, () => { this.settle(); this.top.left = 0; this.go(); });
    idle.kind = IDLE; idle.left = Infinity;
  }

  /** Charges the top up to now. May be called at any time, by anyone: it changes no outcome. */
  settle(): void {
    const d = this.machine.now - this.since, top = this.top;
    if (d === 0) return;
    this.since = this.machine.now;
    this.usage[top.kind] += d;
    top.used += d;
    top.left = top.left > d ? top.left - d : 0; // less than 0 only in an exploration, where a CPU may be late
  }

  /** An interrupt arrives. Called from the agenda only, so never while a frame is running. */
  interrupt(handler: Handler): void {
    this.machine.touch(this.object);
    this.inbox.push(handler);
    this.attention |= WANT_IRQ;
    if (this.irqsOff > 0 || this.top.kind === HARDIRQ) return;
    this.settle();
    if (this.top.kind === IDLE && this.idleExit > 0) this.#wakes(); else this.go();
  }

  /** A CPU that sleeps takes a while to answer; what comes meanwhile finds it on its way. */
  #wakes(): void {
    if (this.top.left !== Infinity) return;
    this.top.left = Math.ceil(this.idleExit / 2) + this.machine.chance.below(this.idleExit);
    this.machine.agenda.arm(this.end, ns(this.machine.now + this.top.left));
  }
  /** A context is to go on `handoff` ns from now: it was given what it spins for, or it is user code and was killed. */
  grant(ctx: Context, handoff: Ns): void {
    this.machine.touch(this.object);
    this.settle();
    ctx.spinning = false;
    ctx.left = handoff;
    if (this.top === ctx) this.machine.agenda.arm(this.end, ns(this.machine.now + handoff));
  }

  /** Runs what stands on top until time must pass. */
  go(): void {
    const { host, machine } = this;
    machine.touch(this.object);
    for (let n = 0; ; n++) {
      if (this.attention !== 0 && this.#attend()) continue;
      const ctx = this.top;
      if (ctx.kind === IDLE && ctx.left === 0) ctx.left = Infinity; // it has answered, and goes back to sleep
      const { left } = ctx;
      if (left > 0) {
        if (ctx.kind === IDLE) host.idles(this);
        if (left === Infinity) machine.agenda.cancel(this.end); else machine.agenda.arm(this.end, ns(machine.now + left));
        return;
      }
      assert(n < STUCK, 'a million resumptions and no time has passed');
      host.entered(this);
      const effect = ctx.leaving ? SCHEDULE : this.#resume(ctx);
      if (effect >= 0) { ctx.left = effect + this.owed; this.owed = 0; }
      else if (effect === SCHEDULE && this.owed > 0) { ctx.left = this.owed; ctx.leaving = true; this.owed = 0; }
      else if (effect === SCHEDULE) {
        ctx.leaving = false;
        assert(ctx === this.current && this.irqsOff === 0, 'scheduling while atomic: in a handler, or with irqs off');
        host.schedule(this);
      }
      else if (effect === SPIN) { assert(ctx.spinning, 'SPIN without a queue'); ctx.left = Infinity; }
      else if (ctx === this.current) host.exited(this);
      else this.#leave(ctx);
    }
  }

  #resume(ctx: Context): number {
    this.machine.events++;
    return resume(this.machine.stacks, ctx);
  }
  /** Something wants in. True: the top may have changed. */
  #attend(): boolean {
    const kind = this.top.kind;
    if (kind === HARDIRQ || this.irqsOff > 0) return false;
    const handler = this.inbox.shift();
    if (handler !== undefined) { this.#enter(HARDIRQ, handler); return true; }
    this.attention &= ~WANT_IRQ;
    if (kind === SOFTIRQ) return false;
    if (this.attention & WANT_SOFTIRQ) { this.attention &= ~WANT_SOFTIRQ; this.#enter(SOFTIRQ, this.softirq); return true; }
    if (this.attention & WANT_RESCHED && this.host.preemptible(this)) { this.host.preempt(this); return true; }
    return false;
  }
  #enter(kind: number, handler: Handler): void {
    if (this.top.kind === IDLE && kind === HARDIRQ) this.host.stirs(this);
    const ctx = this.pool.pop() ?? new Context(kind);
    ctx.kind = kind; ctx.below = this.top; ctx.stack = this.top.stack; ctx.left = 0; ctx.shown = !handler.quiet;
    this.top = ctx;
    this.host.entered(this);
    begin(this.machine.stacks, ctx, handler.call());
    if (ctx.shown) this.host.began(this, ctx);
  }
  #leave(ctx: Context): void {
    this.top = must(ctx.below, 'a handler that interrupted nothing');
    ctx.below = null;
    this.pool.push(ctx);
    if (ctx.shown) this.host.ended(this, ctx);
  }
}
export const isIdle = (c: Context): boolean => c.kind === IDLE;
