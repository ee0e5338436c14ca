/** Rules of reclaim that no capture shows by itself. Expectations: reference page-alloc-reclaim-oom.md, by section, and mm/vmscan.c of the tree that it was read from (VS61). */
import { describe, expect, test } from 'vitest';
import { must, ns } from '../../base/units.ts';
import type { ProfileName } from '../../format/scenario.ts';
import { bootScenario } from '../../run/boot.ts';
import { Run } from '../../run/run.ts';
import { bootIdle, timed } from '../../run/testing/idle_machine.ts';
import { allDirty, swapZram } from '../../run/testing/reclaim_runs.ts';
import { memcgLimit } from '../../scenarios/memcg_limit.ts';
import { oneHog } from '../../scenarios/one_hog.ts';
import type { Timed } from '../../sim/kfn.ts';
import type { Call, Kernel } from '../kernel.ts';
import { spawn } from '../sched/core.ts';
import type { TaskOptions } from '../sched/task.ts';
import { FRAME, FRAME_ACTIVE, FRAME_DIRTY, GFP_HIGHUSER_MOVABLE, GFP_KERNEL, MT, PF } from './constants.ts';
import { folioEndWriteback, folioStartWriteback } from './end_writeback.ts';
import { folioAddLru, lruAdd, lruDel, lruOf, setPageWord } from './lru.ts';
import { LRU, LRU_LISTS, prevOf } from './mmzone.ts';
import { allocPages, prepareAllocPages } from './page_alloc.ts';
import { clearFlag, PG, setFlag } from './page_flags.ts';
import { drainPagesZone, freePages, listedAs } from './pcp.ts';
import { newScanControl, type ScanControl } from './scan_control.ts';
import { getScanCount, prepareScanCount, snapshotRefaults } from './scan_count.ts';
import { shrinkFolioList } from './shrink_folio.ts';
import { THROTTLE } from './throttle.ts';
import { shrinkNode, tryToFreePages } from './vmscan.ts';

/** What `body` comes to as a task. */
const asTask = <T>(k: Kernel, body: () => Call<T> | Timed<T>, o: TaskOptions = {}): T => timed(k, body, o).value;
/** Names of marks while `body` runs, with their second operand. */
function marksOf(k: Kernel, body: () => void): (readonly [string, number])[] {
  const seen: (readonly [string, number])[] = [], mark = k.mark.bind(k);
  k.mark = (name, b, c) => { seen.push([name, c ?? 0]); mark(name, b, c); };
  body();
  k.mark = mark;
  return seen;
}
const control = (k: Kernel, more: Partial<ScanControl> = {}): ScanControl => ({ ...newScanControl(k, { order: 0, nrToReclaim: 32, reclaimIdx: k.mm.slots.length - 1, gfp: GFP_KERNEL }), ...more });

describe('a page whose writeback ends (5.7, and 5 of the other reference)', () => {
  /** An anonymous page that reclaim met under writeback and moved to the active list. */
  function ended(profile: ProfileName, more: number): { k: Kernel; pfn: number } {
    const k = bootIdle(profile), pfn = asTask(k, function* () { return yield* allocPages(k, GFP_HIGHUSER_MOVABLE, 0, FRAME.anon); });
    folioAddLru(k, pfn);
    lruDel(k, pfn);
    setPageWord(k, pfn, k.mm.word[pfn] | FRAME_ACTIVE);
    lruAdd(k, pfn);
    folioStartWriteback(k, pfn);
    setFlag(k.mm, pfn, PG.RECLAIM);
    setPageWord(k, pfn, k.mm.word[pfn] | more);
    folioEndWriteback(k, pfn);
    return { k, pfn };
  }
  test.each(['v4.13', 'v4.17', 'v5.9', 'v6.1'] as const)('comes from the active list to the tail of the inactive one: %s', (profile) => {
    const { k, pfn } = ended(profile, 0);
    expect([lruOf(k.mm.word[pfn]), prevOf(k.mm, k.mm.nodes[0].root.heads[LRU.INACTIVE_ANON]) === pfn, k.mm.vm.pgrotated]).toEqual([LRU.INACTIVE_ANON, true, 1]);
  });
  test('stays where it is if it is dirty again', () => {
    const { k, pfn } = ended('v6.1', FRAME_DIRTY);
    expect([lruOf(k.mm.word[pfn]), k.mm.vm.pgrotated]).toEqual([LRU.ACTIVE_ANON, undefined]);
  });
});

