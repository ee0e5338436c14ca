/** Counters of /proc/vmstat that a report prints and that nobody keeps while the machine runs: from the words of its frames. */
import type { Kernel } from '../kernel.ts';
import { FRAME, FRAME_DIRTY, FRAME_TYPE_MASK, FRAME_UNEVICTABLE, FRAME_WRITEBACK, ownerBits } from './constants.ts';
import { LRU, type Pgdat, type Zone } from './mmzone.ts';

/** Of one node or of all, in pages. */
export interface NodeCounts {
  activeAnon: number; inactiveAnon: number; isolatedAnon: number; activeFile: number; inactiveFile: number; isolatedFile: number; unevictable: number;
  dirty: number; writeback: number; mapped: number; shmem: number; slabReclaimable: number; slabUnreclaimable: number; pageTables: number; kernelStack: number;
  /** NR_FILE_PAGES: files, shmem and the swap cache. */
  filePages: number;
  swapCache: number;
}
const none = (): NodeCounts => ({
  activeAnon: 0, inactiveAnon: 0, isolatedAnon: 0, activeFile: 0, inactiveFile: 0, isolatedFile: 0, unevictable: 0, dirty: 0, writeback: 0, mapped: 0, shmem: 0, slabReclaimable: 0,
  slabUnreclaimable: 0, pageTables: 0, kernelStack: 0, filePages: 0, swapCache: 0,
});

const OWNED = ownerBits(254);
/** Mapped files and shmem: pages with an owner, and locked ones, which are locked because they are mapped. */
const isMapped = (word: number): boolean => (word & (OWNED | FRAME_UNEVICTABLE)) !== 0;

/** Walks the frames of a node: some ns a frame, so some tens of ms where there are 64 GiB. */
function countFrames(k: Kernel, node: Pgdat, c: NodeCounts): void {
  const word = k.mm.word, byType = new Float64Array(FRAME_TYPE_MASK + 1);
  for (const z of node.zones) {
    for (let pfn = z.startPfn; pfn < z.endPfn; pfn++) {
      const w = word[pfn], type = w & FRAME_TYPE_MASK;
      byType[type]++;
      if (type !== FRAME.file && type !== FRAME.shmem && type !== FRAME.swapcache && type !== FRAME.anon) continue;
      if (w & FRAME_WRITEBACK) c.writeback++;
      if (type !== FRAME.file && type !== FRAME.shmem) continue;
      if (w & FRAME_DIRTY && type === FRAME.file) c.dirty++;
      if (isMapped(w)) c.mapped++;
    }
  }
  c.shmem += byType[FRAME.shmem]; c.swapCache += byType[FRAME.swapcache]; c.slabReclaimable += byType[FRAME.slabReclaimable]; c.slabUnreclaimable += byType[FRAME.slabUnreclaimable];
  c.pageTables += byType[FRAME.table]; c.kernelStack += byType[FRAME.stack]; c.filePages += byType[FRAME.file] + byType[FRAME.shmem] + byType[FRAME.swapcache];
}
/** Frames of one type in a zone. */
export function framesOf(k: Kernel, z: Zone, type: number): number {
  let n = 0;
  for (let pfn = z.startPfn; pfn < z.endPfn; pfn++) if ((k.mm.word[pfn] & FRAME_TYPE_MASK) === type) n++;
  return n;
}
/** node_page_state() of a node, for all counters at once. */
export function countNode(k: Kernel, node: Pgdat): NodeCounts {
  const c = none(), { lru } = node;
  c.activeAnon = lru[LRU.ACTIVE_ANON]; c.inactiveAnon = lru[LRU.INACTIVE_ANON]; c.activeFile = lru[LRU.ACTIVE_FILE]; c.inactiveFile = lru[LRU.INACTIVE_FILE]; c.unevictable = lru[LRU.UNEVICTABLE];
  c.isolatedAnon = node.nrIsolatedAnon; c.isolatedFile = node.nrIsolatedFile;
  countFrames(k, node, c);
  return c;
}
/** global_node_page_state(). */
export function sumNodes(nodes: readonly NodeCounts[]): NodeCounts {
  const sum = none();
  for (const n of nodes) for (const key of Object.keys(sum) as (keyof NodeCounts)[]) sum[key] += n[key];
  return sum;
}
