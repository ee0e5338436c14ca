/**
 * mm/memcontrol.c, v6.1 and v6.12: what is charged to a memory cgroup, and what becomes of a charge that its limit refuses. cgroup v2. Pages of
 * processes (mem_cgroup_charge()), pages that the kernel allocates for them with __GFP_ACCOUNT, and small objects (obj_cgroup). Left out: v1 (memsw,
 * kmem and oom_control files), memory.min and low, moving of charges, percpu memory and sockets, groups that were removed.
 */
import type { Timed } from '../../sim/kfn.ts';
import { ns } from '../../base/units.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import { fatalSignalPending } from '../sched/core.ts';
import type { Task } from '../sched/task.ts';
import { FRAME, FRAME_TYPE_MASK, GFP, GFP_KERNEL, PAGE_ALLOC_COSTLY_ORDER, PF, ROW } from './constants.ts';
import { lruOf } from './lru.ts';
import type { MemCgroup, MemcgEvents, Memcgs } from './memcg_types.ts';
import { noteOverHigh } from './memcg_high.ts';
import { memCgroupOom } from './memcg_oom.ts';
import type { MmStruct } from './mm_types.ts';
import { tskIsOomVictim } from './oom_control.ts';
import { pageCounterCharge, pageCounterTryCharge, pageCounterUncharge } from './page_counter.ts';
import { psiMemstallEnter, psiMemstallLeave } from './psi.ts';
import { tryToFreeMemCgroupPages } from './vmscan.ts';
import { extra } from './task_extra.ts';

/** mem_cgroup_from_task(): by its address space, so that threads are always together. null: the machine has no groups. */
export const memCgroupFromTask = (k: Kernel, t: Task): MemCgroup | null => memCgroupOf(k, k.mm.mms[t.mmId]);
const memCgroupOf = (k: Kernel, mm: MmStruct | undefined): MemCgroup | null => (k.mm.memcgs === null ? null : k.mm.memcgs.groups[mm?.memcg ?? 0]);
export const taskIsDying = (k: Kernel, t: Task): boolean => tskIsOomVictim(k, t) || fatalSignalPending(t) || t.exiting;
/** mem_cgroup_margin(): pages that the group itself could still have. */
export const memCgroupMargin = (memcg: MemCgroup): number => Math.max(0, memcg.memory.max - memcg.memory.usage);
/** memcg_memory_event(): counts in the groups above too. */
export function memcgMemoryEvent(memcg: MemCgroup, event: keyof MemcgEvents): void { for (let g: MemCgroup | null = memcg; g !== null; g = g.parent) g.events[event]++; }

/** Writes counters that have changed into the trace: what is charged, and how much of that is no page's yet but a CPU's stock or objects'. */
function traceMemcgs(k: Kernel, { groups, stocks }: Memcgs): void {
  for (const g of groups) {
    if (g.traced === g.memory.usage || g.parent === null) continue;
    g.traced = g.memory.usage;
    k.gauge(`memory.stock ${g.path}`, stocks.reduce((sum, s) => sum + (s.memcg !== null && s.memcg.isBelow(g) ? s.pages : 0), 0) + groups.reduce((sum, o) => sum + (o.isBelow(g) ? o.objectPages : 0), 0));
    k.gauge(`memory.current ${g.path}`, g.memory.usage);
  }
}

/** consume_stock(): pages that this CPU has charged ahead. */
function consumeStock(k: Kernel, stocks: Memcgs['stocks'], memcg: MemCgroup, nrPages: number): boolean {
  const stock = stocks[k.cpu.index];
  if (stock.memcg !== memcg || stock.pages < nrPages) return false;
  stock.pages -= nrPages;
  return true;
}
function drainStock(stock: Memcgs['stocks'][number]): void {
  if (stock.memcg !== null) pageCounterUncharge(stock.memcg.memory, stock.pages);
  stock.memcg = null;
  stock.pages = 0;
}
/** refill_stock(): one group a CPU; more than a batch is given back. */
function refillStock(k: Kernel, stocks: Memcgs['stocks'], memcg: MemCgroup, nrPages: number): void {
  const stock = stocks[k.cpu.index];
  if (stock.memcg !== memcg) drainStock(stock);
  stock.memcg = memcg;
  stock.pages += nrPages;
  if (stock.pages > k.mm.era.memcg.chargeBatch) drainStock(stock);
}
/** drain_all_stock(): what CPUs hold of this group or those below. The kernel asks other CPUs by work items and does not wait for them; here they are done at once. */
const drainAllStock = leaf('drain_all_stock', (k: Kernel, memcgs: Memcgs, top: MemCgroup): void => {
  for (const stock of memcgs.stocks) if (stock.memcg?.isBelow(top) === true && stock.pages > 0) drainStock(stock);
  traceMemcgs(k, memcgs);
});

