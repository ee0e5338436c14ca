/**
 * A judge of reclaim who stands outside it: counts everything anew from page tables, lists and frame words, changes nothing, and
 * shares no code with what keeps the counts. For tests; costs a walk over all frames.
 */
import { assert } from '../../base/units.ts';
import type { Kernel } from '../kernel.ts';
import { RUNNING, type Task } from '../sched/task.ts';
import { FRAME, FRAME_ACTIVE, FRAME_DIRTY, FRAME_UNEVICTABLE, FRAME_WRITEBACK } from './constants.ts';
import { LRU_LISTS, nextOf, ownerOf, prevOf } from './mmzone.ts';
import { PG } from './page_flags.ts';

const TYPE = 15;
/** The list on which a page with this word belongs; -1 = none. */
function listOf(word: number): number {
  const type = word & TYPE;
  if (type !== FRAME.anon && type !== FRAME.shmem && type !== FRAME.swapcache && type !== FRAME.file) return -1;
  if (word & FRAME_UNEVICTABLE) return 4;
  return (type === FRAME.file ? 2 : 0) + (word & FRAME_ACTIVE ? 1 : 0);
}
const equal = (what: string, counted: number, kept: number): void => { if (counted !== kept) throw new Error(`${what}: ${counted} counted, ${kept} kept`); };

