/** Single-queue devices of 4.13 and 4.17. Marks and behaviour: rcu-mempool-io-locking.md, section 5 and the end of section 7; batches: blk-core.c of 4.15. */
import { describe, expect, test } from 'vitest';
import { must, ns } from '../../base/units.ts';
import type { ProfileName } from '../../format/scenario.ts';
import { bootScenario } from '../../run/boot.ts';
import { held } from '../../run/testing/held.ts';
import { allDirty } from '../../run/testing/reclaim_runs.ts';
import { blank } from '../../scenarios/blank.ts';
import { livepatch, type Timed } from '../../sim/kfn.ts';
import { type Kernel, spend } from '../kernel.ts';
import type { Congestion } from '../mm/congestion.ts';
import { PF } from '../mm/constants.ts';
import { PGDAT } from '../mm/mmzone.ts';
import { THROTTLE } from '../mm/throttle.ts';
import { spawn } from '../sched/core.ts';
import { checkBlock } from './check_block.ts';
import { diskOf } from './disk.ts';
import { blkFinishPlug, blkStartPlug, submitBio } from './plug.ts';
import { blkQueueCongestionThreshold, getRequest, type RequestQueue } from './request_queue.ts';

// rcu reference, section 5 and the last lines of section 7: nr - nr/8 + 1, nr - nr/8 - 1 (2.6.9), nr - nr/8 - nr/16 - 1 (late 2004 on)
describe('blk_queue_congestion_threshold()', () => {
  test('a queue of 128 requests is congested from 113 on and until there are fewer than 103, in 2.6.9 than 111', () => {
    expect(blkQueueCongestionThreshold(128, 'late 2004 on')).toEqual({ on: 113, off: 103 });
    expect(blkQueueCongestionThreshold(128, 'until 2.6.9')).toEqual({ on: 113, off: 111 });
  });
  test('the least that a queue may have, 4 requests, keeps both marks within it', () => {
    expect(blkQueueCongestionThreshold(4, 'late 2004 on')).toEqual({ on: 4, off: 3 });
  });
});

const boot = (queue: string, device = 'usb', profile: ProfileName = 'v4.17', more: Record<string, string | number> = {}): Kernel =>
  bootScenario({ ...blank, profile, knobs: { 'io.queue': queue, 'io.device': device, ...more } }, 'none').k;
const queueOf = (k: Kernel): RequestQueue => must(diskOf(k).queue, 'the disk has a single queue');
/** Writes single pages, none next to another, each a request. */
function writer(k: Kernel, n: number, from = 0, o: { plugged?: boolean; write?: boolean; at?: () => void } = {}): void {
  spawn(k, `writer${from}`, function* (k: Kernel): Timed<void> {
    if (o.plugged === true) blkStartPlug(k);
    for (let i = 0; i < n; i++) { yield* submitBio(k, diskOf(k), { write: o.write ?? true, sector: (from + i) * 10, pages: 1, end: () => undefined }); o.at?.(); yield spend(ns(1000)); }
    if (o.plugged === true) yield* blkFinishPlug(k);
  });
}
interface Turn { readonly congested: boolean; readonly count: number }
/** Runs until `ms`, judging after every step; how often each list became congested or no longer, and with how many requests. */
function turns(k: Kernel, ms: number): { readonly writes: Turn[]; readonly most: number } {
  const [rl] = queueOf(k).lists, writes: Turn[] = [];
  let was = rl.congested, most = 0;
  while (k.now < ms * 1e6 && k.step()) {
    checkBlock(k);
    most = Math.max(most, rl.count);
    if (rl.congested !== was) { was = rl.congested; writes.push({ congested: was, count: rl.count }); }
  }
  return { writes, most };
}

