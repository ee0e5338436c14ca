/**
 * mm/page-writeback.c, v6.1: dirty pages of files. Who dirties them is slowed down to the rate at which they are written.
 * Left out: memcg domains and the shares of several devices (there is one disk), strict limits, what exited tasks had dirtied (dirty_throttle_leaks).
 */
import { assert, jiffies, must } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import { fatalSignalPending, setCurrentState } from '../sched/core.ts';
import { KILLABLE } from '../sched/task.ts';
import { scheduleTimeout } from '../sched/wait.ts';
import type { Dirtier, Writeback } from './backing.ts';
import { FRAME_DIRTY } from './constants.ts';
import { dirtyPollInterval, domainDirtyLimits, type DirtyLimits, freerunCeiling, hardDirtyLimit, RATIO_ONE, wbCalcThresh, wbPositionRatio } from './dirty_limits.ts';
import { fileOf } from './files.ts';
import { setPageWord } from './lru.ts';
import { vmGauges } from './vm_gauges.ts';
import { bandwidthIsOld, wbMaxPause, wbMinPause, wbUpdateRatelimit } from './wb_bandwidth.ts';
import { wbStartBackgroundWriteback } from './wb_wake.ts';
import { clearFlag, PG } from './page_flags.ts';

/** filemap_dirty_folio(), folio_account_dirtied(): the page differs from the disk now. */
export const folioMarkDirty = leaf('folio_mark_dirty', (k: Kernel, pfn: number): void => {
  const m = k.mm, file = fileOf(m, pfn);
  clearFlag(m, pfn, PG.RECLAIM);
  if (file === null || m.word[pfn] & FRAME_DIRTY) return;
  setPageWord(k, pfn, m.word[pfn] | FRAME_DIRTY);
  if (file.dirty.size === 0) file.dirtiedWhen = k.now;
  file.dirty.add(m.vpn[pfn]);
  m.backing.nrDirty++;
  m.backing.nrDirtied++;
  m.pageZone(pfn).writePending++;
  m.count('nr_dirtied');
  dirtierOf(k).nrDirtied++;
  m.backing.domain.sinceLook[k.cpu.index]++;
});
/** folio_clear_dirty_for_io(). */
export function folioClearDirty(k: Kernel, pfn: number): void {
  const m = k.mm;
  assert((m.word[pfn] & FRAME_DIRTY) !== 0, 'a clean page is cleaned');
  setPageWord(k, pfn, m.word[pfn] & ~FRAME_DIRTY);
  fileOf(m, pfn)?.dirty.delete(m.vpn[pfn]);
  m.backing.nrDirty--;
  m.pageZone(pfn).writePending--;
}
/** nr_dirtied_pause of a new task: 128 kB. */
const dirtierOf = (k: Kernel): Dirtier => {
  const { dirtiers } = k.mm.backing, found = dirtiers.get(k.current.id);
  if (found !== undefined) return found;
  const made: Dirtier = { nrDirtied: 0, pauseAfter: 32, pausedWhen: 0 };
  dirtiers.set(k.current.id, made);
  return made;
};

/** WB_STAT_BATCH a CPU: wb_stat_error(), the pages by which the kernel's counters may be off. */
const wbStatError = (k: Kernel): number => k.cpus.length * 8 * (32 - Math.clz32(k.cpus.length));