/** Throws on the first thing that is not as it must be. */
export function checkReclaim(k: Kernel): void {
  const onList = checkLists(k);
  checkFrames(k, onList);
  checkTables(k);
  checkSwap(k);
  checkFiles(k);
  checkReaped(k);
  checkThrottled(k);
}
/** Who is throttled until kswapd has made room never sleeps while kswapd sleeps for want of work: nobody would wake either. One that waits for a disk is at work. */
function checkThrottled(k: Kernel): void {
  const asleep = (t: Task): boolean => t.state !== RUNNING && !t.onCpu && !t.queued;
  for (const p of k.mm.nodes) {
    const waiter = k.mm.sync.pfmemallocWait[p.id].entries.find((e) => asleep(e.task)), idle = k.mm.sync.kswapdWait[p.id].entries.some((e) => asleep(e.task));
    assert(waiter === undefined || (p.kswapdTask >= 0 && !idle), 'a task is throttled for kswapd, which sleeps');
  }
}
/** Whoever was handed to the reaper waits for it, or is in its hands, or has MMF_OOM_SKIP: otherwise no other victim would ever be chosen. */
function checkReaped(k: Kernel): void {
  const m = k.mm, reaper = k.tasks[m.reaperTask], busy = reaper !== undefined && k.stackNames(reaper.stack).includes('oom_reap_task');
  const waits = new Set([...m.reaperDue, ...m.reaperList].map((t) => m.extra[t.id]?.oomMm));
  for (const mm of m.mms) assert(!mm.reapQueued || mm.oomSkip || busy || waits.has(mm.id), 'a victim that the reaper is done with has no MMF_OOM_SKIP');
}
/** Every list is a ring of pages that belong on it. Returns a mark for each frame on some list. */
function checkLists(k: Kernel): Uint8Array {
  const m = k.mm, on = new Uint8Array(m.frames);
  for (const p of m.nodes) {
    const inGenerations = checkGenerations(k, p.id, on);
    for (let lru = 0; lru < LRU_LISTS; lru++) {
      let n = inGenerations[lru];
      for (const { heads } of m.memcgs?.groups.map((g) => g.lruvecs[p.id]) ?? [p.root]) {
        for (let pfn = nextOf(m, heads[lru]); pfn !== heads[lru]; pfn = nextOf(m, pfn), n++) {
          assert(prevOf(m, nextOf(m, pfn)) === pfn && on[pfn] === 0, 'a list is no ring, or a page stands on two');
          on[pfn] = 1;
          assert(listOf(m.word[pfn]) === lru, 'a page stands on a list that is not its own');
        }
      }
      equal(`pages on list ${lru} of node ${p.id}`, n, p.lru[lru]);
      equal(`pages of the zones of node ${p.id} on list ${lru}`, p.zones.reduce((sum, z) => sum + z.lru[lru], 0), n);
    }
  }
  return on;
}
/** Where the LRU has generations: each page counts for its own, stands on that list or on an older one, and is active if its generation is one of the two youngest. Pages by LRU list. */
function checkGenerations(k: Kernel, node: number, on: Uint8Array): number[] {
  const m = k.mm, lists = [0, 0, 0, 0, 0], groups = m.memcgs?.groups.map((g) => g.lruvecs[node]) ?? [m.nodes[node].root];
  for (const { lrugen } of groups) {
    if (lrugen === null || m.gens === null) continue;
    const counted = new Int32Array(lrugen.nrPages.length), { maxSeq, minSeq, slots } = lrugen;
    assert(minSeq.every((min) => maxSeq - min >= 1 && maxSeq - min <= 3) && minSeq[0] <= minSeq[1], 'there are 2 to 4 generations, and those of files are not the older ones');
    lrugen.heads.forEach((head, at) => {
      const type = Math.floor(at / slots) % 2;
      for (let pfn = nextOf(m, head); pfn !== head; pfn = nextOf(m, pfn)) {
        const kind = listOf(m.word[pfn]), gen = (m.gens?.[pfn] ?? 0) & 7;
        assert(prevOf(m, nextOf(m, pfn)) === pfn && on[pfn] === 0, 'a list is no ring, or a page stands on two');
        on[pfn] = 1;
        assert(kind >= 0 && (kind === 4 || kind >> 1 === type) && gen > 0 && m.pageZone(pfn).slot === at % slots, 'a page stands on a list of generations that is not its own');
        counted[((gen - 1) * 2 + type) * slots + (at % slots)]++;
        lists[type * 2 + (gen - 1 === maxSeq % 4 || gen - 1 === (maxSeq + 3) % 4 ? 1 : 0)]++;
      }
    });
    counted.forEach((n, at) => equal(`pages at ${at} of the generations`, n, lrugen.nrPages[at]));
  }
  return lists;
}
/** A page of a list's kind stands on it, or is isolated, or is between the allocator and its list. */
function checkFrames(k: Kernel, on: Uint8Array): void {
  const m = k.mm, isolated = m.nodes.map(() => 0);
  let dirty = 0, writeback = 0, zram = 0;
  for (const z of m.zones) {
    let pending = 0;
    for (let pfn = z.startPfn; pfn < z.endPfn; pfn++) {
      const word = m.word[pfn], type = word & TYPE;
      if (listOf(word) < 0) assert(on[pfn] === 0, 'a page that belongs on no list stands on one');
      else if (m.pageFlags[pfn] & PG.ISOLATED) { assert(on[pfn] === 0, 'an isolated page stands on a list'); isolated[z.node]++; }
      if (type === FRAME.zram) zram++;
      if (type === FRAME.file && word & FRAME_DIRTY) { dirty++; pending++; }
      if (word & FRAME_WRITEBACK) { writeback++; pending++; }
    }
    equal(`dirty pages and pages under writeback in ${z.name}`, pending, z.writePending);
  }
  equal('dirty pages of files', dirty, m.backing.nrDirty);
  equal('pages under writeback', writeback, m.backing.nrWriteback);
  if (m.backing.zram !== null) assert(zram >= m.backing.zram.pages, 'zram has more pages than there are'); // one that is being made is not in the pool yet
}
/** Whatever a page table names is a page that may be mapped, and is that mapping's own. */
function checkTables(k: Kernel): void {
  const m = k.mm;
  for (const mm of m.mms) {
    mm.pages.forEach((pfn, vpn) => {
      if (pfn < 0) return;
      const type = m.word[pfn] & TYPE, file = type === FRAME.file;
      assert(file || type === FRAME.anon || type === FRAME.swapcache || type === FRAME.shmem, 'a page table names a page that is not mapped');
      assert((m.pageFlags[pfn] & PG.ORPHAN) === 0, 'a page table names a page that is being freed');
      if (!file) assert(m.vpn[pfn] === vpn && (ownerOf(m, pfn) === mm.id || m.sharers.get(pfn)?.has(mm.id) === true), 'a page table names a page of somebody else');
    });
  }
}
/** References of slots: ptes and the cache. */
function checkSwap(k: Kernel): void {
  const m = k.mm, { swap, backing } = m, refs = new Int32Array(swap.total);
  for (const mm of m.mms) for (const entry of mm.pages) if (entry <= -2) refs[-2 - entry]++;
  let free = 0;
  for (let slot = 0; slot < swap.total; slot++) {
    const pfn = backing.slotPages[slot];
    if (pfn >= 0) {
      refs[slot]++;
      assert((m.word[pfn] & TYPE) === FRAME.swapcache && backing.slotOf.get(pfn) === slot, 'a slot names a page that is not its own');
    }
    if (swap.used[slot] === 0) { free++; assert(pfn === -1, 'an unused slot holds something'); }
    assert(refs[slot] <= swap.used[slot], 'a slot has fewer references than users'); // one more is a page on its way
  }
  equal('free slots', free, swap.free);
  for (const [pfn, slot] of backing.slotOf) equal(`the slot of pfn ${pfn}`, backing.slotPages[slot], pfn);
}
function checkFiles(k: Kernel): void {
  const m = k.mm;
  for (const f of m.backing.files) {
    let n = 0;
    f.pages.forEach((pfn, index) => {
      if (pfn < 0) return;
      n++;
      assert((m.word[pfn] & TYPE) === FRAME.file && ownerOf(m, pfn) === -2 - f.id && m.vpn[pfn] === index, 'a file names a page that is not its own');
    });
    equal(`pages of ${f.name}`, n, f.nrPages);
    for (const index of f.dirty) assert(f.pages[index] >= 0 && (m.word[f.pages[index]] & FRAME_DIRTY) !== 0, 'a file lists a clean page as dirty');
  }
}
