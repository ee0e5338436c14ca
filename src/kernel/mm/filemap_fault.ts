/**
 * mm/filemap.c filemap_fault(), filemap_map_pages(), mm/memory.c do_read_fault(), v6.1: a page of a mapped file. Faults of reading
 * only; up to 16 neighbours that are in memory are mapped with it.
 */
import { must, ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { newReadahead, type Readahead } from './backing.ts';
import { filemapGetPages } from './filemap.ts';
import type { MappedFile } from './files.ts';
import { type Fault, mmap, pteAlloc, setPte, tableOf } from './memory.ts';
import { type MmStruct, UNMAPPED, type Vma } from './mm_types.ts';
import { PG, setFlag, testFlag } from './page_flags.ts';
import { pageCacheRaUnbounded, RA_PAGES } from './readahead.ts';
import { RSS } from './rss.ts';

const FAULT_AROUND = 16; // fault_around_bytes, pages
const MMAP_LOTSAMISS = 100;

/** mmap() of a file for reading, from its page `offset` on. */
export function mmapFile(k: Kernel, m: MmStruct, file: MappedFile, offset: number, pages: number, kind: 'file' | 'text' = 'file'): Vma {
  const vma = mmap(m, pages, kind, { shared: true });
  file.mappings.push({ mm: m, vma, offset });
  k.mm.backing.vmaFiles.set(vma, { file, offset, ra: newReadahead() });
  return vma;
}
function setFilePte(k: Kernel, m: MmStruct, vpn: number, pfn: number): void {
  setPte(m, vpn, pfn);
  m.rss[RSS.file]++;
  setFlag(k.mm, pfn, PG.YOUNG);
}
/** filemap_map_pages(): neighbours in memory, up to date and unlocked, inside one page table. Returns how many it has mapped. */
function faultAround(k: Kernel, m: MmStruct, vma: Vma, file: MappedFile, offset: number, vpn: number): number {
  const first = Math.max(vma.start, vpn & ~(FAULT_AROUND - 1)), end = Math.min(vma.end, (vpn & ~(FAULT_AROUND - 1)) + FAULT_AROUND);
  let mapped = 0;
  for (let v = first; v < end; v++) {
    const pfn = file.pages[v - vma.start + offset];
    if (pfn === undefined || pfn < 0 || testFlag(k.mm, pfn, PG.LOCKED | PG.READAHEAD)) continue;
    if (v >= m.pages.length || m.pages[v] === UNMAPPED) { setFilePte(k, m, v, pfn); mapped++; }
  }
  return mapped;
}
/** do_sync_mmap_readahead(): the pages around, unless such reading has missed a hundred times more than it hit. */
const doSyncMmapReadahead = kfn('do_sync_mmap_readahead', function* (k: Kernel, file: MappedFile, ra: Readahead, index: number): Timed<void> {
  ra.mmapMiss = Math.min(ra.mmapMiss + 1, MMAP_LOTSAMISS * 10);
  if (k.decide('reading around has missed too often', ra.mmapMiss > MMAP_LOTSAMISS, ra.mmapMiss)) return;
  ra.start = Math.max(0, index - RA_PAGES / 2);
  ra.size = RA_PAGES;
  ra.asyncSize = RA_PAGES / 4;
  yield* pageCacheRaUnbounded(k, file, ra.start, ra.size, ra.asyncSize);
});
/** do_read_fault(). Context: mmap_lock held for reading. */
export const doReadFault = kfn('do_read_fault', function* (k: Kernel, m: MmStruct, vma: Vma, vpn: number): Timed<Fault> {
  const { file, offset, ra } = must(k.mm.backing.vmaFiles.get(vma), 'a mapping of a file has one'), index = vpn - vma.start + offset;
  if (!m.tables.has(tableOf(vpn)) && !(yield* pteAlloc(k, m, vpn))) return 'oom';
  const cached = file.pages[index];
  if (cached >= 0 && !testFlag(k.mm, cached, PG.LOCKED)) {
    if (ra.mmapMiss > 0) ra.mmapMiss--;
    yield spend(ns(k.mm.costs.map_page * faultAround(k, m, vma, file, offset, vpn)));
    if (m.pages[vpn] >= 0) return 'ok';
  } else if (cached < 0) {
    k.mm.count('pgmajfault');
    yield* doSyncMmapReadahead(k, file, ra, index);
  }
  const pfn = yield* filemapGetPages(k, { file, ra }, index, 1);
  if (pfn < 0) return 'oom';
  if (vpn >= m.pages.length || m.pages[vpn] === UNMAPPED) setFilePte(k, m, vpn, pfn);
  return 'ok';
});
