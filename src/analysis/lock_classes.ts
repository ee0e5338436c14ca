/** Classes of locks, as lockdep has them, and what stands for a lock without being one. */
import type { LockInfo } from '../format/machine.ts';

/** Lockdep's own names of what it treats as locks in reclaim and in mmu notifiers. */
export const PSEUDO = { reclaim: 'fs_reclaim', notifier: 'mmu_notifier_invalidate_range_start' } as const;
/** Kind of handler in `enter` rows. */
export const HARDIRQ = 2;

/** What of a run's tables the order of locks needs; they may grow. */
export interface OrderTables {
  readonly locks: readonly LockInfo[];
  readonly strings: readonly string[];
  readonly stackParent: readonly number[];
  readonly stackFn: readonly number[];
}

export class LockClasses {
  /** By class. */
  readonly names: string[];
  private readonly tables: OrderTables;
  private readonly index: Map<string, number>;
  private readonly ofLock: number[];
  private readonly stacks: boolean[]; // by stack: it is inside a notifier's invalidate_range_start
  constructor(tables: OrderTables) {
    this.tables = tables; this.names = []; this.index = new Map(); this.ofLock = []; this.stacks = [false];
  }
  named(name: string): number {
    let cls = this.index.get(name);
    if (cls === undefined) { cls = this.names.push(name) - 1; this.index.set(name, cls); }
    return cls;
  }
  /** Names are made of a class and which one of it: `zone->lock DMA32`. */
  of(lock: number): number { return (this.ofLock[lock] ??= this.named((this.tables.locks[lock]?.name ?? `lock ${lock}`).split(' ')[0])); }
  inNotifier(stack: number): boolean {
    const { stackParent, stackFn, strings } = this.tables;
    for (let s = this.stacks.length; s <= stack; s++) this.stacks.push(this.stacks[stackParent[s]] || strings[stackFn[s]]?.includes(PSEUDO.notifier) === true);
    return this.stacks[stack];
  }
}
