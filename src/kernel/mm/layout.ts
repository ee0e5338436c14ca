/**
 * Where free and used frames lie when the run begins. /proc says how many free blocks of each order and type a zone has, and how
 * many pageblocks of each type, not where they are: they are placed by the seed, so that no two free buddies stand side by side.
 */
import { assert } from '../../base/units.ts';
import { freeAtBoot, isFreeBlock } from './buddy.ts';
import { FRAME, FRAME_ACTIVE, FRAME_UNEVICTABLE, MAX_ORDER, MT, MT_COUNT, ORDERS, ownerBits } from './constants.ts';
import { isBuddy, type Mm, PAGEBLOCK_ORDER, PAGEBLOCK_PAGES, setOwner, type Zone } from './mmzone.ts';
import type { ZoneMap } from './memory_map.ts';

/** Draws 0 .. n - 1. */
export type Draw = (n: number) => number;

function shuffle(list: number[], draw: Draw): number[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = draw(i + 1), x = list[i];
    list[i] = list[j];
    list[j] = x;
  }
  return list;
}
/** Blocks of a zone of which only the number of free pages is known: nearly all large and movable, as a machine has them soon after boot. A guess (docs/model.md). */
export function freshBlocks(free: number): number[][] {
  const blocks = Array.from({ length: MT_COUNT }, () => new Array<number>(ORDERS).fill(0));
  const largest = Math.max(Math.floor((free * 0.98) / (1 << MAX_ORDER)), Math.floor(free / (1 << MAX_ORDER)) - 4);
  blocks[MT.movable][MAX_ORDER] = largest;
  let left = free - largest * (1 << MAX_ORDER);
  const turns = [MT.unmovable, MT.movable, MT.reclaimable];
  for (let o = PAGEBLOCK_ORDER, turn = 0; o >= 0; o--) {
    for (let n = 0; left >= 1 << o && n < 6; turn++, n++) {
      blocks[turns[turn % 3]][o]++;
      left -= 1 << o;
    }
  }
  blocks[MT.movable][0] += left;
  return blocks;
}