describe('a queue', () => {
  test.each([['single-queue', 102], ['single-queue-2.6.9', 110]])('%s: is marked with its 113th request, and no longer when %d are left', (queue, left) => {
    const k = boot(queue);
    writer(k, 120);
    expect(turns(k, 2000).writes).toEqual([{ congested: true, count: 113 }, { congested: false, count: left }]);
    expect(queueOf(k).lists[0].count).toBe(0);
  });
  test('with 112 is not marked, and reads are counted apart', () => {
    const k = boot('single-queue');
    writer(k, 112);
    writer(k, 112, 1000, { write: false });
    expect(turns(k, 2000).writes).toEqual([]);
    expect([diskOf(k).writes, diskOf(k).reads]).toEqual([112, 112]);
  });
  test('counts what a task has in its plug: 16 requests at most, in the queue before the next is plugged', () => {
    const k = boot('single-queue', 'hung'), counts: number[] = [];
    writer(k, 20, 0, { plugged: true, at: () => counts.push(queueOf(k).queued.length + diskOf(k).inFlight.length) });
    turns(k, 100);
    expect(counts.slice(14, 18)).toEqual([0, 0, 16, 16]);
    expect(queueOf(k).lists[0].count).toBe(20);
  });
  test('a page behind one that stands in the queue is no request of its own', () => {
    const k = boot('single-queue', 'hung');
    spawn(k, 'writer', function* (k: Kernel): Timed<void> { for (let i = 0; i < 40; i++) yield* submitBio(k, diskOf(k), { write: true, sector: i < 32 ? i * 10 : 1000 + i, pages: 1, end: () => undefined }); });
    turns(k, 100);
    expect(queueOf(k).lists[0].count).toBe(33); // 32 with the device; of the eight behind each other one
    expect(queueOf(k).queued.map((r) => r.pages)).toEqual([8]);
  });
  // blk-core.c of 4.15: who fills the list, and who has slept for a request, may take 32 within HZ/50, half as many more than the limit in all
  test('who fills the list takes a batch of 32 past it, and then sleeps; others sleep at the limit', () => {
    const k = boot('single-queue', 'hung');
    writer(k, 200);
    k.runUntil(ns(10e6));
    expect(queueOf(k).lists[0].count).toBe(159); // the 128th is the first of the batch
    writer(k, 5, 1000);
    expect(turns(k, 100).most).toBe(159);
    expect(queueOf(k).lists[0].wait.entries.length).toBe(2);
  });
  test('everybody who sleeps for a request comes to his turn, and half as many more than the limit is the most', () => {
    const k = boot('single-queue', 'ssd', 'v4.13', { 'io.nrRequests': 16 });
    for (let i = 0; i < 8; i++) writer(k, 60, i * 100);
    const { most, writes } = turns(k, 1000);
    expect(most).toBeLessThanOrEqual(24);
    expect(most).toBeGreaterThan(16);
    expect(writes.at(-1)?.congested).toBe(false);
    expect([diskOf(k).writes, queueOf(k).lists[0].count]).toEqual([480, 0]);
  });
});

const congestionOf = (k: Kernel): Congestion => must(k.mm.backing.congestion, '4.x does not wait by reclaim_throttle()');
const waitForIsolated = (k: Kernel): Timed<void> => congestionOf(k).holdUp(k, k.mm.nodes[0], THROTTLE.ISOLATED);

describe('waits', () => {
  /** How long a task waits, ms, that begins to wait `after` ms behind 120 requests. */
  function waited(k: Kernel, body: (k: Kernel) => Timed<void>, requests = 120): number {
    const out: number[] = [];
    writer(k, requests);
    k.runUntil(ns(5e6));
    spawn(k, 'waiter', function* (k: Kernel): Timed<void> { const from = k.now; yield* body(k); out.push((k.now - from) / 1e6); });
    k.runUntil(ns(1e9));
    return must(out[0], 'the waiter has come back');
  }
  const p = (k: Kernel): Kernel['mm']['nodes'][number] => k.mm.nodes[0];
  // usb: 1000 requests/s and 1 ms of latency, one at a time: 2 ms each. 18 of 120 are done some 36 ms after the first
  test('congestion_wait() ends when the queue is no longer congested, 31 ms later here, and not after a tenth of a second', () => {
    const ms = waited(boot('single-queue'), (k) => waitForIsolated(k));
    expect(ms).toBeGreaterThan(20);
    expect(ms).toBeLessThan(40);
  });
  test('with a queue that never empties, none that is congested, or a multi-queue device it takes HZ/10', () => {
    for (const ms of [waited(boot('single-queue', 'hung'), (k) => waitForIsolated(k)), waited(boot('single-queue'), (k) => waitForIsolated(k), 100), waited(boot('multi-queue', 'hung'), (k) => waitForIsolated(k), 20)]) {
      expect(ms).toBeGreaterThan(95);
      expect(ms).toBeLessThan(110);
    }
  });
  const iff = (mark: boolean) => (k: Kernel): Timed<void> => { p(k).flags = mark ? PGDAT.CONGESTED : 0; return congestionOf(k).waitForWrites(k, p(k)); };
  const IFF = { 'reclaim.throttle': 'wait-iff-congested' };
  test('wait_iff_congested() sleeps only while a queue is congested and the node is marked', () => {
    expect(waited(boot('single-queue', 'usb', 'v4.17', IFF), iff(true))).toBeGreaterThan(20);
    expect(waited(boot('single-queue', 'usb', 'v4.17', IFF), iff(false))).toBeLessThan(1);
    expect(waited(boot('single-queue', 'usb', 'v4.17', IFF), iff(true), 100)).toBeLessThan(1);
    expect(waited(boot('multi-queue', 'hung', 'v4.17', IFF), iff(true), 20)).toBeLessThan(1);
  });
});