/** The `force` label: a charge that must not fail goes past the limit. */
function forceCharge(k: Kernel, memcg: MemCgroup, nrPages: number): true {
  k.mark(`memcg_charge_forced ${memcg.path}`, nrPages);
  memcg.count('charge_forced', nrPages);
  pageCounterCharge(memcg.memory, nrPages);
  return true;
}
/** Whether a charge that found no room may wait for some; no: it fails or is forced at once. */
function mayReclaim(k: Kernel, gfp: number): 'yes' | 'force' | 'fail' {
  const me = k.current;
  if (k.decide('PF_MEMALLOC: charge past the limit', (me.pf & PF.MEMALLOC) !== 0)) return 'force';
  if (k.mm.era.memcg.dyingForced && k.decide('current is dying: charge past the limit', taskIsDying(k, me))) return 'force';
  if (extra(k, me).memcgInOom !== null) return 'fail';
  return k.decide('may reclaim (__GFP_DIRECT_RECLAIM)', (gfp & GFP.DIRECT_RECLAIM) !== 0) ? 'yes' : 'fail';
}
/** try_charge_memcg(): false = -ENOMEM. Tries, reclaims, tries again up to 16 times, and kills; a task that a kill has passed by and that is dying gives up. */
const tryChargeMemcg = kfn('try_charge_memcg', function* (k: Kernel, memcgs: Memcgs, memcg: MemCgroup, gfp: number, nrPages: number): Timed<boolean> {
  const { chargeBatch, reclaimRetries } = k.mm.era.memcg;
  let batch = Math.max(chargeBatch, nrPages), retries = reclaimRetries, drained = false, passedOom = false, raisedMax = false, over = memcg, room: 'yes' | 'force' | 'fail' = 'yes';
  for (;;) {
    if (consumeStock(k, memcgs.stocks, memcg, nrPages)) return true;
    const limit = pageCounterTryCharge(memcg.memory, batch);
    if (limit === null) {
      if (batch > nrPages) refillStock(k, memcgs.stocks, memcg, batch - nrPages);
      yield* noteOverHigh(k, memcg, batch, gfp);
      return true;
    }
    if (batch > nrPages) { batch = nrPages; continue; }
    over = memcg;
    while (over.memory !== limit && over.parent !== null) over = over.parent;
    k.decide('the charge fits below memory.max', false, over.memory.max - over.memory.usage);
    room = mayReclaim(k, gfp);
    if (room !== 'yes') break;
    memcgMemoryEvent(over, 'max');
    raisedMax = true;
    const reclaimed = yield* reclaimFor(k, over, nrPages, gfp);
    if (memCgroupMargin(over) >= nrPages) continue;
    if (!drained) { drainAllStock(k, memcgs, over); drained = true; continue; }
    if (k.decide('__GFP_NORETRY', (gfp & GFP.NORETRY) !== 0)) break;
    if (reclaimed > 0 && nrPages <= 1 << PAGE_ALLOC_COSTLY_ORDER) continue;
    if (k.decide('retries are left', retries > 0, retries)) { retries--; continue; }
    if (k.decide('__GFP_RETRY_MAYFAIL', (gfp & GFP.RETRY_MAYFAIL) !== 0)) break;
    if (k.decide('a kill was made for this charge, and current is dying', passedOom && taskIsDying(k, k.current))) break;
    if (!(yield* memCgroupOom(k, over, gfp, nrPages))) break;
    passedOom = true;
    retries = reclaimRetries;
  }
  if (room !== 'force' && !(gfp & (GFP.NOFAIL | GFP.HIGH))) return false;
  if (!raisedMax) memcgMemoryEvent(over, 'max'); // 6.0 on, by memory; of older kernels nobody counts them here
  return forceCharge(k, memcg, nrPages);
});
function* reclaimFor(k: Kernel, memcg: MemCgroup, nrPages: number, gfp: number): Timed<number> {
  const me = k.current;
  yield spend(ns(k.mm.costs.memcg_retry));
  psiMemstallEnter(k);
  const reclaimed = yield* tryToFreeMemCgroupPages(k, memcg, nrPages, gfp);
  psiMemstallLeave(k, me);
  return reclaimed;
}