/** Lays out one zone: types of pageblocks, free blocks; what is left is for the used, the reserved and the missing frames. */
class ZoneLayout {
  readonly m: Mm;
  readonly z: Zone;
  readonly draw: Draw;
  readonly blocks: readonly (readonly number[])[];
  readonly mixed: number[][]; // pageblocks with room for small free blocks, by type
  constructor(m: Mm, z: Zone, map: ZoneMap, draw: Draw) {
    this.m = m; this.z = z; this.draw = draw;
    this.blocks = map.blocks ?? freshBlocks(map.free);
    this.mixed = Array.from({ length: MT_COUNT }, () => []);
    this.placeLarge(map.pageblocks);
    for (let o = PAGEBLOCK_ORDER - 1; o >= 0; o--) {
      for (let type = 0; type < MT_COUNT; type++) for (let n = this.blocks[type]?.[o] ?? 0; n > 0; n--) this.placeSmall(o, type);
    }
  }
  isTaken(pfn: number): boolean { return isBuddy(this.m, pfn); }
  put(pfn: number, order: number, type: number): void { freeAtBoot(this.m, this.z, pfn, order, type); }
  /** Blocks of a pageblock and more; then the other pageblocks get their types. */
  placeLarge(wanted: readonly number[] | undefined): void {
    const { m, z } = this, left = MT_COUNT_LIST.map((t) => wanted?.[t] ?? 0);
    const setType = (pfn: number, type: number): void => { m.blockTypes[pfn >>> PAGEBLOCK_ORDER] = type; left[type]--; };
    const chunks = shuffle(aligned(z, 1 << MAX_ORDER), this.draw);
    for (const type of MT_COUNT_LIST) {
      for (let n = this.blocks[type]?.[MAX_ORDER] ?? 0; n > 0; n--) {
        const pfn = chunks.pop();
        assert(pfn !== undefined, `zone ${z.name} has more free blocks of the largest order than room for them`);
        this.put(pfn, MAX_ORDER, type);
        setType(pfn, type);
        setType(pfn + PAGEBLOCK_PAGES, type);
      }
    }
    const singles = shuffle(aligned(z, PAGEBLOCK_PAGES).filter((p) => !this.isTaken(p)), this.draw);
    for (const type of MT_COUNT_LIST) {
      for (let n = this.blocks[type]?.[PAGEBLOCK_ORDER] ?? 0; n > 0; n--) {
        const at = singles.findIndex((p) => !this.freeBuddy(p, PAGEBLOCK_ORDER));
        assert(at >= 0, `zone ${z.name} has more free pageblocks than room for them`);
        const [pfn] = singles.splice(at, 1);
        this.put(pfn, PAGEBLOCK_ORDER, type);
        setType(pfn, type);
      }
    }
    this.typeTheRest(left, wanted !== undefined, setType);
  }
  typeTheRest(left: number[], known: boolean, setType: (pfn: number, type: number) => void): void {
    const { z } = this, rest: number[] = [];
    for (let p = z.startPfn & ~(PAGEBLOCK_PAGES - 1); p < z.endPfn; p += PAGEBLOCK_PAGES) if (p < z.startPfn || !this.isTaken(p)) rest.push(p);
    shuffle(rest, this.draw);
    const small = MT_COUNT_LIST.map((t) => this.smallPages(t));
    for (const p of rest) {
      let type: number = MT.movable;
      for (const t of [MT.unmovable, MT.reclaimable, MT.highatomic]) {
        if (known ? left[t] > 0 : small[t] > 0) { type = t; break; }
      }
      small[type] -= PAGEBLOCK_PAGES / 2;
      setType(p, type);
      this.mixed[type].push(p);
    }
  }
  smallPages(type: number): number {
    let sum = 0;
    for (let o = 0; o < PAGEBLOCK_ORDER; o++) sum += (this.blocks[type]?.[o] ?? 0) << o;
    return sum;
  }
  freeBuddy(pfn: number, order: number): boolean {
    const buddy = pfn ^ (1 << order);
    return isFreeBlock(this.m, this.z, buddy, order);
  }
  fits(pfn: number, order: number): boolean {
    const { z } = this;
    if (pfn < z.startPfn || pfn + (1 << order) > z.endPfn || this.freeBuddy(pfn, order)) return false;
    for (let p = pfn; p < pfn + (1 << order); p++) if (this.isTaken(p)) return false;
    return true;
  }
  /**
   * In a pageblock of its own type if there is room, else in any. Small blocks of kernel types are what is left of the pageblock that
   * was split last, so they are packed; movable ones lie anywhere.
   */
  placeSmall(order: number, type: number): void {
    const own = this.mixed[type], slots = PAGEBLOCK_PAGES >> order;
    for (let tries = 0; type === MT.movable && own.length > 0 && tries < 40; tries++) {
      const pfn = own[this.draw(own.length)] + (this.draw(slots) << order);
      if (this.fits(pfn, order)) { this.put(pfn, order, type); return; }
    }
    for (const list of [own, ...this.mixed]) {
      for (const block of list) for (let s = 0; s < slots; s++) if (this.fits(block + (s << order), order)) { this.put(block + (s << order), order, type); return; }
    }
    throw new Error(`zone ${this.z.name} has more free blocks of order ${order} than room for them`);
  }
  /** Frames that no free block covers, in the order of their numbers. */
  untaken(): number[] {
    const out: number[] = [];
    for (let p = this.z.startPfn; p < this.z.endPfn; p++) if (!this.isTaken(p)) out.push(p);
    return out;
  }
}
const MT_COUNT_LIST = Array.from({ length: MT_COUNT }, (_, t) => t);
function aligned(z: Zone, size: number): number[] {
  const out: number[] = [];
  for (let p = Math.ceil(z.startPfn / size) * size; p + size <= z.endPfn; p += size) out.push(p);
  return out;
}

