/** Small worlds drawn from a seed: a few tasks that lock, try, wait, wake and change shared variables in any order. For the tests, and at length for check:long. */
import { ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { type Kernel, spend } from '../kernel/kernel.ts';
import { Mutex, mutexLock, mutexTrylock, mutexUnlock } from '../kernel/locking/mutex.ts';
import { downRead, downWrite, RwSem, upRead, upWrite } from '../kernel/locking/rwsem.ts';
import { down, Semaphore, up } from '../kernel/locking/semaphore.ts';
import { SpinLock, spinLock, spinUnlock } from '../kernel/locking/spinlock.ts';
import { WaitQueue, waitEvent, wakeUpAll } from '../kernel/sched/wait.ts';
import { xorshift } from '../run/walk.ts';
import { Bounded } from './bounded.ts';
import { Cell, type Model, modelWorld, type Setup } from './models.ts';
import { Reduced } from './reduced.ts';

const OPS = ['lock', 'try', 'spin', 'read', 'write', 'down', 'add', 'double', 'wake', 'wait'] as const;
interface Op { readonly kind: (typeof OPS)[number]; readonly i: number }

class Shared {
  readonly m: Mutex[];
  readonly spin: SpinLock;
  readonly rw: RwSem;
  readonly sem: Semaphore;
  readonly wq: WaitQueue;
  readonly v: Cell[];
  readonly tokens: Cell;
  constructor(k: Kernel, told: boolean) {
    this.m = [new Mutex(k, 'A'), new Mutex(k, 'B')]; this.spin = new SpinLock(k, 'S'); this.rw = new RwSem(k, 'R'); this.sem = new Semaphore(k, 'C', 1); this.wq = new WaitQueue(k);
    this.v = [new Cell(k, 1, told), new Cell(k, 1, told)]; this.tokens = new Cell(k, 0, told);
  }
}
const GAP = ns(5);
/** What is locked stays so until the program ends, but for spinlocks. */
function* doOp(k: Kernel, x: Shared, { kind, i }: Op, undo: (() => void)[]): Timed<void> {
  const m = x.m[i], cell = x.v[i], held = k.current.held;
  switch (kind) {
    case 'lock': if (!held.includes(m)) { yield* mutexLock(k, m); undo.push(() => mutexUnlock(k, m)); } break;
    case 'try': if (!held.includes(m) && mutexTrylock(k, m)) { undo.push(() => mutexUnlock(k, m)); x.v[0].set(x.v[0].get() + 7); } yield spend(GAP); break;
    case 'spin': yield* spinLock(k, x.spin); cell.set(cell.get() + 3); spinUnlock(k, x.spin); break;
    case 'read': if (!held.includes(x.rw)) { yield* downRead(k, x.rw); undo.push(() => upRead(k, x.rw)); } break;
    case 'write': if (!held.includes(x.rw)) { yield* downWrite(k, x.rw); undo.push(() => upWrite(k, x.rw)); } break;
    case 'down': if (!x.sem.takers.includes(k.current)) { yield* down(k, x.sem); undo.push(() => up(k, x.sem)); } break;
    case 'add': cell.set((cell.get() + 1 + k.current.id) % 997); yield spend(GAP); break;
    case 'double': cell.set((cell.get() * 2) % 997); yield spend(GAP); break;
    case 'wake': x.tokens.set(x.tokens.get() + 1); wakeUpAll(k, x.wq); yield spend(GAP); break;
    case 'wait': yield* waitEvent(k, x.wq, () => x.tokens.get() > 0); x.tokens.set(x.tokens.get() - 1); break;
  }
}
export function randomModel(seed: number): Model {
  const random = xorshift(Math.imul(seed, 0x9e3779b1) | 1), programs: Op[][] = [];
  for (let t = 2 + (random() % 2); t > 0; t--) programs.push(Array.from({ length: 1 + (random() % 3) }, () => ({ kind: OPS[random() % OPS.length], i: random() % 2 })));
  return {
    name: programs.map((p) => p.map((o) => `${o.kind}${o.i}`).join(' ')).join(' | '), steps: 200,
    setup(k, _mended, told): Setup {
      const x = new Shared(k, told);
      return {
        cells: [...x.v, x.tokens],
        programs: programs.map((ops) => function* (k: Kernel): Timed<void> {
          const undo: (() => void)[] = [];
          for (const op of ops) yield* doOp(k, x, op, undo);
          for (const u of undo.reverse()) u();
        }),
      };
    },
  };
}

export interface Agreement { readonly name: string; readonly every: number; readonly reduced: number; readonly pruned: number; readonly outcomes: number; readonly same: boolean }
/** Do both searches come to the same ends? Null = there are more than `most` orders to try. */
export function agreement(m: Model, most: number, o: { readonly mended?: boolean; readonly told?: boolean } = {}): Agreement | null {
  const make = modelWorld(m, o), all = new Bounded(make, Infinity, false), some = new Reduced(make, most, false);
  while (!all.slice(5000)) if (all.tally.schedules > most) return null;
  while (!some.slice(5000)); // it is never longer than the other
  const ends = (of: ReadonlySet<string>): string => [...of].sort().join('\n');
  const same = some.complete && ends(all.tally.outcomes) === ends(some.tally.outcomes) && (all.bad === null) === (some.bad === null);
  return { name: m.name, every: all.tally.schedules, reduced: some.tally.schedules, pruned: some.tally.pruned, outcomes: all.tally.outcomes.size, same };
}
