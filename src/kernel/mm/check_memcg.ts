/**
 * A judge of memory cgroups who stands outside: counts frames, lists, slots and stocks anew, and holds them against counters. It changes nothing
 * and shares no code with what keeps them. For tests; costs a walk over all frames.
 */
import type { Kernel } from '../kernel.ts';
import { FRAME } from './constants.ts';
import type { MemCgroup, Memcgs } from './memcg_types.ts';
import { nextOf } from './mmzone.ts';

const TYPE = 15;
const LRU_TYPES: readonly number[] = [FRAME.anon, FRAME.file, FRAME.shmem, FRAME.swapcache];
const equal = (what: string, counted: number, kept: number): void => { if (counted !== kept) throw new Error(`${what}: ${counted} counted, ${kept} kept`); };
/** Groups from this one up to the root. */
function* upward(memcgs: Memcgs, id: number): Generator<number> { for (let g: MemCgroup | null = memcgs.groups[id]; g !== null; g = g.parent) yield g.id; }

/** Throws on the first counter that is not what it counts. A machine without groups has none. */
export function checkMemcgs(k: Kernel): void {
  const { memcgs } = k.mm;
  if (memcgs === null) return;
  checkCharges(k, memcgs);
  checkLists(k, memcgs);
  checkSwap(k, memcgs);
}
/** A counter is the frames of the group and of those below, the stocks of CPUs and the pages of small objects; and it is within its limit unless a charge was forced. */
function checkCharges(k: Kernel, memcgs: Memcgs): void {
  const n = memcgs.groups.length, frames = new Float64Array(n), kmem = new Float64Array(n), ahead = new Float64Array(n);
  memcgs.of.forEach((id, pfn) => {
    if (id === 0) return;
    const type = k.mm.word[pfn] & TYPE;
    if (type <= FRAME.pcp) throw new Error(`pfn ${pfn} is free and charged to ${memcgs.groups[id].path}`);
    for (const g of upward(memcgs, id)) { frames[g]++; if (!LRU_TYPES.includes(type)) kmem[g]++; }
  });
  for (const s of memcgs.stocks) if (s.memcg !== null) for (const g of upward(memcgs, s.memcg.id)) ahead[g] += s.pages;
  for (const o of memcgs.groups) for (const g of upward(memcgs, o.id)) { ahead[g] += o.objectPages; kmem[g] += o.objectPages; }
  for (const g of memcgs.groups) {
    equal(`pages of ${g.path}`, frames[g.id] + ahead[g.id], g.memory.usage);
    equal(`kernel pages of ${g.path}`, kmem[g.id], g.kmem);
    if (g.memory.usage > g.memory.max && g.stat.charge_forced === undefined) throw new Error(`${g.path} has ${g.memory.usage} pages, and its limit is ${g.memory.max}`);
  }
}
/** Each group's lists hold its own pages, and `total` those of the groups below too. */
function checkLists(k: Kernel, memcgs: Memcgs): void {
  const m = k.mm;
  for (const p of m.nodes) {
    const total = memcgs.groups.map(() => [0, 0, 0, 0, 0]);
    for (const g of memcgs.groups) {
      const v = g.lruvecs[p.id];
      const inGenerations = [0, 0, 0, 0, 0], { heads, slots, maxSeq } = v.lrugen ?? { heads: [], slots: 1, maxSeq: 0 };
      heads.forEach((head, at) => {
        const type = Math.floor(at / slots) % 2;
        for (let pfn = nextOf(m, head); pfn !== head; pfn = nextOf(m, pfn)) {
          const gen = ((m.gens?.[pfn] ?? 0) & 7) - 1;
          if (memcgs.of[pfn] !== g.id) throw new Error(`pfn ${pfn} is charged to ${memcgs.groups[memcgs.of[pfn]].path} and stands in a generation of ${g.path}`);
          inGenerations[type * 2 + (gen === maxSeq % 4 || gen === (maxSeq + 3) % 4 ? 1 : 0)]++;
        }
      });
      v.heads.forEach((head, lru) => {
        let n = inGenerations[lru];
        for (let pfn = nextOf(m, head); pfn !== head; pfn = nextOf(m, pfn), n++) if (memcgs.of[pfn] !== g.id) throw new Error(`pfn ${pfn} is charged to ${memcgs.groups[memcgs.of[pfn]].path} and stands on a list of ${g.path}`);
        equal(`pages on list ${lru} of ${g.path}`, n, v.own[lru]);
        for (const up of upward(memcgs, g.id)) total[up][lru] += n;
      });
    }
    for (const g of memcgs.groups) total[g.id].forEach((n, lru) => { equal(`pages on list ${lru} of ${g.path} and below`, n, g.lruvecs[p.id].total[lru]); });
  }
}
function checkSwap(k: Kernel, memcgs: Memcgs): void {
  const slots = new Float64Array(memcgs.groups.length);
  memcgs.swapOf.forEach((id, slot) => {
    if (id === 0) return;
    if (k.mm.swap.used[slot] === 0) throw new Error(`slot ${slot} is free and charged to ${memcgs.groups[id].path}`);
    for (const g of upward(memcgs, id)) slots[g]++;
  });
  for (const g of memcgs.groups) equal(`slots of ${g.path}`, slots[g.id], g.swap.usage);
}
