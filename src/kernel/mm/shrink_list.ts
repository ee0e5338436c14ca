/**
 * mm/vmscan.c, v6.1: shrink_inactive_list(), shrink_active_list() and what they stand on. Pages are taken off their list, up to
 * 32 in one hold of lru_lock, looked at, and put back where they belong. Left out: buffer heads, demotion, the folio batches.
 */
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import { type SpinLock, spinLock, spinUnlock } from '../locking/spinlock.ts';
import { condResched, fatalSignalPending, needResched } from '../sched/core.ts';
import { wakeUpAll } from '../sched/wait.ts';
import { FRAME, FRAME_ACTIVE, FRAME_TYPE_MASK, FRAME_UNEVICTABLE, GFP, PF, SWAP_CLUSTER_MAX } from './constants.ts';
import { freeUnrefPageList } from './free_list.ts';
import { lruAdd, lruDel, setPageWord } from './lru.ts';
import { lruNoteCost, updateReclaimStat } from './lru_cost.ts';
import type { Lruvec } from './lruvec.ts';
import { listAdd, listDel, LRU, type Mm, type Pgdat, prevOf } from './mmzone.ts';
import { clearFlag, PG, setFlag, testFlag } from './page_flags.ts';
import { folioReferenced } from './rmap.ts';
import type { ScanControl } from './scan_control.ts';
import { shrinkFolioList } from './shrink_folio.ts';
import { holdUp, THROTTLE } from './throttle.ts';
import { vmGauges } from './vm_gauges.ts';
import { ageNonresident } from './workingset.ts';
import { wakeupFlusherThreads } from './wb_wake.ts';

/** What isolate_lru_folios() found. */
interface Isolated { readonly taken: number[]; readonly scanned: number }

/** isolate_lru_folios(): from the tail of the list. Pages of zones that the request cannot use are skipped, and so are those that are being freed. The caller holds lru_lock. */
const isolateLruFolios = leaf('isolate_lru_folios', (k: Kernel, v: Lruvec, lru: number, nr: number, sc: ScanControl): Isolated => {
  const m = k.mm, head = v.heads[lru], taken: number[] = [], skipped: number[] = [];
  let scanned = 0, total = 0;
  for (let pfn = prevOf(m, head); scanned < nr && pfn !== head; total++) {
    const before = prevOf(m, pfn);
    const usable = m.pageZone(pfn).slot <= sc.reclaimIdx;
    if (usable) scanned++;
    if (!usable || testFlag(m, pfn, PG.ORPHAN)) { // of one that is being freed no reference can be had: it counts as looked at
      listDel(m, pfn);
      skipped.push(pfn);
    } else {
      lruDel(k, pfn);
      setFlag(m, pfn, PG.ISOLATED);
      taken.push(pfn);
    }
    pfn = before;
  }
  for (const pfn of skipped) listAdd(m, head, pfn);
  for (const z of v.pgdat.zones) {
    const nr = z.slot > sc.reclaimIdx ? skipped.reduce((n, pfn) => n + (m.pageZone(pfn) === z ? 1 : 0), 0) : 0;
    if (nr > 0) m.count(`pgskip_${z.name.toLowerCase()}`, nr);
  }
  isolatedCount(v.pgdat, lru, taken.length);
  return { taken, scanned: total };
});
function isolatedCount(p: Pgdat, lru: number, by: number): void {
  if (lru >= LRU.INACTIVE_FILE) p.nrIsolatedFile += by; else p.nrIsolatedAnon += by;
}

/** too_many_isolated(): direct reclaimers hold more pages than they leave on the list. */
function tooManyIsolated(k: Kernel, p: Pgdat, lru: number, sc: ScanControl): boolean {
  if (k.current.pf & PF.KSWAPD) return false;
  const file = lru >= LRU.INACTIVE_FILE, isolated = file ? p.nrIsolatedFile : p.nrIsolatedAnon;
  let inactive = p.lru[file ? LRU.INACTIVE_FILE : LRU.INACTIVE_ANON];
  if ((sc.gfp & (GFP.IO | GFP.FS)) === (GFP.IO | GFP.FS)) inactive >>= 3;
  const wait = k.mm.sync.reclaimWait[p.id][THROTTLE.ISOLATED];
  if (isolated <= inactive && wait.active) wakeUpAll(k, wait);
  return isolated > inactive;
}

/** move_folios_to_lru(): back to the head of the list where each belongs now. Those whose user has gone meanwhile are returned. The caller holds lru_lock. */
export const moveFoliosToLru = leaf('move_folios_to_lru', (k: Kernel, p: Pgdat, pages: readonly number[]): number[] => {
  const m = k.mm, gone: number[] = [];
  for (const pfn of pages) {
    clearFlag(m, pfn, PG.ISOLATED);
    if (testFlag(m, pfn, PG.ORPHAN)) { gone.push(pfn); continue; }
    lruAdd(k, pfn);
    if (m.word[pfn] & FRAME_ACTIVE) ageNonresident(m, p, 1);
  }
  return gone;
});
/** The lists of a group have a lock of their own (5.11 on; older kernels had the node's for all: with groups that is not kept). */
const lruLock = (k: Kernel, v: Lruvec): SpinLock => v.lock ?? k.mm.sync.lruLocks[v.pgdat.id];
/** Pages that reclaim for a group's limit looks at count for the group alone, others for the machine too. */
export function countFor(k: Kernel, v: Lruvec, sc: ScanControl, name: string, by: number): void {
  if (sc.targetMemcg === null) k.mm.count(name, by);
  v.memcg?.count(name, by);
  v.memcg?.count(name.slice(0, name.indexOf('_')), by);
}
const isUnevictable = (m: Mm, pfn: number): boolean => (m.word[pfn] & FRAME_UNEVICTABLE) !== 0;