/** Frames of one zone that are used and managed, by preference of their pageblock: what a caller hands to their users. */
export interface UsedFrames { readonly zone: Zone; readonly byType: number[][] }

/** Lays out a zone and marks what is missing (holes) and what the kernel never gave to the allocator (reserved). */
export function layoutZone(m: Mm, z: Zone, map: ZoneMap, draw: Draw): UsedFrames {
  const layout = new ZoneLayout(m, z, map, draw), rest = layout.untaken();
  let holes = z.spanned - z.present, reserved = z.present - z.managed;
  const byType: number[][] = Array.from({ length: MT_COUNT }, () => []);
  const video = z.startPfn < 256 ? rest.findIndex((p) => p >= 160) : -1; // below 1 MiB the gap is where video memory is
  const hole = new Set(rest.splice(Math.max(0, video >= 0 ? Math.min(video, rest.length - holes) : rest.length - holes), holes));
  holes -= hole.size;
  assert(holes === 0, `zone ${z.name} has more free pages than are present`);
  for (const p of hole) m.word[p] = FRAME.hole;
  // what the kernel keeps from boot (its image, the page structs) lies in pageblocks that kept their first type, Movable
  for (const inMovable of [true, false]) {
    for (const p of rest) {
      if ((m.blockType(p) === MT.movable) !== inMovable) continue;
      if (reserved > 0) { m.word[p] = FRAME.reserved; reserved--; } else byType[m.blockType(p)].push(p);
    }
  }
  return { zone: z, byType };
}

/** What is in use, in pages of the whole machine; see UsageSpec of the scenario's format, whose fields these are. */
export interface Usage {
  readonly inactiveAnon: number; readonly activeAnon: number; readonly inactiveFile: number; readonly activeFile: number; readonly unevictable: number; readonly shmem: number;
  readonly slabReclaimable: number; readonly slabUnreclaimable: number; readonly kernelStack: number; readonly pageTables: number;
}
/** Gives the used frames their users: movable ones from movable pageblocks first, and so on; the highest zone first. What is left is the kernel's. */
export function fillUsed(m: Mm, used: readonly UsedFrames[], usage: Usage, onLru: (pfn: number) => void): void {
  const shmemOn = Math.min(usage.shmem, usage.unevictable + usage.inactiveAnon), owner = ownerBits(0);
  const wants: [number, number, number, boolean][] = [ // pages, word, type of pageblock, on a list
    [Math.min(usage.unevictable, shmemOn), FRAME.shmem | FRAME_UNEVICTABLE, MT.movable, true],
    [Math.max(0, usage.unevictable - shmemOn), FRAME.anon | FRAME_UNEVICTABLE | owner, MT.movable, true],
    [usage.inactiveAnon, FRAME.anon | owner, MT.movable, true], [usage.activeAnon, FRAME.anon | FRAME_ACTIVE | owner, MT.movable, true],
    [usage.inactiveFile, FRAME.file, MT.movable, true], [usage.activeFile, FRAME.file | FRAME_ACTIVE, MT.movable, true],
    [usage.slabReclaimable, FRAME.slabReclaimable, MT.reclaimable, false], [usage.slabUnreclaimable, FRAME.slabUnreclaimable, MT.unmovable, false],
    [usage.kernelStack, FRAME.stack, MT.unmovable, false], [usage.pageTables, FRAME.table, MT.unmovable, false],
  ];
  const zones = [...used].reverse();
  for (const [pages, word, type, listed] of wants) {
    let left = pages;
    for (const t of [type, MT.unmovable, MT.reclaimable, MT.movable, MT.highatomic]) {
      for (const u of zones) {
        for (; left > 0 && u.byType[t].length > 0; left--) {
          const pfn = u.byType[t].pop() as number;
          m.word[pfn] = word;
          if (word >>> 8 === 1) setOwner(m, pfn, 0);
          if (listed) onLru(pfn);
        }
      }
    }
  }
  for (const u of zones) for (const list of u.byType) for (const pfn of list) m.word[pfn] = FRAME.kernel;
}
