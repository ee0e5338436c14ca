/** mm/zsmalloc.c, v6.1: the pool of compressed pages as data: size classes, zspages, fullness groups. */
import { PAGE_BYTES } from '../../base/units.ts';

const CLASS_DELTA = 16, MIN_CLASS = 32, MAX_ZSPAGE_PAGES = 4, HANDLE = 8;
/** What a compressor adds to words that do not compress, and what the rest of a page, all zeros, comes to. Bytes; chosen. */
const OVERHEAD = 24;
/** huge_class_size: what compresses worse is kept as it is, in a page of its own. */
const HUGE = 3264;

export interface Zspage { readonly size: number; readonly pages: readonly number[]; readonly capacity: number; used: number }
/** A slab cache of small objects that do not move. They are taken to lie dense: a page goes back when one page less would hold them. */
export interface SmallCache { readonly perPage: number; used: number; readonly pages: number[] }
/** Objects of the slab caches zs_handle (8 bytes) and zspage (56 bytes) in a page. */
const HANDLES_PER_PAGE = 512, STRUCTS_PER_PAGE = 73;
export interface ZramPool {
  readonly almostFull: Map<number, Zspage[]>; // by class: zspages with room, more than three quarters used
  readonly almostEmpty: Map<number, Zspage[]>;
  readonly slots: (Zspage | undefined)[]; // by slot of swap
  readonly words: number[]; // by slot: random words of the page in it
  pages: number; // of the machine, with objects in them
  readonly handles: SmallCache;
  readonly structs: SmallCache; // struct zspage
  failed: number; // writes that found no memory
}
export const newZram = (): ZramPool => ({ almostFull: new Map(), almostEmpty: new Map(), slots: [], words: [], pages: 0, handles: { perPage: HANDLES_PER_PAGE, used: 0, pages: [] }, structs: { perPage: STRUCTS_PER_PAGE, used: 0, pages: [] }, failed: 0 });

/** Bytes of a page with `words` random 8-byte words, the rest zero, after compression. 0 = all of one value. */
export function compressedBytes(words: number): number {
  if (words <= 0) return 0;
  const bytes = words * 8 + OVERHEAD;
  return bytes >= HUGE ? PAGE_BYTES : bytes;
}
export const classSize = (bytes: number): number => (bytes >= PAGE_BYTES ? PAGE_BYTES : Math.max(MIN_CLASS, Math.ceil((bytes + HANDLE) / CLASS_DELTA) * CLASS_DELTA));
/** get_pages_per_zspage(): the number of pages that wastes least. */
export function pagesPerZspage(size: number): number {
  let best = 1, bestUse = 0;
  for (let n = 1; n <= MAX_ZSPAGE_PAGES; n++) {
    const all = n * PAGE_BYTES, use = Math.trunc(((all - (all % size)) * 100) / all);
    if (use > bestUse) { bestUse = use; best = n; }
  }
  return best;
}
export const group = (pool: ZramPool, z: Zspage): Map<number, Zspage[]> => (z.used * 4 > z.capacity * 3 ? pool.almostFull : pool.almostEmpty);
export function put(map: Map<number, Zspage[]>, z: Zspage): void {
  const list = map.get(z.size);
  if (list === undefined) map.set(z.size, [z]); else list.push(z);
}
export function drop(map: Map<number, Zspage[]>, z: Zspage): void {
  const list = map.get(z.size), i = list === undefined ? -1 : list.lastIndexOf(z);
  if (list !== undefined && i >= 0) list.splice(i, 1);
}
export const roomIn = (pool: ZramPool, size: number): Zspage | undefined => pool.almostFull.get(size)?.at(-1) ?? pool.almostEmpty.get(size)?.at(-1);
export function take(pool: ZramPool, z: Zspage): void {
  drop(group(pool, z), z);
  z.used++;
  if (z.used < z.capacity) put(group(pool, z), z);
}
