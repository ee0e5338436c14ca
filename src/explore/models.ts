/**
 * Small worlds without memory: each a mistake that the timed order does not show, and the same mended. Tasks have a CPU each and no tick;
 * what they share beside locks is in cells that tell what is touched. The searches are held against each other on these.
 */
import { ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { bootBare } from '../kernel/bare.ts';
import { checkInvariants } from '../kernel/check.ts';
import { type Call, kfn, type Kernel, spend } from '../kernel/kernel.ts';
import { Mutex, mutexLock, mutexTrylock, mutexUnlock } from '../kernel/locking/mutex.ts';
import { downRead, downWrite, RwSem, upRead, upWrite } from '../kernel/locking/rwsem.ts';
import { down, Semaphore, up } from '../kernel/locking/semaphore.ts';
import { SpinLock, spinLock, spinUnlock } from '../kernel/locking/spinlock.ts';
import { complete, Completion, waitForCompletion } from '../kernel/sched/completion.ts';
import { SCHED_COST } from '../kernel/sched/cost.ts';
import { schedule, setCurrentState, spawn, tryToWakeUp } from '../kernel/sched/core.ts';
import { NORMAL, RUNNING, type Task, UNINTERRUPTIBLE } from '../kernel/sched/task.ts';
import { WaitQueue, waitEvent, wakeUpAll } from '../kernel/sched/wait.ts';
import { Window } from '../run/window.ts';
import { WAKE } from '../sim/recorder.ts';
import { type Make, shapeOf, whoWaits, type World } from './world.ts';

/** A variable that tasks share. One that is not `told` leaves no footprint: the fault that the tests plant. */
export class Cell {
  value: number;
  private readonly k: Kernel;
  private readonly object: number;
  private readonly told: boolean;
  constructor(k: Kernel, value = 0, told = true) { this.k = k; this.value = value; this.object = k.newObject(); this.told = told; }
  get(): number { if (this.told) this.k.look(this.object); return this.value; }
  set(value: number): void { if (this.told) this.k.touch(this.object); this.value = value; }
}
type Program = (k: Kernel) => Timed<void>;
/** What is shared, the programs that share it, and what must hold: at the end, and after every step. */
export interface Setup {
  readonly programs: readonly Program[];
  readonly cells?: readonly Cell[];
  readonly atEnd?: () => string | null;
  readonly always?: () => string | null;
}
export interface Model {
  readonly name: string;
  readonly steps: number;
  /** Loops are looked for. */
  readonly loops?: true;
  readonly setup: (k: Kernel, mended: boolean, told: boolean) => Setup;
}
/** Tasks begin so far apart that none meets another in the timed order. */
const APART_NS = 10_000;
const COST = { ...SCHED_COST, switch_: ns(0), wake: ns(0), irq: ns(0), ipi: ns(0), handoff: ns(1) };

/** @param o.told  false: the cells leave no footprint @param o.check  the judge of the kernel looks after every step */
export function modelWorld(m: Pick<Model, 'setup' | 'steps' | 'loops'>, o: { readonly mended?: boolean; readonly told?: boolean; readonly check?: boolean } = {}): Make {
  return () => {
    const cpus = programsOf(m, o);
    const k = bootBare({ cpus, explore: true, ticks: false, cost: COST }), { programs, cells = [], atEnd, always } = m.setup(k, o.mended ?? false, o.told ?? true);
    programs.forEach((p, i) => spawn(k, `t${i}`, function* (): Timed<void> { yield spend(ns(1 + i * APART_NS)); yield* p(k); }, { cpus: [i] }));
    while (k.rqs.some((rq) => rq.ipi.slot >= 0)) k.step();
    const window = new Window(k, { from: 0, untilNs: Infinity, steps: m.steps });
    window.begin();
    const values = (): string => cells.map((c) => c.value).join();
    const world: World = {
      k, window, shape: m.loops === true ? () => `${values()}${shapeOf(k)}` : null,
      bad() { if (o.check === true) checkInvariants(k); return always?.() ?? null; },
      ended: () => ({ bad: k.running > 0 ? `hang: ${whoWaits(k)}` : atEnd?.() ?? null, outcome: `${values()} ${whoWaits(k)}` }),
    };
    return world;
  };
}
/** How many CPUs a model takes: one a program. */
function programsOf(m: Pick<Model, 'setup'>, o: { readonly mended?: boolean; readonly told?: boolean }): number {
  return m.setup(bootBare({}), o.mended ?? false, o.told ?? true).programs.length;
}

const gap = ns(20);
const useBoth = kfn('use_both', function* (_k, lock: (i: number) => Call<void>, unlock: (i: number) => void, a: number, b: number): Timed<void> {
  yield* lock(a);
  yield* lock(b);
  yield spend(gap);
  unlock(b);
  unlock(a);
});
/** n tasks, n locks in a circle; mended: each takes the one with the smaller number first. */
function circle(n: number, mended: boolean, lock: (i: number) => Call<void>, unlock: (i: number) => void): Setup {
  return {
    programs: Array.from({ length: n }, (_, i) => function* (k: Kernel): Timed<void> {
      const j = (i + 1) % n;
      yield* useBoth(k, lock, unlock, mended ? Math.min(i, j) : i, mended ? Math.max(i, j) : j);
    }),
  };
}
const names = 'ABCD';
const mutexes = (k: Kernel, n: number): Mutex[] => Array.from({ length: n }, (_, i) => new Mutex(k, names[i]));
const mutexCircle = (n: number) => (k: Kernel, mended: boolean): Setup => {
  const m = mutexes(k, n);
  return circle(n, mended, (i) => mutexLock(k, m[i]), (i) => mutexUnlock(k, m[i]));
};

const waitForFlag = kfn('wait_for_flag', function* (k, flag: Cell, mended: boolean): Timed<void> {
  if (mended) setCurrentState(k, UNINTERRUPTIBLE);
  if (k.decide('the flag is set', flag.get() !== 0)) { k.current.state = RUNNING; return; }
  yield spend(gap);
  if (!mended) setCurrentState(k, UNINTERRUPTIBLE); // too late: who sets the flag may have come and gone
  yield* schedule(k);
});
const takeToken = kfn('take_token', function* (k, tokens: Cell, wq: WaitQueue, m: Mutex, mended: boolean): Timed<void> {
  for (;;) {
    yield* waitEvent(k, wq, () => tokens.get() > 0);
    yield* mutexLock(k, m);
    const has = tokens.get() > 0;
    if (!mended || has) tokens.set(tokens.value - 1);
    mutexUnlock(k, m);
    if (!mended || has) return;
  }
});
const tryBoth = kfn('try_both', function* (k, a: Mutex, b: Mutex): Timed<void> {
  for (;;) {
    yield* mutexLock(k, a);
    yield spend(gap);
    if (k.decide('mutex_trylock(b)', mutexTrylock(k, b))) break;
    mutexUnlock(k, a);
    yield spend(gap);
  }
  yield spend(gap);
  mutexUnlock(k, b);
  mutexUnlock(k, a);
});
const addOne = kfn('add_one', function* (_k, c: Cell): Timed<void> {
  const seen = c.get();
  yield spend(gap);
  c.set(seen + 1);
});
const readTwice = kfn('read_twice', function* (k, s: RwSem, mended: boolean): Timed<void> {
  yield* downRead(k, s);
  yield spend(gap);
  if (!mended) yield* downRead(k, s); // behind a writer that has queued meanwhile
  yield spend(gap);
  if (!mended) upRead(k, s);
  upRead(k, s);
});
const writeOnce = kfn('write_once', function* (k, s: RwSem): Timed<void> {
  yield* downWrite(k, s);
  yield spend(gap);
  upWrite(k, s);
});

export const models: readonly Model[] = [
  { name: 'AB-BA', steps: 60, setup: mutexCircle(2) },
  { name: 'ring of three', steps: 60, setup: mutexCircle(3) },
  {
    name: 'AB-BA of spinlocks', steps: 60,
    setup(k, mended) {
      const s = [0, 1].map((i) => new SpinLock(k, names[i]));
      return circle(2, mended, (i) => spinLock(k, s[i]), (i) => spinUnlock(k, s[i]));
    },
  },
  {
    name: 'AB-BA of semaphores', steps: 60,
    setup(k, mended) {
      const s = [0, 1].map((i) => new Semaphore(k, names[i], 1));
      return circle(2, mended, (i) => down(k, s[i]), (i) => up(k, s[i]));
    },
  },
  {
    name: 'reads twice behind a writer', steps: 60,
    setup(k, mended) {
      const s = new RwSem(k, 'sem');
      return { programs: [function* (k) { yield* readTwice(k, s, mended); }, function* (k) { yield* writeOnce(k, s); }] };
    },
  },
  {
    name: 'lost wake-up', steps: 60,
    setup(k, mended, told) {
      const flag = new Cell(k, 0, told);
      let sleeper: Task | null = null;
      return {
        cells: [flag],
        programs: [
          function* (k) { sleeper = k.current; yield* waitForFlag(k, flag, mended); },
          function* (k) { flag.set(1); yield spend(gap); if (sleeper !== null) tryToWakeUp(k, sleeper, NORMAL, WAKE.event); },
        ],
      };
    },
  },
  {
    name: 'trylock livelock', steps: 40, loops: true,
    setup(k, mended) {
      const [a, b] = mutexes(k, 2);
      return mended ? mutexCircle(2)(k, true) : { programs: [[a, b], [b, a]].map(([x, y]) => function* (k: Kernel) { yield* tryBoth(k, x, y); }) };
    },
  },
  {
    name: 'lost update', steps: 60,
    setup(k, mended, told) {
      const c = new Cell(k, 0, told), [m] = mutexes(k, 1);
      const program: Program = function* (k) {
        if (mended) yield* mutexLock(k, m);
        yield* addOne(k, c);
        if (mended) mutexUnlock(k, m);
      };
      return { cells: [c], programs: [program, program], atEnd: () => (c.value === 2 ? null : `two added one each, and it is ${c.value}`) };
    },
  },
  {
    name: 'made twice', steps: 60,
    setup(k, mended, told) {
      const ready = new Cell(k, 0, told), made = new Cell(k, 0, told), [m] = mutexes(k, 1);
      const program: Program = function* (k) {
        if (ready.get() !== 0) return;
        yield spend(gap);
        yield* mutexLock(k, m);
        if (!mended || ready.get() === 0) { made.set(made.get() + 1); ready.set(1); }
        mutexUnlock(k, m);
      };
      return { cells: [ready, made], programs: [program, program, program], atEnd: () => (made.value === 1 ? null : `made ${made.value} times`) };
    },
  },
  {
    name: 'looked at before the lock', steps: 60,
    setup(k, mended, told) {
      const registered = new Cell(k, 0, told), unmapped = new Cell(k, 0, told), s = new RwSem(k, 'mmap_lock');
      return {
        cells: [registered, unmapped],
        programs: [
          function* (k) {
            if (!mended && registered.get() !== 0) return;
            yield spend(gap);
            yield* downRead(k, s);
            if (!mended || registered.get() === 0) unmapped.set(registered.get() !== 0 ? 2 : 1);
            upRead(k, s);
          },
          function* (k) {
            yield* downWrite(k, s);
            registered.set(1);
            upWrite(k, s);
          },
        ],
        always: () => (unmapped.value === 2 ? 'unmapped under a registered notifier' : null),
      };
    },
  },
  {
    name: 'a token looked at once', steps: 60,
    setup(k, mended, told) {
      const tokens = new Cell(k, 0, told), wq = new WaitQueue(k), [m] = mutexes(k, 1);
      const give: Program = function* (k) { for (let i = 0; i < 2; i++) { tokens.set(tokens.get() + 1); wakeUpAll(k, wq); yield spend(gap); } };
      return {
        cells: [tokens], always: () => (tokens.value < 0 ? 'a token was taken that is not there' : null),
        programs: [give, function* (k) { yield* takeToken(k, tokens, wq, m, mended); }, function* (k) { yield* takeToken(k, tokens, wq, m, mended); }],
      };
    },
  },
  {
    name: 'waits with the lock in its hand', steps: 60,
    setup(k, mended) {
      const [m] = mutexes(k, 1), done = new Completion(k, 'done');
      return {
        programs: [
          function* (k) { yield* mutexLock(k, m); yield spend(gap); mutexUnlock(k, m); complete(k, done); },
          function* (k) { yield* mutexLock(k, m); if (mended) mutexUnlock(k, m); yield* waitForCompletion(k, done); if (!mended) mutexUnlock(k, m); },
        ],
      };
    },
  },
  {
    name: 'flags set too late', steps: 40,
    setup(k, mended, told) {
      const flags = [0, 1].map(() => new Cell(k, 0, told)), inside = new Cell(k, 0, told);
      const program = (i: number): Program => function* (): Timed<void> {
        if (mended) { flags[i].set(1); yield spend(gap); }
        if (flags[1 - i].get() !== 0) { flags[i].set(0); return; } // the other one is first: it gives way
        yield spend(gap);
        if (!mended) { flags[i].set(1); yield spend(gap); }
        inside.set(inside.get() + 1);
        yield spend(gap);
        inside.set(inside.get() - 1);
        flags[i].set(0);
      };
      return { cells: [...flags, inside], programs: [program(0), program(1)], always: () => (inside.value > 1 ? 'two are inside at once' : null) };
    },
  },
  {
    name: 'a reference taken of what is gone', steps: 60,
    setup(k, mended, told) {
      const refs = new Cell(k, 1, told), freed = new Cell(k, 0, told), used = new Cell(k, 0, told);
      const put = (): void => { refs.set(refs.get() - 1); if (refs.value === 0) freed.set(1); };
      return {
        cells: [refs, freed, used], always: () => (used.value === 2 ? 'used after it was freed' : null),
        programs: [
          function* () { yield spend(gap); put(); },
          function* () {
            if (refs.get() === 0) return;
            if (!mended) yield spend(gap);
            refs.set(refs.get() + 1);
            yield spend(gap);
            used.set(freed.get() === 1 ? 2 : 1);
            yield spend(gap);
            put();
          },
        ],
      };
    },
  },
];
