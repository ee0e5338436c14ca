/** /proc/buddyinfo and /proc/pagetypeinfo: free blocks by zone, order and type. */
import type { Result } from '../base/result.ts';
import { MT, MT_COUNT, ORDERS } from '../format/rows.ts';
import { attempt, quote, readCount, refuse, toLines } from './text.ts';

/** Free blocks by order, keyed `node zone`. */
export type Buddyinfo = ReadonlyMap<string, readonly number[]>;
export interface PagetypeZone {
  /** blocks[type][order], types as MT; null where the kernel stopped counting (it prints '>100000'). */
  blocks: number[][] | null;
  /** Pageblocks by type; null when that table is missing. */
  pageblocks: number[] | null;
}
export type Pagetypeinfo = ReadonlyMap<string, PagetypeZone>;
export const zoneKey = (node: number, zone: string): string => `${node} ${zone}`;

/** Numbers of the rest of a line from column `at` on. */
function numbersFrom(line: string, at: number, what: string, n: number): number[] {
  const out: number[] = [];
  const token = /\S+/g;
  token.lastIndex = at;
  for (let m = token.exec(line); m !== null; m = token.exec(line)) out.push(readCount(m[0], what, n, m.index));
  return out;
}
const needOrders = (counts: readonly number[], n: number): void => {
  if (counts.length !== ORDERS) refuse(`expected ${ORDERS} counts (orders 0 to ${ORDERS - 1}), found ${counts.length}`, n, 1);
};

export const parseBuddyinfo = (text: string): Result<Buddyinfo> => attempt(() => {
  const out = new Map<string, readonly number[]>();
  toLines(text).forEach((line, i) => {
    if (line.trim() === '') return;
    const m = /^\s*Node\s+(\d+),\s*zone\s+(\S+)\s/.exec(line);
    if (m === null) return refuse(`expected 'Node N, zone NAME' and ${ORDERS} counts, found ${quote(line.trim())}`, i + 1, 1);
    const counts = numbersFrom(line, m[0].length, `free blocks of zone ${m[2]}`, i + 1);
    needOrders(counts, i + 1);
    out.set(zoneKey(Number(m[1]), m[2]), counts);
  });
  if (out.size === 0) refuse('expected the text of /proc/buddyinfo, found nothing', 1, 1);
  return out;
});

const TYPE_ROWS: Readonly<Record<string, number>> = { Unmovable: MT.unmovable, Movable: MT.movable, Reclaimable: MT.reclaimable, HighAtomic: MT.highatomic, Isolate: MT.isolate, CMA: MT.movable };
const typeRow = (name: string, n: number, at: number): number => {
  if (!Object.hasOwn(TYPE_ROWS, name)) refuse(`expected a migrate type (${Object.keys(TYPE_ROWS).join(', ')}), found ${quote(name)}`, n, at + 1);
  return TYPE_ROWS[name];
};

export const parsePagetypeinfo = (text: string): Result<Pagetypeinfo> => attempt(() => {
  const out = new Map<string, PagetypeZone>();
  const zoneOf = (node: string, name: string): PagetypeZone => {
    const key = zoneKey(Number(node), name);
    const zone = out.get(key) ?? { blocks: Array.from({ length: MT_COUNT }, () => new Array<number>(ORDERS).fill(0)), pageblocks: null };
    out.set(key, zone);
    return zone;
  };
  let types: string[] = [];
  toLines(text).forEach((line, i) => {
    let m: RegExpExecArray | null;
    if ((m = /^\s*Node\s+(\d+),\s*zone\s+(\S+),\s*type\s+(\S+)\s/.exec(line))) readFreeRow(zoneOf(m[1], m[2]), m, line, i + 1);
    else if ((m = /^\s*Number of blocks type\s+(.*?)\s*$/.exec(line))) types = m[1].split(/\s+/);
    else if ((m = /^\s*Node\s+(\d+),\s*zone\s+(\S+)\s/.exec(line))) readBlockRow(zoneOf(m[1], m[2]), types, m, line, i + 1);
    else if (line.trim() !== '' && !/^\s*(Page block order:|Pages per block:|Free pages count per migrate type)/.test(line)) refuse(`expected a line of /proc/pagetypeinfo, found ${quote(line.trim())}`, i + 1, 1);
  });
  if (out.size === 0) refuse("expected the text of /proc/pagetypeinfo ('Node N, zone NAME, type TYPE'), found none of its rows", 1, 1);
  return out;
});
function readFreeRow(zone: PagetypeZone, m: RegExpExecArray, line: string, n: number): void {
  const type = typeRow(m[3], n, line.indexOf(m[3]));
  if (line.includes('>')) { zone.blocks = null; return; }
  const counts = numbersFrom(line, m[0].length, `free blocks of zone ${m[2]}`, n);
  needOrders(counts, n);
  if (zone.blocks !== null) counts.forEach((c, order) => { if (zone.blocks !== null) zone.blocks[type][order] += c; });
}
function readBlockRow(zone: PagetypeZone, types: readonly string[], m: RegExpExecArray, line: string, n: number): void {
  if (types.length === 0) refuse("expected 'Number of blocks type' before this row, found none", n, 1);
  const counts = numbersFrom(line, m[0].length, `pageblocks of zone ${m[2]}`, n);
  if (counts.length !== types.length) refuse(`expected ${types.length} counts of pageblocks, found ${counts.length}`, n, 1);
  const blocks = new Array<number>(MT_COUNT).fill(0);
  counts.forEach((c, i) => { blocks[typeRow(types[i], n, 0)] += c; });
  zone.pageblocks = blocks;
}