describe('the judge', () => {
  const congestedRun = (): Kernel => { const k = boot('single-queue', 'hung'); writer(k, 120); k.runUntil(ns(50e6)); checkBlock(k); return k; };
  const tampered: Record<string, { readonly how: (q: RequestQueue, k: Kernel) => void; readonly says: RegExp }> = {
    'a request is counted twice': { how: (q) => { q.lists[0].count++; }, says: /120 requests found, 121 counted/ },
    'a request stands in the queue twice': { how: (q) => { q.queued.push(q.queued[0]); }, says: /two places/ },
    'the mark is gone': { how: (q) => { q.lists[0].congested = false; }, says: /is not congested/ },
    'reads are marked': { how: (q) => { q.lists[1].congested = true; }, says: /still congested/ },
    'reclaim was not told': { how: (_, k) => { must(k.mm.backing.singleQueue, 'the knob asks for it').nr[0] = 0; }, says: /told something else/ },
    'a wake-up is lost': { how: (q, k) => { writer(k, 60, 5000); k.runUntil(ns(60e6)); q.lists[0].count = 0; q.lists[0].congested = false; q.queued.length = 0; diskOf(k).inFlight.length = 0; diskOf(k).tagsFree = 32; must(k.mm.backing.singleQueue, 'the knob asks for it').nr[0] = 0; }, says: /nobody will wake/ },
    'a tag is lost': { how: (_, k) => { diskOf(k).tagsFree = 1; }, says: /tags/ },
  };
  test.each(Object.entries(tampered))('sees it when %s', (_, { how, says }) => {
    const k = congestedRun();
    how(queueOf(k), k);
    expect(() => { checkBlock(k); }).toThrow(says);
  });
  test('sees a get_request() that takes without counting', () => {
    const k = boot('single-queue', 'hung'), patch = livepatch(getRequest, function* (): Timed<void> { yield* []; });
    k.patched[patch.fn] = { ...patch, label: ' [faulty]' };
    writer(k, 3);
    expect(() => { turns(k, 50); }).toThrow(/requests found, 0 counted/);
  });
});

// vmscan.c of 4.13: shrink_inactive_list(), batch by batch, by whoever reclaims; e3c1ac586c9a (4.17) left the mark to kswapd
test.each([['v4.13', false, 1], ['v4.13', true, 1], ['v4.17', false, 0], ['v4.17', true, 1]] as const)('where all dirty pages wait for the device, %s, kswapd: %s, the node is marked: %d', (profile, kswapd, marked) => {
  const k = boot('single-queue', 'usb', profile), p = k.mm.nodes[0];
  const flags = (dirty: number, congested: number): number => { p.flags = 0; spawn(k, 'reclaim', function* (k: Kernel): Timed<void> {
    if (kswapd) k.current.pf |= PF.KSWAPD;
    yield* congestionOf(k).behindBatch(k, p, { dirty, congested });
    yield* congestionOf(k).behindNode(k, p, { dirty, congested }, kswapd);
  }); k.runUntil(ns(k.now + 1e6)); return p.flags & PGDAT.CONGESTED ? 1 : 0; };
  expect([flags(5, 5), flags(5, 4), flags(0, 0)]).toEqual([marked, 0, 0]);
});
const slow = { ...allDirty, untilNs: 3.5e9, machine: { ...allDirty.machine, disk: { mbPerS: 15, requestsPerS: 400 } } };
test.each(['v4.13', 'v4.17'] as const)('nothing but dirty pages and a slow disk, %s: with a single queue reclaim waits for it and is told when it has room; with several none ever says so', (profile) => {
  const marks = (queue: string): number[] => { const r = held({ ...slow, profile, knobs: { 'io.queue': queue } }, 200); expect(r.outcome.kills).toEqual([]); return ['set_wb_congested', 'clear_wb_congested', 'writeback_congestion_wait', 'writeback_wait_iff_congested'].map((n) => r.marks.get(n) ?? 0); };
  const [set, cleared, waits, iff] = marks('single-queue');
  expect(set).toBeGreaterThan(0);
  expect([0, 1]).toContain(set - cleared);
  expect(Math.min(waits, iff)).toBeGreaterThan(0);
  expect(marks('multi-queue')).toEqual([0, 0, 0, 0]);
});
