/**
 * mm/rmap.c, v6.1: who maps a page. Anonymous pages: Mm.owner, Mm.vpn and Mm.sharers (a fork keeps the address); file pages: the
 * mappings of their file. Left out: the locks of anon_vma and i_mmap, large folios, KSM.
 */
import type { Kernel } from '../kernel.ts';
import { FRAME, FRAME_TYPE_MASK } from './constants.ts';
import { fileOf } from './files.ts';
import type { MmStruct, Vma } from './mm_types.ts';
import { ownerOf } from './mmzone.ts';
import { PG, testClearFlag } from './page_flags.ts';

export interface Mapping { readonly mm: MmStruct; readonly vpn: number; readonly vma: Vma | undefined }

const vmaAt = (mm: MmStruct, vpn: number): Vma | undefined => mm.vmas.find((v) => vpn >= v.start && vpn < v.end);
const maps = (mm: MmStruct, vpn: number, pfn: number): boolean => vpn < mm.pages.length && mm.pages[vpn] === pfn;

function anonMappings(k: Kernel, pfn: number): Mapping[] {
  const m = k.mm, owner = ownerOf(m, pfn), vpn = m.vpn[pfn], out: Mapping[] = [];
  if (owner < 0) return out;
  for (const id of m.sharers.get(pfn) ?? [owner]) if (maps(m.mms[id], vpn, pfn)) out.push({ mm: m.mms[id], vpn, vma: vmaAt(m.mms[id], vpn) });
  return out;
}
function fileMappings(k: Kernel, pfn: number): Mapping[] {
  const m = k.mm, file = fileOf(m, pfn), index = m.vpn[pfn], out: Mapping[] = [];
  if (file === null) return out;
  for (const { mm, vma, offset } of file.mappings) {
    const vpn = vma.start + index - offset;
    if (vpn >= vma.start && vpn < vma.end && maps(mm, vpn, pfn)) out.push({ mm, vpn, vma });
  }
  return out;
}
/** rmap_walk(): every pte that maps the frame. */
export const rmapWalk = (k: Kernel, pfn: number): Mapping[] => ((k.mm.word[pfn] & FRAME_TYPE_MASK) === FRAME.file ? fileMappings(k, pfn) : anonMappings(k, pfn));

/** Pages that were in use before the run belong to pid 1, which has locked its memory; its page table is not kept. */
export const ofInit = (k: Kernel, pfn: number): boolean => ownerOf(k.mm, pfn) === 0 && !maps(k.mm.mms[0], k.mm.vpn[pfn], pfn);

/** `looked`: ptes around the used ones that were looked at too (lru_gen_look_around()). */
export interface References { readonly ptes: number; readonly locked: boolean; readonly exec: boolean; readonly looked: number }
/** folio_referenced(): was it used through a pte since the last look? Clears what it finds. */
export function folioReferenced(k: Kernel, pfn: number): References {
  const young = testClearFlag(k.mm, pfn, PG.YOUNG), at = rmapWalk(k, pfn);
  const looked = young && k.mm.gens !== null ? at.reduce((n, a) => n + (k.mm.era.generations?.lookAround(k, pfn, a.mm, a.vpn, a.vma) ?? 0), 0) : 0;
  return { looked, ptes: young && at.length > 0 ? 1 : 0, locked: at.some((a) => a.vma?.locked === true) || ofInit(k, pfn), exec: at.some((a) => a.vma?.kind === 'text') };
}