/** shrink_inactive_list(): up to `nr` pages of one inactive list. Returns the pages freed. */
export const shrinkInactiveList = kfn('shrink_inactive_list', function* (k: Kernel, v: Lruvec, lru: number, nr: number, sc: ScanControl): Timed<number> {
  const m = k.mm, p = v.pgdat, file = lru >= LRU.INACTIVE_FILE, lock = lruLock(k, v), who = k.current.pf & PF.KSWAPD ? 'kswapd' : 'direct';
  for (let stalled = false; tooManyIsolated(k, p, lru, sc); stalled = true) {
    k.decide('too many pages are isolated: wait', !stalled, file ? p.nrIsolatedFile : p.nrIsolatedAnon);
    if (stalled && !m.era.waitsOnForIsolated) return 0;
    yield* holdUp(k, p, THROTTLE.ISOLATED);
    if (fatalSignalPending(k.current)) return SWAP_CLUSTER_MAX;
  }
  yield* spinLock(k, lock);
  const { taken, scanned } = isolateLruFolios(k, v, lru, nr, sc);
  countFor(k, v, sc, `pgscan_${who}`, scanned);
  m.count(file ? 'pgscan_file' : 'pgscan_anon', scanned);
  yield spend(ns(scanned * m.costs.lru_isolate));
  spinUnlock(k, lock);
  if (taken.length === 0) return 0;
  const s = yield* shrinkFolioList(k, p, taken, sc);
  yield* spinLock(k, lock);
  const gone = moveFoliosToLru(k, p, s.kept);
  isolatedCount(p, lru, -taken.length);
  countFor(k, v, sc, `pgsteal_${who}`, s.reclaimed);
  m.count(file ? 'pgsteal_file' : 'pgsteal_anon', s.reclaimed);
  lruNoteCost(k, v, file, s.pageout, scanned - s.reclaimed);
  if (m.era.scanBalance === 'rotated') updateReclaimStat(v, file, taken.length, s.kept.filter((pfn) => m.word[pfn] & FRAME_ACTIVE).length);
  yield spend(ns(s.kept.length * m.costs.lru_putback));
  spinUnlock(k, lock);
  yield* freeUnrefPageList(k, gone);
  if (k.decide('all pages taken are dirty and not queued: wake the flushers', s.unqueuedDirty === taken.length)) wakeupFlusherThreads(k);
  sc.nr.dirty += s.dirty; sc.nr.congested += s.congested; sc.nr.unqueuedDirty += s.unqueuedDirty; sc.nr.writeback += s.writeback; sc.nr.immediate += s.immediate;
  sc.nr.taken += taken.length;
  if (file) sc.nr.fileTaken += taken.length;
  if (m.backing.congestion !== null) yield* m.backing.congestion.behindBatch(k, p, s);
  k.mark('mm_vmscan_lru_shrink_inactive', scanned, s.reclaimed);
  vmGauges(k);
  return s.reclaimed;
});

/** shrink_active_list(): up to `nr` pages move to the inactive list, used or not; only programs' own pages in use stay. */
export const shrinkActiveList = kfn('shrink_active_list', function* (k: Kernel, v: Lruvec, lru: number, nr: number, sc: ScanControl): Timed<void> {
  const m = k.mm, p = v.pgdat, file = lru === LRU.ACTIVE_FILE, lock = lruLock(k, v);
  yield* spinLock(k, lock);
  const { taken, scanned } = isolateLruFolios(k, v, lru, nr, sc);
  m.count('pgrefill', scanned);
  v.memcg?.count('pgrefill', scanned);
  yield spend(ns(scanned * m.costs.lru_isolate));
  spinUnlock(k, lock);
  if (taken.length === 0) return;
  let rotated = 0, deactivated = 0;
  for (const pfn of taken) {
    if (isUnevictable(m, pfn) || testFlag(m, pfn, PG.ORPHAN)) continue;
    const ref = folioReferenced(k, pfn);
    if (ref.ptes > 0 && ref.exec && (m.word[pfn] & FRAME_TYPE_MASK) === FRAME.file) { rotated++; continue; }
    setPageWord(k, pfn, m.word[pfn] & ~FRAME_ACTIVE);
    setFlag(m, pfn, PG.WORKINGSET);
    deactivated++;
  }
  yield spend(ns(taken.length * m.costs.shrink_page));
  if (needResched(k)) yield* condResched(k);
  yield* spinLock(k, lock);
  const gone = moveFoliosToLru(k, p, taken);
  isolatedCount(p, lru, -taken.length);
  m.count('pgdeactivate', deactivated);
  lruNoteCost(k, v, file, 0, rotated);
  if (m.era.scanBalance === 'rotated') updateReclaimStat(v, file, taken.length, rotated);
  yield spend(ns(taken.length * m.costs.lru_putback));
  spinUnlock(k, lock);
  yield* freeUnrefPageList(k, gone);
  k.mark('mm_vmscan_lru_shrink_active', taken.length, deactivated);
  vmGauges(k);
});