/** commit_charge(): the frames are the group's from now on, until they are given back. */
function commitCharge(k: Kernel, memcgs: Memcgs, memcg: MemCgroup, pfn: number, order: number): void {
  memcgs.of.fill(memcg.id, pfn, pfn + (1 << order));
  k.trace(ROW.charge, pfn, order, k.recorder.intern(memcg.path));
  traceMemcgs(k, memcgs);
}
/** mem_cgroup_charge(): a page that a process will have, before it is on any list. `mm`: whose; undefined = the current task's. false: no memory. */
export const memCgroupCharge = kfn('__mem_cgroup_charge', function* (k: Kernel, pfn: number, mm: MmStruct | undefined, gfp: number): Timed<boolean> {
  const { memcgs } = k.mm, memcg = memCgroupOf(k, mm ?? k.mm.mms[k.current.mmId]);
  if (memcgs === null || memcg === null || memcg.parent === null) return true;
  if (!(yield* tryChargeMemcg(k, memcgs, memcg, gfp, 1))) return false;
  commitCharge(k, memcgs, memcg, pfn, 0);
  return true;
});
/** __memcg_kmem_charge_page(): pages that the kernel has allocated on behalf of the current task; an interrupt works for nobody. false: no memory. */
export const memcgKmemChargePage = kfn('__memcg_kmem_charge_page', function* (k: Kernel, pfn: number, gfp: number, order: number): Timed<boolean> {
  const { memcgs } = k.mm, memcg = k.inTask ? memCgroupFromTask(k, k.current) : null;
  if (memcgs === null || memcg === null || memcg.parent === null) return true;
  if (!(yield* tryChargeMemcg(k, memcgs, memcg, gfp, 1 << order))) return false;
  accountKmem(memcg, 1 << order);
  commitCharge(k, memcgs, memcg, pfn, order);
  return true;
});
const accountKmem = (memcg: MemCgroup, nrPages: number): void => { for (let g: MemCgroup | null = memcg; g !== null; g = g.parent) g.kmem += nrPages; };
/** Does this request charge pages? Slabs do not, although their requests say __GFP_ACCOUNT: their objects are charged, by bytes. */
export function kmemCharged(k: Kernel, gfp: number, use: number): boolean {
  const type = use & FRAME_TYPE_MASK;
  return k.mm.memcgs !== null && (gfp & GFP.ACCOUNT) !== 0 && type !== FRAME.slabReclaimable && type !== FRAME.slabUnreclaimable;
}
/** obj_cgroup_charge(): bytes of small objects; a page is charged for as many as fit into one. Left out: giving them back, which the captures do not show either. */
export const objCgroupCharge = kfn('obj_cgroup_charge', function* (k: Kernel, memcg: MemCgroup, bytes: number): Timed<boolean> {
  const { memcgs } = k.mm;
  if (memcgs === null || memcg.parent === null) return true;
  if (memcg.objectFree < bytes) {
    if (!(yield* tryChargeMemcg(k, memcgs, memcg, GFP_KERNEL | GFP.ACCOUNT, 1))) return false;
    memcg.objectFree += PAGE_BYTES;
    memcg.objectPages++;
    accountKmem(memcg, 1);
    traceMemcgs(k, memcgs);
  }
  memcg.objectFree -= bytes;
  memcg.objectBytes += bytes;
  return true;
});
const PAGE_BYTES = 4096;

/**
 * __mem_cgroup_uncharge() and __memcg_kmem_uncharge_page(): the frames have no user any more, and are on no list. Pages of processes leave the
 * counter; the kernel's go to this CPU's stock. The kernel takes a list of pages off the counter at once; here it is page by page.
 */
export function memCgroupUncharge(k: Kernel, pfn: number, order: number): void {
  const { memcgs } = k.mm;
  if (memcgs === null || memcgs.of[pfn] === 0) return;
  const memcg = memcgs.groups[memcgs.of[pfn]], nr = 1 << order;
  memcgs.of.fill(0, pfn, pfn + nr);
  k.trace(ROW.charge, pfn, order, -1);
  if (lruOf(k.mm.word[pfn]) >= 0) { pageCounterUncharge(memcg.memory, nr); return; }
  accountKmem(memcg, -nr);
  refillStock(k, memcgs.stocks, memcg, nr);
}
/** The end of a batch of them. */
export function memcgUncharged(k: Kernel): void { if (k.mm.memcgs !== null) traceMemcgs(k, k.mm.memcgs); }

/** mem_cgroup_try_charge_swap(): a slot of swap for a page of a group. */
export function memCgroupTryChargeSwap(k: Kernel, pfn: number, slot: number): boolean {
  const { memcgs } = k.mm;
  if (memcgs === null || memcgs.of[pfn] === 0) return true;
  if (pageCounterTryCharge(memcgs.groups[memcgs.of[pfn]].swap, 1) !== null) return false;
  memcgs.swapOf[slot] = memcgs.of[pfn];
  return true;
}
/** mem_cgroup_uncharge_swap(): the slot is free. */
export function memCgroupUnchargeSwap(k: Kernel, slot: number): void {
  const { memcgs } = k.mm;
  if (memcgs === null || memcgs.swapOf[slot] === 0) return;
  pageCounterUncharge(memcgs.groups[memcgs.swapOf[slot]].swap, 1);
  memcgs.swapOf[slot] = 0;
}
/** mem_cgroup_swapin_charge_folio(): a page that comes from swap is charged to whoever had it, whoever brings it in. */
export const memCgroupSwapinChargeFolio = kfn('mem_cgroup_swapin_charge_folio', function* (k: Kernel, pfn: number, slot: number, gfp: number): Timed<boolean> {
  const { memcgs } = k.mm;
  if (memcgs === null) return true;
  const memcg = memcgs.groups[memcgs.swapOf[slot]];
  if (memcg.parent === null) return true;
  if (!(yield* tryChargeMemcg(k, memcgs, memcg, gfp, 1))) return false;
  commitCharge(k, memcgs, memcg, pfn, 0);
  return true;
});
