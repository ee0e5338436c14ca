/**
 * mm/page_alloc.c of the RFC of 18 September 2020 (2/4, not merged): a page for kvfree_rcu() that may be asked for under raw locks. It comes off this
 * CPU's lists with interrupts off and no lock, so nothing is refilled, no watermark is looked at and kswapd hears nothing; and as any type will do,
 * each list is looked at in order (reference rcu-mempool-io-locking.md, 2.5, P2). Left out: DEBUG_PAGEALLOC, where it always fails.
 */
import type { Kernel } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import { spinTrylock, spinUnlock } from '../locking/spinlock.ts';
import { FRAME, packBlock, ROW } from './constants.ts';
import { listEmpty, WMARK, type Zone } from './mmzone.ts';
import { orderToPindex, PCP_TYPES, takeFirst } from './pcp.ts';
import { zoneWatermarkFast } from './watermark.ts';

/** `min`: a zone at or below its MIN is passed by, as an ordinary request would. The proposal looks at no mark. */
export interface LocklessOptions { readonly min?: boolean }

/**
 * __rcu_alloc_page_lockless(): an order-0 page of the kernel's, or -1 where no local list up to Normal has one.
 * Context: any; takes no simulated time. Since 6.0 another CPU may be emptying the list under pcp->lock: such a list counts as empty.
 */
export const rcuAllocPageLockless = leaf('__rcu_alloc_page_lockless', (k: Kernel, o: LocklessOptions = {}): number => {
  const normal = k.mm.slots.indexOf('Normal');
  for (const z of k.mm.zonelists[0]) {
    if (z.slot > normal || (o.min === true && !zoneWatermarkFast(k, z, 0, z.mark(WMARK.MIN), normal, 0, 0))) continue;
    const pfn = takeAnyType(k, z);
    if (pfn >= 0) return pfn;
  }
  k.decide('no list of this CPU has a page', true);
  return -1;
});
function takeAnyType(k: Kernel, z: Zone): number {
  const m = k.mm, cpu = k.cpu.index, pcp = z.pcp[cpu], lock = m.sync.pcpLocks[z.index][cpu];
  if (pcp.count === 0 || !spinTrylock(k, lock)) return -1;
  const type = [...Array(PCP_TYPES).keys()].find((t) => !listEmpty(m, pcp.heads[orderToPindex(t, 0)]));
  const pfn = type === undefined ? -1 : takeFirst(m, pcp, pcp.heads[orderToPindex(type, 0)], 0);
  spinUnlock(k, lock);
  if (type === undefined) return -1;
  m.word[pfn] = FRAME.kernel;
  m.pageFlags[pfn] = 0;
  if (m.gens !== null) m.gens[pfn] = 0;
  k.trace(ROW.pageUse, pfn, packBlock(0, 0, type, z.index, cpu), FRAME.kernel);
  z.allocated++;
  return pfn;
}
