/** Pages that are kept for critical sections of file systems, as was proposed in 2004: by threads, or in one pool (reserved_pages.ts). None until somebody asks for some. */
import type { Kernel } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import { setPageWord } from './lru.ts';

export class Reserves {
  readonly perthread: Map<number, number[]>; // by task id: its page list; the length is its counter
  readonly needs: number[]; // of the registered users of the pool
  readonly pool: number[]; // frames
  constructor() { this.perthread = new Map(); this.needs = []; this.pool = []; }
  /** Pages kept by anybody. */
  get pinned(): number { return [...this.perthread.values()].reduce((sum, list) => sum + list.length, this.pool.length); }
  /** A page of the task's own, for the allocator. -1: it has none. */
  take(k: Kernel, use: number): number { return perthreadPagesAlloc(k, this, use); }
}
export const reservesOf = (k: Kernel): Reserves => (k.mm.reserves ??= new Reserves());
export function gaugeReserves(k: Kernel, r: Reserves): void { k.gauge('pool reserved pages free', r.pinned); }
/** perthread_pages_alloc(): before any mark is looked at, a page from the list of the task itself, whatever it is for. No lock: nobody else touches the list. */
const perthreadPagesAlloc = leaf('perthread_pages_alloc', (k: Kernel, r: Reserves, use: number): number => {
  const pfn = k.inTask ? r.perthread.get(k.current.id)?.pop() : undefined;
  if (pfn === undefined) return -1;
  setPageWord(k, pfn, use);
  gaugeReserves(k, r);
  return pfn;
});