describe('a node all of whose dirty pages wait for the device (5.5)', () => {
  /** One pass over a node of which more than half is under write, so that waiting helps. */
  function throttled(k: Kernel, more: Partial<ScanControl>): number[] {
    const p = k.mm.nodes[0], z = k.mm.zones[1];
    z.lru[LRU.INACTIVE_FILE] = 2000;
    z.writePending = 4000; // DMA has nothing to reclaim: what is free there counts
    return marksOf(k, () => { asTask(k, function* () { k.current.pf &= ~PF.KTHREAD; yield* shrinkNode(k, p, control(k, more)); }); }).filter(([name]) => name === 'mm_vmscan_throttled').map(([, reason]) => reason);
  }
  test('holds direct reclaimers up for as long as kswapd has marked it, whatever they meet themselves', () => {
    const k = bootIdle('v6.1');
    expect(throttled(k, {})).toEqual([]);
    k.mm.nodes[0].root.congested = true;
    expect(throttled(k, {})).toEqual([THROTTLE.CONGESTED]);
  });
  test('is marked by kswapd alone, and not before it has met such pages', () => {
    const run = new Run(allDirty, 'none'), held: boolean[] = [], mark = run.k.mark.bind(run.k);
    run.k.mark = (name, b, c) => { if (name === 'mm_vmscan_throttled' && c === THROTTLE.CONGESTED) held.push(run.k.mm.nodes[0].root.congested); mark(name, b, c); };
    while (!run.slice());
    expect(held.length).toBeGreaterThan(100);
    expect(held).not.toContain(false);
    expect(run.k.mm.nodes[0].root.congested).toBe(false); // balanced at the end: clear_pgdat_congested()
  });
});

describe('get_scan_count() (5.6)', () => {
  test('takes the size of the zones that the request may use: of 40,000 pages 100 are in DMA', () => {
    const k = bootIdle('v6.1'), [dma, dma32] = k.mm.zones, at = (reclaimIdx: number): number => getScanCount(k, k.mm.nodes[0].root, control(k, { reclaimIdx, priority: 6 }))[LRU.INACTIVE_FILE];
    dma.lru[LRU.INACTIVE_FILE] = 100;
    dma32.lru[LRU.INACTIVE_FILE] = 39_900;
    expect([at(0), at(1), at(3)]).toEqual([100 >> 6, 40_000 >> 6, 40_000 >> 6]);
  });
  test('of a group goes by what it has in those zones', () => {
    const run = new Run({ ...memcgLimit, workloads: memcgLimit.workloads.filter((w) => w.type !== 'stop') }, 'none'), { k } = run;
    k.runUntil(ns(150e6));
    for (const g of must(k.mm.memcgs, 'groups').groups) {
      const v = g.lruvecs[0], all = k.mm.slots.length - 1, sum = (reclaimIdx: number): number => getScanCount(k, v, control(k, { reclaimIdx, priority: 0, maySwap: false }))[LRU.INACTIVE_FILE];
      expect(sum(all)).toBe(v.own[LRU.INACTIVE_FILE]);
      for (let lru = 0; lru < 4; lru++) expect(k.mm.zones.reduce((n, z) => n + v.zoneOwn[z.slot * LRU_LISTS + lru], 0)).toBe(v.own[lru]);
    }
  });
  test('weighs anon against file by what reclaim of the target has cost, not by the costs of a group below it', () => {
    const { k } = new Run({ ...memcgLimit, machine: { ...memcgLimit.machine, swap: { kind: 'zram', pages: 4096 } } }, 'none');
    k.runUntil(ns(150e6));
    const [root, box] = must(k.mm.memcgs, 'groups').groups.map((g) => g.lruvecs[0]), sc = control(k, { priority: 6 }), { slot } = k.mm.zones[1];
    for (const lru of [LRU.INACTIVE_ANON, LRU.INACTIVE_FILE]) box.zoneOwn[slot * LRU_LISTS + lru] = 64_000;
    Object.assign(box, { anonCost: 1, fileCost: 1e6 });
    Object.assign(root, { anonCost: 1e6, fileCost: 1 });
    prepareScanCount(k, k.mm.nodes[0], sc);
    const [anon, , file] = getScanCount(k, box, { ...sc, cacheTrimMode: false, fileIsTiny: false });
    expect([anon < 250, file > 750, anon + file > 990]).toEqual([true, true, true]); // 1000 of each at this priority: at most a third to a side whose cost is all of it (swappiness 60: less)
  });
});

test('refaults count until the reclaim that saw them ends, not until its next priority (VS61)', () => {
  const k = bootIdle('v6.1'), p = k.mm.nodes[0], due = (): boolean => { const sc = control(k); prepareScanCount(k, p, sc); return sc.mayDeactivateFile; };
  k.mm.zones[1].lru[LRU.INACTIVE_FILE] = p.lru[LRU.INACTIVE_FILE] = 5000; // long enough a list that it is not due by itself
  snapshotRefaults(k, p, null);
  expect(due()).toBe(false);
  k.mm.count('workingset_activate_file');
  expect([due(), due()]).toEqual([true, true]);
  snapshotRefaults(k, p, null);
  expect(due()).toBe(false);
});

