/**
 * Free blocks as the judge sees them: where each stands and of which order, derived from the frames that are free at the start
 * and then from the rows. On which list a block of the start stands is not in the first state: it is learned from the row that
 * first names it, and until then only its order is held against the counts.
 */
import type { MachineShape } from '../format/machine.ts';
import { FRAME, FRAME_TYPE_MASK, MAX_ORDER, MT, MT_COUNT, MT_NAMES, ORDERS } from '../format/rows.ts';
import type { MachineState } from '../format/state.ts';
import type { Findings } from './judge_findings.ts';

const UNKNOWN = 7;
const PAGEBLOCK_ORDER = 9;
const listName = (type: number): string => (type < MT_COUNT ? MT_NAMES[type] : `type ${type}`);

export class Blocks {
  readonly shape: MachineShape;
  readonly say: Findings;
  readonly head: Uint8Array; // by pfn: order + 1 where a free block begins
  readonly list: Uint8Array; // by pfn of a block: type of its list, UNKNOWN
  readonly apart: Uint8Array; // by pageblock: was of a type that is never merged with others
  readonly counts: Int32Array; // (zone * ORDERS + order) * MT_COUNT + type, from the rows alone
  readonly apartAtStart: readonly boolean[]; // by zone: pageblocks of such a type are there, nobody says where
  constructor(shape: MachineShape, initial: MachineState, say: Findings) {
    this.shape = shape; this.say = say;
    this.head = new Uint8Array(shape.frames);
    this.list = new Uint8Array(shape.frames).fill(UNKNOWN);
    this.apart = new Uint8Array((shape.frames >>> PAGEBLOCK_ORDER) + 1);
    this.counts = initial.buddy.slice();
    this.apartAtStart = shape.zones.map((_, z) => this.sumOfTypes(z, (t) => t >= MT.highatomic) > 0);
    shape.zones.forEach((_, z) => { this.find(z, initial.frames); });
  }
  private sumOfTypes(zone: number, wanted: (type: number) => boolean): number {
    let sum = 0;
    for (let o = 0; o < ORDERS; o++) for (let t = 0; t < MT_COUNT; t++) if (wanted(t)) sum += this.counts[(zone * ORDERS + o) * MT_COUNT + t];
    return sum;
  }
  /** The blocks of a zone at the start: as large as free frames and alignment allow, which is how they stand when all buddies are merged. */
  private find(zone: number, frames: Uint16Array): void {
    const z = this.shape.zones[zone], end = z.startPfn + z.spanned;
    const free = (p: number): boolean => (frames[p] & FRAME_TYPE_MASK) === FRAME.buddy;
    for (let p = z.startPfn; p < end;) {
      let run = p;
      while (run < end && free(run)) run++;
      if (run === p) { p++; continue; }
      while (p < run) {
        let o = 0;
        while (o < MAX_ORDER && p % (2 << o) === 0 && p + (2 << o) <= run) o++;
        this.head[p] = o + 1;
        p += 1 << o;
      }
    }
  }
  /** Frames of free blocks of one zone. */
  freePages(zone: number): number {
    let sum = 0;
    for (let o = 0; o < ORDERS; o++) for (let t = 0; t < MT_COUNT; t++) sum += this.counts[(zone * ORDERS + o) * MT_COUNT + t] << o;
    return sum;
  }

  private count(zone: number, order: number, type: number, by: number): void {
    if (type >= MT_COUNT) { this.say.tell('buddy-blocks', `expected a list of one of ${MT_COUNT} types, found type ${type}`); return; }
    const at = (zone * ORDERS + order) * MT_COUNT + type;
    this.counts[at] += by;
    if (this.counts[at] < 0) {
      this.say.tell('no-negative', `${this.counts[at]} free blocks of order ${order} on the ${listName(type)} list of zone ${this.shape.zones[zone].name}`);
      this.counts[at] = 0;
    }
  }
  /** Takes the block that must stand at `pfn` off its list. False: it is not there. */
  private remove(zone: number, pfn: number, order: number, type: number): boolean {
    this.count(zone, order, type, -1);
    if (this.head[pfn] !== order + 1) {
      this.say.tell('buddy-blocks', `expected a free block of order ${order} at pfn ${pfn}, found ${this.head[pfn] === 0 ? 'none' : `one of order ${this.head[pfn] - 1}`}`);
      this.clear(pfn, order);
      return false;
    }
    if (this.list[pfn] !== UNKNOWN && this.list[pfn] !== type) this.say.tell('buddy-blocks', `expected the block at pfn ${pfn} on the ${listName(type)} list, it is on the ${listName(this.list[pfn])} list`);
    this.head[pfn] = 0;
    this.list[pfn] = UNKNOWN;
    return true;
  }
  private add(zone: number, pfn: number, order: number, type: number): void {
    this.count(zone, order, type, 1);
    this.head[pfn] = order + 1;
    this.list[pfn] = type;
  }
  /** After a row that cannot be true: nothing that begins in this range is a block any more. */
  private clear(pfn: number, order: number): void {
    this.head.fill(0, pfn, pfn + (1 << order));
    this.list.fill(UNKNOWN, pfn, pfn + (1 << order));
  }

