/** block/blk.h, block/blk-merge.c: bios, and the requests that a device sees. */
import type { Kernel } from '../kernel.ts';

/** Pages that go to or from consecutive places of one device, and what is done when they are there. */
export interface Bio { readonly write: boolean; readonly sector: number; readonly pages: number; readonly end: (k: Kernel) => void }
/** Bios that the device sees as one. */
export class Request {
  readonly write: boolean;
  readonly sector: number; // in pages of the device
  readonly bios: Bio[];
  pages: number;
  doneAt: number; // ns, once the device has it
  constructor(bio: Bio) { this.write = bio.write; this.sector = bio.sector; this.bios = [bio]; this.pages = bio.pages; this.doneAt = 0; }
}
/** max_sectors_kb of most devices: 1280 kB. */
const MAX_PAGES = 320;

/** bio_attempt_back_merge(). */
export function backMerge(r: Request, bio: Bio): boolean {
  if (r.write !== bio.write || r.sector + r.pages !== bio.sector || r.pages + bio.pages > MAX_PAGES) return false;
  r.bios.push(bio);
  r.pages += bio.pages;
  return true;
}