test('allocstall is counted once a walk over the priorities, by the highest zone that the request may use (captures 256M-1-hog: 17 reclaims each, 17 in 6.1 and 34 in 6.12)', () => {
  const stalls = (profile: ProfileName, gfp: number): Readonly<Record<string, number>> => {
    const k = bootIdle(profile);
    asTask(k, () => tryToFreePages(k, prepareAllocPages(k, gfp, 0, 0)));
    return Object.fromEntries(Object.entries(k.mm.vm).filter(([name]) => name.startsWith('allocstall')));
  };
  expect([stalls('v6.1', GFP_HIGHUSER_MOVABLE), stalls('v6.12', GFP_HIGHUSER_MOVABLE), stalls('v6.1', GFP_KERNEL)]).toEqual([{ allocstall_movable: 1 }, { allocstall_movable: 2 }, { allocstall_normal: 1 }]);
});

describe('anonymous pages that begin', () => {
  const lists = (profile: ProfileName): readonly [number, number] => { const { k } = bootScenario({ ...oneHog, profile }, 'none'); k.runUntil(ns(1e9)); const { lru } = k.mm.nodes[0]; return [lru[LRU.INACTIVE_ANON], lru[LRU.ACTIVE_ANON]]; };
  test('stand on the active list to 5.8, and on the inactive one since (100 MiB/s for half a second)', () => {
    for (const profile of ['v4.13', 'v4.17'] as const) { const [inactive, active] = lists(profile); expect(active).toBeGreaterThan(10_000); expect(inactive).toBeLessThan(500); }
    for (const profile of ['v5.9', 'v6.1'] as const) { const [inactive, active] = lists(profile); expect(inactive).toBeGreaterThan(10_000); expect(active).toBeLessThan(500); }
  });
  test('are active again after one use to 5.8, and kept once since', () => {
    const verdict = (profile: ProfileName): number => {
      const { k } = bootScenario({ ...oneHog, profile, machine: swapZram.machine }, 'none');
      k.runUntil(ns(1e9));
      const hog = must(k.tasks.find((t) => t.comm === 'hog'), 'the hog'), pfn = must(k.mm.mms[hog.mmId].pages.findLast((p) => p >= 0), 'a page of it');
      lruDel(k, pfn);
      setPageWord(k, pfn, k.mm.word[pfn] & ~FRAME_ACTIVE);
      clearFlag(k.mm, pfn, PG.REFERENCED);
      setFlag(k.mm, pfn, PG.YOUNG | PG.ISOLATED);
      const out: number[] = [];
      spawn(k, 'kswapd1', function* (): Timed<void> { k.current.pf |= PF.KSWAPD; const s = yield* shrinkFolioList(k, k.mm.nodes[0], [pfn], control(k)); out.push(s.kept.length, k.mm.word[pfn] & FRAME_ACTIVE); }, { policy: 'fifo', rtPrio: 50 });
      k.runUntil(ns(k.now + 1e6));
      expect(out[0]).toBe(1);
      return out[1];
    };
    expect((['v4.17', 'v5.9', 'v6.1'] as const).map((p) => verdict(p) === FRAME_ACTIVE)).toEqual([true, false, false]);
  });
});

describe('per-CPU lists', () => {
  test('have none for HighAtomic: its pages go on that of Movable (3.2)', () => {
    expect([MT.unmovable, MT.movable, MT.reclaimable, MT.highatomic].map(listedAs)).toEqual([0, 1, 2, 1]);
  });
  test('are emptied in one hold of their lock to 6.9, and in holds of 32 batches since', () => {
    const left = (profile: ProfileName): number[] => {
      const k = bootIdle(profile), z = k.mm.zones[1], pcp = z.pcp[0];
      pcp.batch = 2;
      pcp.high = pcp.highMin = pcp.highMax = 1e6;
      asTask(k, function* () {
        const got: number[] = [];
        for (let i = 0; i < 150; i++) got.push(yield* allocPages(k, GFP_KERNEL, 0, FRAME.kernel));
        for (const pfn of got) yield* freePages(k, pfn, 0);
        return got.length;
      }, { cpus: [0] });
      while (pcp.count > 150) asTask(k, function* () { return yield* allocPages(k, GFP_KERNEL, 0, FRAME.kernel); }, { cpus: [0] });
      const seen = new Set<number>(), done: boolean[] = [];
      spawn(k, 'drain', function* (): Timed<void> { yield* drainPagesZone(k, 0, z); done.push(true); }, { cpus: [1], policy: 'fifo', rtPrio: 50 });
      while (done.length === 0 && k.step()) seen.add(pcp.count);
      return [...seen].sort((a, b) => b - a);
    };
    const [whole, ...rest] = left('v6.1');
    expect([whole, rest]).toEqual([150, [0]]);
    expect(left('v6.12')).toEqual([150, 150 - 64, 150 - 128, 0]);
  });
});
