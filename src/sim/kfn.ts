/**
 * Kernel functions: generators behind calls, so that each context's stack is kept by us and is exact.
 * The trampoline carries values of all types between frames. Their types are checked where a call is written
 * (`yield*` of a Call<T> gives a T); in here they are `unknown`, and the casts of this file are the only ones.
 */
import { assert, type Ns } from '../base/units.ts';

/** What a kernel function may yield, apart from calls: time on the CPU (>= 0 ns), leave the CPU, spin until granted. */
export const SCHEDULE = -1, SPIN = -2, RETURNED = -3;
export type Effect = Ns | typeof SCHEDULE | typeof SPIN;
/** The body of a function that takes simulated time. What takes none is an ordinary function. */
export type Timed<T> = Generator<Effect | Call<unknown>, T, void>;
/** What can stand after `yield*`: a call under way, or an answer that took no time. */
export interface Call<T> { [Symbol.iterator](): Iterator<Call<unknown>, T, unknown> }

let unstarted = -1; // the call that was made and not yet handed over; -1 between any two yields

class Pending<T> implements Call<T> {
  done: boolean | undefined; // undefined = not yet handed to the trampoline
  value: unknown;
  readonly fn: number;
  readonly body: Timed<T>;
  constructor(fn: number, body: Timed<T>) { this.done = undefined; this.value = undefined; this.fn = fn; this.body = body; }
  [Symbol.iterator](): Iterator<Call<unknown>, T, unknown> { return this as unknown as Iterator<Call<unknown>, T, unknown>; }
  /** The first time it hands itself to the trampoline; the second time the trampoline brings the result. */
  next(result: T): this {
    unstarted = -1;
    if (this.done === undefined) { this.done = false; this.value = this; } else { this.done = true; this.value = result; }
    return this;
  }
}
/** One object for ever: the fast path of a lock costs no frame, as in C. */
class Answer<T> implements Call<T> {
  readonly done: boolean;
  readonly value: T;
  constructor(value: T) { this.done = true; this.value = value; }
  [Symbol.iterator](): Iterator<Call<unknown>, T, unknown> { return this as unknown as Iterator<Call<unknown>, T, unknown>; }
  next(): this { return this; }
}
export const DONE: Call<void> = new Answer<void>(undefined);
export const YES: Call<boolean> = new Answer(true);

/** By fn; complete when the modules are loaded, and constant from then on. */
export const kernelNames: string[] = [];
type Body<K, A extends unknown[], T> = (k: K, ...args: A) => Timed<T>;
type AnyBody = (k: unknown, ...args: unknown[]) => Timed<unknown>;
export interface Kfn<K, A extends unknown[], T> { (k: K, ...args: A): Call<T>; readonly fn: number; readonly kernelName: string }
/** One kernel function's other body. */
export interface Patch { readonly fn: number; readonly body: AnyBody }
/** A livepatch: replaces whole kernel functions. `base` ones are the bodies of an era: they come below the others, and stacks do not name them. */
export interface Variant { readonly id: string; readonly base?: boolean; readonly patches: readonly Patch[] }
export interface Patched extends Patch { readonly label: string }

/** Binds kfn() to the type of `k`: sim knows no kernel. */
export const kfnFor = <K extends { readonly patched: readonly (Patched | undefined)[] }>() =>
  <A extends unknown[], T>(kernelName: string, original: Body<K, A, T>): Kfn<K, A, T> => {
    const fn = kernelNames.push(kernelName) - 1;
    const call = (k: K, ...args: A): Call<T> => {
      if (unstarted !== -1) forgotten();
      unstarted = fn;
      const patch = k.patched[fn];
      return new Pending<T>(fn, patch === undefined ? original(k, ...args) : (patch.body as Body<K, A, T>)(k, ...args));
    };
    return Object.assign(call, { fn, kernelName });
  };
/** Replaces `original` by `body`, which must take and return the same. */
export const livepatch = <K, A extends unknown[], T>(original: Kfn<K, A, T>, body: Body<K, A, T>): Patch => ({ fn: original.fn, body: body as unknown as AnyBody });
function forgotten(): never {
  const fn = unstarted;
  unstarted = -1;
  throw new Error(`${kernelNames[fn]}() was called without yield*`);
}

const slotHash = (stack: number, fn: number): number => (Math.imul(stack, 0x9e3779b1) ^ Math.imul(fn, 0x85ebca6b)) >>> 8;