/** What a look at the limits comes to: nothing, or a pause of so many jiffies. `pages` = how many may be dirtied until the next look. */
interface Pause { readonly jiffies: number; readonly over: number; readonly pages: number; readonly rate: number; readonly wbDirty: number }
/** The part of balance_dirty_pages() that reckons. null = the task has paid for its pages already, by the time since its last pause. */
function pauseOf(k: Kernel, wb: Writeback, d: Dirtier, l: DirtyLimits): Pause | null {
  const { domain, nrDirty } = k.mm.backing, wbDirty = nrDirty + wb.writing, dirtied = d.nrDirtied;
  const limit = hardDirtyLimit(domain, l), ratio = wbPositionRatio(wb, l, limit, wbDirty);
  wb.dirtyExceeded = wbDirty > wbCalcThresh(wb, l.thresh) && l.dirty > l.thresh;
  if (bandwidthIsOld(k, wb)) wbUpdateRatelimit(k, wb, l, ratio);
  const rate = Math.floor((wb.dirtyRatelimit * ratio) / RATIO_ONE), max = wbMaxPause(k, wb, wbDirty), { min, pages } = wbMinPause(k, wb, max, rate);
  const stopped = k.decide('the limit of dirty pages is reached: wait the longest', rate === 0, l.dirty);
  k.operand('limit', limit);
  if (stopped) return { jiffies: max, over: 0, pages, rate, wbDirty };
  const period = Math.floor((k.hz * dirtied) / rate), pause = period - (d.pausedWhen === 0 ? 0 : k.jiffies - d.pausedWhen);
  const paid = k.decide('the pages are paid for by the time since the last pause', pause < min, pause);
  k.operand('dirtied', dirtied);
  k.operand('rate', rate);
  if (paid) {
    if (pause < -k.hz) { d.pausedWhen = k.jiffies; d.nrDirtied = 0; } else if (period > 0) { d.pausedWhen += period; d.nrDirtied = 0; } else if (d.pauseAfter <= dirtied) d.pauseAfter += dirtied;
    return null;
  }
  return { jiffies: Math.min(pause, max), over: Math.max(0, Math.min(pause - max, max)), pages, rate, wbDirty };
}

/** balance_dirty_pages(): waits until the pages that this task has dirtied are paid for. */
const balanceDirtyPages = kfn('balance_dirty_pages', function* (k: Kernel, d: Dirtier): Timed<void> {
  const wb = must(k.mm.backing.wb, 'who dirties pages has a flusher');
  for (;;) {
    const l = domainDirtyLimits(k), now = k.jiffies;
    if (k.mm.backing.nrDirty > l.background) wbStartBackgroundWriteback(k);
    const freerun = freerunCeiling(l), throttled = k.decide('dirty pages exceed the free run', l.dirty > freerun, l.dirty);
    k.operand('free run', freerun);
    if (!throttled) {
      d.pausedWhen = now;
      d.nrDirtied = 0;
      d.pauseAfter = dirtyPollInterval(l.dirty, l.thresh);
      return;
    }
    wbStartBackgroundWriteback(k);
    const p = pauseOf(k, wb, d, l);
    if (p === null) return;
    k.mark('balance_dirty_pages', d.nrDirtied, p.jiffies);
    vmGauges(k);
    setCurrentState(k, KILLABLE);
    yield* scheduleTimeout(k, jiffies(p.jiffies));
    d.pausedWhen = now + p.over + p.jiffies;
    d.nrDirtied = 0;
    d.pauseAfter = p.pages;
    if (p.rate > 0 || p.wbDirty <= wbStatError(k) || fatalSignalPending(k.current)) return;
  }
});
/** balance_dirty_pages_ratelimited(): after each page that was dirtied; looks only now and then, by the task's count and by the CPU's. */
export const balanceDirtyPagesRatelimited = kfn('balance_dirty_pages_ratelimited', function* (k: Kernel): Timed<void> {
  const d = dirtierOf(k), { domain, wb } = k.mm.backing, cpu = k.cpu.index;
  let limit = wb !== null && wb.dirtyExceeded ? Math.min(d.pauseAfter, 8) : d.pauseAfter;
  if (d.nrDirtied >= limit) domain.sinceLook[cpu] = 0; else if (domain.sinceLook[cpu] >= domain.ratelimitPages) { domain.sinceLook[cpu] = 0; limit = 0; }
  if (d.nrDirtied >= limit) yield* balanceDirtyPages(k, d);
});