  /** A block of order `from` is split down to `order`; the halves without `pfn` go back to the list. */
  take(zone: number, pfn: number, order: number, from: number, type: number): void {
    if (from < order || from > MAX_ORDER) { this.say.tell('buddy-blocks', `expected to split order ${from} into order ${order}`); return; }
    let at = pfn & -(1 << from);
    if (!this.remove(zone, at, from, type)) return;
    for (let o = from - 1; o >= order; o--) {
      const upper = at + (1 << o), wanted = pfn >= upper;
      this.add(zone, wanted ? at : upper, o, type);
      if (wanted) at = upper;
    }
  }
  /** A block comes back and is merged up to order `merged`; `types`: the lists of the buddies, 3 bits an order. */
  free(zone: number, pfn: number, order: number, merged: number, type: number, types: number): void {
    if (merged < order || merged > MAX_ORDER) { this.say.tell('buddy-blocks', `expected to merge order ${order} into order ${merged}`); return; }
    let at = pfn;
    for (let o = order; o < merged; o++) {
      this.remove(zone, at ^ (1 << o), o, (types >>> (o * 3)) & 7);
      at &= ~(1 << o);
    }
    this.clear(at, merged);
    this.add(zone, at, merged, type);
    this.checkMerged(zone, at, merged);
  }
  move(zone: number, pfn: number, order: number, before: number, after: number): void {
    if (this.remove(zone, pfn, order, before)) this.add(zone, pfn, order, after);
  }
  /** A pageblock changes type: those that are set apart for good reason stay unmerged, also after they are given back. */
  typed(pfn: number, before: number, after: number): void {
    if (before >= MT.highatomic || after >= MT.highatomic) this.apart[pfn >>> PAGEBLOCK_ORDER] = 1;
  }

  private checkMerged(zone: number, pfn: number, order: number): void {
    const z = this.shape.zones[zone], buddy = pfn ^ (1 << order);
    if (order >= MAX_ORDER || buddy < z.startPfn || buddy + (1 << order) > z.startPfn + z.spanned || this.head[buddy] !== order + 1) return;
    if (order >= PAGEBLOCK_ORDER && (this.apartAtStart[zone] || this.apart[pfn >>> PAGEBLOCK_ORDER] === 1 || this.apart[buddy >>> PAGEBLOCK_ORDER] === 1)) return;
    this.say.tell('buddies-merged', `free blocks of order ${order} at pfn ${Math.min(pfn, buddy)} and ${Math.max(pfn, buddy)} of zone ${z.name} are not merged`);
  }
  /** Everything at once: blocks against counts, buddies, and free frames outside blocks. `isFree`: by the judge's own book of frames. */
  checkAll(isFree: (pfn: number) => boolean): void {
    this.shape.zones.forEach((z, zone) => {
      const found = new Int32Array(ORDERS), known = new Int32Array(ORDERS * MT_COUNT);
      const end = z.startPfn + z.spanned;
      for (let p = z.startPfn; p < end;) {
        if (this.head[p] === 0) {
          if (isFree(p)) this.say.tell('buddy-blocks', `pfn ${p} is free and in no free block`);
          p++;
          continue;
        }
        const order = this.head[p] - 1;
        found[order]++;
        if (this.list[p] !== UNKNOWN) known[order * MT_COUNT + this.list[p]]++;
        for (let i = p; i < p + (1 << order); i++) if (!isFree(i)) { this.say.tell('buddy-blocks', `pfn ${i} is in a free block and not free`); break; }
        this.checkMerged(zone, p, order);
        p += 1 << order;
      }
      this.compare(zone, found, known);
    });
  }
  private compare(zone: number, found: Int32Array, known: Int32Array): void {
    const { name } = this.shape.zones[zone];
    for (let o = 0; o < ORDERS; o++) {
      let counted = 0;
      for (let t = 0; t < MT_COUNT; t++) {
        const n = this.counts[(zone * ORDERS + o) * MT_COUNT + t];
        counted += n;
        if (known[o * MT_COUNT + t] > n) this.say.tell('free-counts', `zone ${name} counts ${n} free blocks of order ${o} on the ${listName(t)} list, ${known[o * MT_COUNT + t]} are there`);
      }
      if (counted !== found[o]) this.say.tell('free-counts', `zone ${name} counts ${counted} free blocks of order ${o}, its frames make ${found[o]}`);
    }
  }
}
