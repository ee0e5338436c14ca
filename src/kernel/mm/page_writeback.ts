/**
 * mm/page-writeback.c, v6.1: dirty pages of files. Who dirties them is slowed down to the rate at which they are written.
 * Left out: memcg and per-device shares (there is one disk), strict limits, the part of the position ratio that compares devices.
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
import { dirtyPollInterval, domainDirtyLimits, type DirtyLimits, freerunCeiling, positionRatio, RATIO_ONE } from './dirty_limits.ts';
import { fileOf } from './files.ts';
import { setPageWord } from './lru.ts';
import { vmGauges } from './vm_gauges.ts';
import { wbStartBackgroundWriteback } from './wb_wake.ts';
import { clearFlag, PG } from './page_flags.ts';

const BANDWIDTH_INTERVAL = 200_000_000; // ns

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
  const made: Dirtier = { nrDirtied: 0, pauseAfter: 32, pausedWhenNs: k.now };
  dirtiers.set(k.current.id, made);
  return made;
};

/** wb_update_bandwidth(): how fast the disk has written lately, and how fast a task may dirty pages. At most five times a second. */
export function wbUpdateBandwidth(k: Kernel, wb: Writeback, l: DirtyLimits): void {
  const b = k.mm.backing, elapsed = k.now - wb.stampNs;
  if (elapsed < BANDWIDTH_INTERVAL) return;
  if (elapsed < 1e9 && b.nrWritten + b.nrDirtied > 0) {
    const written = ((b.nrWritten - wb.writtenStamp) * 1e9) / elapsed, dirtied = ((b.nrDirtied - wb.dirtiedStamp) * 1e9) / elapsed, period = 4e9;
    wb.writeBandwidth = Math.max(1, Math.round((written * elapsed + wb.writeBandwidth * (period - elapsed)) / period));
    wb.avgBandwidth = Math.max(1, Math.round(wb.avgBandwidth + (wb.writeBandwidth - wb.avgBandwidth) / 8));
    const ratio = positionRatio(Math.floor((freerunCeiling(l) + l.thresh) / 2), l.dirty, l.thresh);
    const task = (wb.dirtyRatelimit * ratio) / RATIO_ONE + 1, balanced = Math.min(wb.writeBandwidth, (task * wb.writeBandwidth) / (dirtied + 1));
    wb.dirtyRatelimit = Math.max(1, Math.round(wb.dirtyRatelimit + (balanced - wb.dirtyRatelimit) / 8));
  }
  wb.stampNs = k.now;
  wb.writtenStamp = b.nrWritten;
  wb.dirtiedStamp = b.nrDirtied;
}
const log2 = (n: number): number => 31 - Math.clz32(Math.max(1, n));
/** wb_max_pause() and wb_min_pause(), in jiffies. */
function pauses(k: Kernel, wb: Writeback, dirty: number): { readonly min: number; readonly max: number } {
  const hz = k.hz, slots = 1 << (log2(1 + Math.floor(hz / 8)) + 1), max = Math.min(Math.floor(dirty / (1 + Math.floor(wb.avgBandwidth / slots))) + 1, Math.floor(hz / 5));
  let min = Math.max(1, Math.floor(hz / 100));
  const high = log2(wb.avgBandwidth), low = log2(wb.dirtyRatelimit);
  if (high > low) min += Math.floor(((high - low) * 10 * hz) / 1024);
  return { min: Math.min(min, 1 + Math.floor(max / 2)), max };
}

/** balance_dirty_pages(): waits until the pages that this task has dirtied are paid for. */
const balanceDirtyPages = kfn('balance_dirty_pages', function* (k: Kernel, d: Dirtier): Timed<void> {
  const wb = must(k.mm.backing.wb, 'who dirties pages has a flusher');
  for (;;) {
    const l = domainDirtyLimits(k), freerun = freerunCeiling(l);
    if (!k.decide('dirty pages exceed the free run', l.dirty > freerun, l.dirty)) {
      d.pausedWhenNs = k.now;
      d.nrDirtied = 0;
      d.pauseAfter = dirtyPollInterval(l.dirty, l.thresh);
      break;
    }
    wbStartBackgroundWriteback(k);
    wbUpdateBandwidth(k, wb, l);
    const rate = Math.floor((wb.dirtyRatelimit * positionRatio(Math.floor((freerun + l.thresh) / 2), l.dirty, l.thresh)) / RATIO_ONE), { min, max } = pauses(k, wb, l.dirty);
    const period = rate === 0 ? max : Math.floor((k.hz * d.nrDirtied) / rate);
    let pause = rate === 0 ? max : period - Math.floor((k.now - d.pausedWhenNs) / k.tickNs);
    if (pause < min) {
      if (pause < -k.hz) { d.pausedWhenNs = k.now; d.nrDirtied = 0; } else if (period > 0) { d.pausedWhenNs += period * k.tickNs; d.nrDirtied = 0; }
      else if (d.pauseAfter <= d.nrDirtied) d.pauseAfter = d.nrDirtied + Math.floor(d.nrDirtied / 2) + 1;
      break;
    }
    pause = Math.min(pause, max);
    k.mark('balance_dirty_pages', d.nrDirtied, pause);
    vmGauges(k);
    setCurrentState(k, KILLABLE);
    yield* scheduleTimeout(k, jiffies(pause));
    d.pausedWhenNs = k.now;
    d.nrDirtied = 0;
    d.pauseAfter = Math.max(1, Math.floor((rate * min) / k.hz));
    if (rate > 0 || fatalSignalPending(k.current)) break;
  }
  if (k.mm.backing.nrDirty > domainDirtyLimits(k).background) wbStartBackgroundWriteback(k);
});
/** balance_dirty_pages_ratelimited(): after each page that was dirtied; looks only now and then. */
export const balanceDirtyPagesRatelimited = kfn('balance_dirty_pages_ratelimited', function* (k: Kernel): Timed<void> {
  const d = dirtierOf(k), l = domainDirtyLimits(k), limit = l.dirty > l.thresh ? Math.min(d.pauseAfter, 8) : d.pauseAfter;
  if (d.nrDirtied >= limit) yield* balanceDirtyPages(k, d);
});
