/**
 * fs/inode.c, mm/filemap.c struct address_space, v6.1: files that have pages in memory. What a page of a file is, is in Mm.owner
 * (-2 less the file's id; -1 = a page of some file that the run does not know) and Mm.vpn (its index).
 */
import type { MmStruct, Vma } from './mm_types.ts';
import { type Mm, ownerOf } from './mmzone.ts';
import type { BlockDevice } from '../block/device.ts';

/** Nothing is kept of this page: neither a frame nor a shadow. Shadows are numbers below it (workingset.ts). */
export const ABSENT = -1;
/** Groups of 64 indices of one tree that have a node (xa_nodes.ts). */
export type XaNodes = Set<number>;

export class MappedFile {
  readonly id: number;
  readonly name: string;
  readonly device: BlockDevice;
  readonly firstSector: number; // in pages of the device
  pages: Int32Array; // i_pages: by index: frame, ABSENT, or a shadow
  nrPages: number; // in memory
  readonly nodes: XaNodes; // of the tree of its pages
  readonly dirty: Set<number>; // PAGECACHE_TAG_DIRTY: indices, in the order in which they became dirty
  dirtiedWhen: number; // ns at which the first of them did
  writing: number; // PAGECACHE_TAG_WRITEBACK: pages on their way to the device
  readonly mappings: { readonly mm: MmStruct; readonly vma: Vma; readonly offset: number }[]; // i_mmap
  constructor(id: number, name: string, device: BlockDevice, firstSector: number, pages: number) {
    this.id = id; this.name = name; this.device = device; this.firstSector = firstSector; this.pages = new Int32Array(pages).fill(ABSENT); this.nrPages = 0; this.nodes = new Set();
    this.dirty = new Set(); this.dirtiedWhen = 0; this.writing = 0; this.mappings = [];
  }
}
/** The file that a page of the page cache belongs to; null = one that the run does not know. */
export const fileOf = (m: Mm, pfn: number): MappedFile | null => (ownerOf(m, pfn) <= -2 ? m.backing.files[-2 - ownerOf(m, pfn)] : null);
export const fileOwner = (file: MappedFile): number => -2 - file.id;