/** Call stacks as one prefix tree a machine: a stack is an integer, a push one look-up in an open-addressed table. */
export class StackTable {
  readonly parent: number[];
  readonly fn: number[];
  calls: number; // pushes so far
  /** Asked before a frame goes on, with its function (-1 = a user program): explorations learn from it what code a step has run. */
  onRun: ((fn: number) => void) | null;
  onNew: (fn: number) => void; // names are numbered when a stack first has them: the order of modules, which differs between bundles, has no say
  #slots: Int32Array; // index of a stack, 0 = free
  constructor() { this.calls = 0; this.onRun = null; this.onNew = () => {}; this.parent = [0]; this.fn = [-1]; this.#slots = new Int32Array(256); }
  push(stack: number, fn: number): number {
    this.calls++;
    const slots = this.#slots, mask = slots.length - 1;
    for (let h = slotHash(stack, fn); ; h++) {
      const s = slots[h & mask];
      if (s === 0) return this.#add(stack, fn, h & mask);
      if (this.parent[s] === stack && this.fn[s] === fn) return s;
    }
  }
  #add(stack: number, fn: number, slot: number): number {
    const s = this.parent.push(stack) - 1;
    this.fn.push(fn);
    this.onNew(fn);
    this.#slots[slot] = s;
    if (s * 2 > this.#slots.length) this.#grow(s);
    return s;
  }
  #grow(last: number): void {
    const slots = this.#slots = new Int32Array(this.#slots.length * 4), mask = slots.length - 1;
    for (let s = 1; s <= last; s++) {
      let h = slotHash(this.parent[s], this.fn[s]);
      while (slots[h & mask] !== 0) h++;
      slots[h & mask] = s;
    }
  }
  /** Innermost first, as the kernel prints it. */
  fns(stack: number): number[] {
    const out = [];
    for (let s = stack; s !== 0; s = this.parent[s]) out.push(this.fn[s]);
    return out;
  }
}

/** Kinds of contexts. */
export const TASK = 0, SOFTIRQ = 1, HARDIRQ = 2, IDLE = 3;

/** Something that runs on a CPU: a task, or a handler on top of one. Its frames, and their name as one integer. */
export class Context {
  kind: number;
  readonly frames: Timed<unknown>[];
  stack: number;
  left: number; // ns of the current spend not yet consumed; Infinity = spins, or is idle
  used: number; // ns of CPU consumed so far
  leaving: boolean; // has said that it gives up the CPU, and pays first for what is owed there
  spinning: boolean; // queued for a lock, and nobody has granted it yet
  shown: boolean; // a handler whose `enter` row is written; tasks always are
  below: Context | null; // what it interrupted
  divert: (() => Timed<unknown>) | null; // runs instead of going back to user mode: do_exit of a killed task
  constructor(kind: number) {
    this.kind = kind; this.frames = []; this.stack = 0; this.left = 0; this.used = 0; this.leaving = false; this.spinning = false; this.shown = true; this.below = null; this.divert = null;
  }
}

/** Every generator function has a prototype of its own, so `frame.next` would be looked up anew at each resumption; this is where they all find it. */
const resumeFrame = (Object.getPrototypeOf(Object.getPrototypeOf((function* () {})())) as { next: (this: Timed<unknown>, value: void) => IteratorResult<Effect | Call<unknown>, unknown> }).next;

/** Resumes `ctx` until it yields an effect, or its last frame returns. Entered from Cpu.go() alone, never from a kfn. */
export function resume(stacks: StackTable, ctx: Context): Effect | typeof RETURNED {
  const frames = ctx.frames, onRun = stacks.onRun;
  unstarted = -1; // another machine may have stopped on a forgotten yield*
  let frame = frames.length === 1 && ctx.divert !== null ? divert(ctx, ctx.divert) : frames[frames.length - 1];
  if (onRun !== null) onRun(stacks.fn[ctx.stack]);
  let step = resumeFrame.call(frame);
  for (;;) {
    const value = step.value;
    if (step.done === true) {
      frames.pop();
      if (frames.length === 0) return RETURNED;
      ctx.stack = stacks.parent[ctx.stack];
      if (onRun !== null) onRun(stacks.fn[ctx.stack]);
      if (frames.length === 1 && ctx.divert !== null) { frame = divert(ctx, ctx.divert); step = resumeFrame.call(frame); continue; }
      frame = frames[frames.length - 1];
      step = resumeFrame.call(frame, value as void);
    } else if (typeof value === 'number') {
      if (unstarted !== -1) forgotten();
      return value as Effect;
    } else {
      assert(value instanceof Pending, 'a kfn yielded something that is neither time, SCHEDULE, SPIN nor a call');
      frame = value.body;
      frames.push(frame);
      ctx.stack = stacks.push(ctx.stack, value.fn);
      if (onRun !== null) onRun(value.fn);
      step = resumeFrame.call(frame);
    }
  }
}
/** Frame 0 is the user program: the only frame that is ever dropped from outside. */
function divert(ctx: Context, to: () => Timed<unknown>): Timed<unknown> {
  ctx.frames[0].return(undefined);
  ctx.frames[0] = to();
  ctx.divert = null;
  return ctx.frames[0];
}
/** A call under way, not a generator: the body of a kernel thread. */
export const isCall = (body: object): boolean => body instanceof Pending;
/** Starts `ctx` in a call: a kernel thread, a handler. It has no user frame. */
export function begin(stacks: StackTable, ctx: Context, call: Call<unknown>): void {
  assert(call instanceof Pending, 'a context begins with a kfn');
  unstarted = -1;
  ctx.frames.push(call.body as Timed<unknown>);
  ctx.stack = stacks.push(ctx.stack, call.fn);
}
