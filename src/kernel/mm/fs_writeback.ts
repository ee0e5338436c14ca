/**
 * fs/fs-writeback.c, v6.1: the flusher, a work item of the unbound queue `writeback`. It writes while the background threshold is
 * exceeded, what reclaim asks for, and what has been dirty for 30 s. Left out: inodes' own lists (files take turns), sync, cgroups.
 */
import { jiffies, must, ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { blkFinishPlug, blkStartPlug, submitBio } from '../block/plug.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { condResched } from '../sched/core.ts';
import { queueDelayedWork, Work, Workqueue } from '../workqueue.ts';
import type { Writeback } from './backing.ts';
import { FRAME_DIRTY, FRAME_WRITEBACK } from './constants.ts';
import { domainDirtyLimits, wbCalcThresh } from './dirty_limits.ts';
import { folioEndWriteback, folioStartWriteback } from './end_writeback.ts';
import { fileOf, type MappedFile } from './files.ts';
import { PG, setFlag, testFlag } from './page_flags.ts';
import { folioClearDirty } from './page_writeback.ts';
import { vmGauges } from './vm_gauges.ts';
import { bandwidthIsOld, newWriteback, wbBandwidthEstimateStart, wbUpdateBandwidth } from './wb_bandwidth.ts';

const MIN_WRITEBACK_PAGES = 1024; // 4 MiB
const BIO_PAGES = 256;
const INTERVAL_S = 5, EXPIRE_NS = 30e9; // dirty_writeback_centisecs, dirty_expire_centisecs
const DIRTY_SCOPE = 8;

/** The flusher of the machine's disk, made when something is first written. */
export function flusherOf(k: Kernel): Writeback {
  const b = k.mm.backing;
  if (b.wb !== null) return b.wb;
  const queue = new Workqueue(k, 'writeback', { unbound: true, memReclaim: true }), work = new Work(k, (k) => wbWorkfn(k));
  b.wb = newWriteback(k, queue, work);
  return b.wb;
}
/** Pages of one run: next to each other in the file, and so on the disk. */
function submitRun(k: Kernel, file: MappedFile, first: number, frames: readonly number[]): ReturnType<typeof submitBio> {
  return submitBio(k, file.device, {
    write: true, sector: file.firstSector + first, pages: frames.length,
    end: (k) => { for (const pfn of frames) folioEndWriteback(k, pfn); },
  });
}
/** do_writepages(): up to `nr` dirty pages of a file, in runs. Returns those that went to the disk. */
export const doWritepages = kfn('do_writepages', function* (k: Kernel, file: MappedFile, nr: number): Timed<number> {
  const m = k.mm;
  const wb = flusherOf(k);
  let run: number[] = [], first = 0, written = 0;
  wbBandwidthEstimateStart(k, wb);
  blkStartPlug(k);
  for (const index of [...file.dirty].slice(0, nr)) {
    if (run.length > 0 && (index !== first + run.length || run.length >= BIO_PAGES)) { yield* submitRun(k, file, first, run); run = []; } // may sleep: look at the page only afterwards
    const pfn = file.pages[index];
    if (pfn === undefined || pfn < 0 || !(m.word[pfn] & FRAME_DIRTY) || m.word[pfn] & FRAME_WRITEBACK || testFlag(m, pfn, PG.LOCKED)) continue;
    if (run.length === 0) first = index;
    folioClearDirty(k, pfn);
    folioStartWriteback(k, pfn);
    run.push(pfn);
    written++;
    yield spend(ns(m.costs.writeback_page));
  }
  if (run.length > 0) yield* submitRun(k, file, first, run);
  yield* blkFinishPlug(k);
  if (bandwidthIsOld(k, wb)) wbUpdateBandwidth(k, wb);
  return written;
});
/** The file system's ->writepage: one dirty page, locked by reclaim, goes to the disk on its own. */
export const writepage = kfn('writepage', function* (k: Kernel, pfn: number): Timed<'writeback'> {
  const m = k.mm, file = must(fileOf(m, pfn), 'a dirty page belongs to a file');
  folioClearDirty(k, pfn);
  setFlag(m, pfn, PG.RECLAIM);
  m.count('nr_vmscan_write');
  k.mark('mm_vmscan_write_folio', pfn);
  folioStartWriteback(k, pfn);
  yield* submitRun(k, file, m.vpn[pfn], [pfn]);
  return 'writeback';
});
/** writeback_sb_inodes(): files take turns with a chunk each. Returns the pages written. */
const writebackSbInodes = kfn('writeback_sb_inodes', function* (k: Kernel, wb: Writeback, only: (f: MappedFile) => boolean): Timed<number> {
  let written = 0;
  const chunk = Math.floor((Math.min(Math.floor(wb.avgBandwidth / 2), Math.floor(k.mm.backing.domain.limit / DIRTY_SCOPE)) + MIN_WRITEBACK_PAGES) / MIN_WRITEBACK_PAGES) * MIN_WRITEBACK_PAGES;
  for (const f of k.mm.backing.files) {
    if (f.dirty.size === 0 || !only(f)) continue;
    written += yield* doWritepages(k, f, chunk);
    f.dirtiedWhen = k.now;
    yield* condResched(k);
  }
  return written;
});
/** wb_over_bg_thresh(): also while the disk has not written anything yet, as its part of the threshold is nothing then. */
const wbOverBgThresh = (k: Kernel, wb: Writeback): boolean => k.mm.backing.nrDirty > wbCalcThresh(wb, domainDirtyLimits(k).background);

/** wb_workfn(): as long as there is something to do; then again in five seconds, if anything is dirty. */
const wbWorkfn = kfn('wb_workfn', function* (k: Kernel): Timed<void> {
  const b = k.mm.backing, wb = flusherOf(k);
  if (wb.startAll) {
    wb.startAll = false;
    k.decide('reclaim asks for all dirty pages to be written', true, b.nrDirty);
    for (let left = b.nrDirty; left > 0;) { const n = yield* writebackSbInodes(k, wb, () => true); if (n === 0) break; left -= n; }
  }
  yield* writebackSbInodes(k, wb, (f) => k.now - f.dirtiedWhen > EXPIRE_NS);
  while (k.decide('more is dirty than the background threshold', wbOverBgThresh(k, wb), b.nrDirty)) {
    const n = yield* writebackSbInodes(k, wb, () => true);
    if (n === 0) break;
  }
  vmGauges(k);
  if (b.nrDirty > 0) queueDelayedWork(k, wb.queue, wb.work, jiffies(INTERVAL_S * k.hz));
});
