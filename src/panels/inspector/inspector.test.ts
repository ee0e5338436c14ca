import { describe, expect, it, vi } from 'vitest';
import { marksTrace } from '../../analysis/testing/marks_trace.ts';
import { must } from '../../base/units.ts';
import { drawnShape, drawnState, RowWriter } from '../../analysis/testing/drawn_trace.ts';
import { Trace } from '../../analysis/trace.ts';
import type { MachineShape } from '../../format/machine.ts';
import { FRAME, ROW } from '../../format/rows.ts';
import { mixOf, USES } from '../../ui/uses.ts';
import { emptyState, ZONE_CELLS } from '../../format/state.ts';

vi.mock('../../scenarios/index.ts', () => ({ stories: [{ id: 'none' }] }));
const { linesUpTo, stamp } = await import('./log_tab.tsx');
const { memcgUse } = await import('../../analysis/memcgs.ts');
const { objectName, standing, stationWords } = await import('./object_words.ts');
const { batchWords, fateWords, holdoutWords, periodWords } = await import('./rcu_words.ts');
const { rowWords } = await import('./row_words.ts');
const { hasPsi, usage, zoneNeeds } = await import('./zone_levels.ts');
const { lineOf, linesOf } = await import('./events_tab.tsx');

const shape: MachineShape = {
  profile: 'v6.1', kernel: '6.1', cpus: 1, hz: 250, preempt: 'none', frames: 8192, swapPages: 0,
  zones: [{ name: 'DMA', node: 0, startPfn: 0, spanned: 4096, present: 4000, managed: 3840, reserve: [0, 453, 453] }, { name: 'DMA32', node: 0, startPfn: 4096, spanned: 4096, present: 4096, managed: 4000, reserve: [0, 0, 0] }],
};
function withZone(zone: number, free: number, min: number, low: number, high: number, boost = 0) {
  const s = emptyState(shape);
  s.zones.set([free, min, low, high, boost], zone * ZONE_CELLS.size);
  return must(zoneNeeds(shape, s).find((z) => z.zone === zone), 'the zone is listed');
}

// the figures of the board: DMA32 641 against min 662, DMA 474 against min 22 and a reserve of 453
describe('zones against need', () => {
  it('say by how much a zone is short: it must have more than min', () => {
    expect(withZone(1, 641, 662, 827, 992).words).toBe('641 ≤ min 662: short by 22');
    expect(withZone(1, 641, 662, 827, 992).left).toBe(-21);
  });
  it('count the reserve as part of the demand', () => {
    expect(withZone(0, 474, 22, 27, 32).words).toBe('474 ≤ min 22 + reserve 453: short by 2');
  });
  it('add a boost to every mark', () => {
    expect(withZone(1, 1000, 662, 827, 992, 512).words).toBe('1\u202f000 ≤ min 1\u202f174 (boost 512): short by 175');
  });
  it('tell what each stretch between the marks means', () => {
    expect(withZone(1, 700, 662, 827, 992).words).toBe('700 ≤ low 827: kswapd is needed');
    expect(withZone(1, 900, 662, 827, 992).words).toBe('900 ≤ high 992: kswapd works on');
    expect(withZone(1, 993, 662, 827, 992).words).toBe('993 > high 992: enough');
  });
});

describe('what pages are used for', () => {
  const only = (...types: number[]) => (type: number): boolean => types.includes(type);
  it('keeps a line for every kind that the run ever has, so that nothing below it jumps', () => {
    const s = emptyState(shape);
    s.zones[ZONE_CELLS.types + FRAME.anon] = 12;
    expect(usage(shape, s, only(FRAME.anon, FRAME.pcp)).map((p) => [p.name, p.pages])).toEqual([['anon', 12], ['per-CPU lists', 0]]);
  });
  it('has the colour that it has in the map of frames', () => {
    const kinds = [FRAME.anon, FRAME.file, FRAME.kernel, FRAME.buddy], fills = usage(shape, emptyState(shape), only(...kinds)).map((p) => p.fill);
    expect(fills).toEqual([USES.anon, USES.file, USES.kernel, USES.free].map(mixOf));
    expect(new Set(fills).size).toBe(kinds.length);
  });
  it('is counted as pressure from 4.20 on', () => {
    expect(['v2.6.10-rc1', 'v4.13', 'v4.17', 'v4.20', 'v5.9', 'v6.12'].map(hasPsi)).toEqual([false, false, false, true, true, true]);
  });
});

describe('the list of events', () => {
  it('has a line for a question with its operands, and finds the line of each row', () => {
    const w = new RowWriter(16), drawn = drawnShape(), task = w.task('init');
    w.row(ROW.mark, task, 0, w.string('first'));
    w.decide(task, 0, 'free > min', 0, { min: 32, low: 40 });
    w.row(ROW.mark, task, 0, w.string('last'));
    const trace = new Trace(drawn, drawnState(drawn, [100]), 1e9);
    trace.append(w.columns, w.growth());
    const lines = linesOf(trace, 0, trace.rows);
    expect([...lines]).toEqual([0, 1, 4]);
    expect([0, 1, 2, 3, 4].map((row) => lineOf(lines, row))).toEqual([0, 1, 1, 1, 2]);
    expect(rowWords(trace, 1)).toBe('free > min? no (min 32 pages, low 40 pages)');
  });
});

describe('memory cgroups', () => {
  it('are read off the counters that name them, with the limit that their own path has', () => {
    const strings = ['memory.max /box', 'mark_victim', 'memory.current /box', 'memory.current /box/inner', 'memory.stock /box'];
    expect(memcgUse(strings, Int32Array.of(1536, 0, 1024))).toEqual([{ path: '/box', pages: 1024, max: 1536 }, { path: '/box/inner', pages: 0, max: null }]);
    expect(memcgUse(strings, new Int32Array(0))).toEqual([{ path: '/box/inner', pages: 0, max: null }]); // at the start: the limit is not yet there
    expect(memcgUse(['psi_some_total_us'], Int32Array.of(3))).toEqual([]);
  });
});

describe('kernel log', () => {
  it('counts the lines up to an instant', () => {
    const log = [10, 20, 20, 30].map((timeNs) => ({ timeNs, level: 6, text: '' }));
    expect([5, 10, 20, 29, 99].map((t) => linesUpTo(log, t))).toEqual([0, 1, 3, 3, 4]);
  });
  it('writes times as dmesg does: seconds and microseconds in twelve places', () => {
    expect(stamp(2_159_821_999)).toBe('[    2.159821]');
  });
});

const PERIOD = { number: 7, fromNs: 5e6, toNs: null, holdouts: [0, 2] } as const;
describe('RCU in words', () => {
  it('says how long a grace period has lasted, and who has not reported', () => {
    expect([periodWords(null, 8e6), periodWords(PERIOD, 8e6), periodWords({ ...PERIOD, toNs: 6e6 }, 8e6)]).toEqual(['none has begun', 'number 7, under way for 3.00 ms', 'number 7, over for 2.00 ms']);
    expect([holdoutWords(PERIOD), holdoutWords({ ...PERIOD, toNs: 6e6 })]).toEqual(['cpu 0, cpu 2', '–']);
    // no CPU is left, and it is not over: what remains is no CPU's
    expect(holdoutWords({ ...PERIOD, holdouts: [] })).toBe('its kthread, or a preempted reader: every CPU has reported');
  });
  it('says what a batch came to', () => {
    expect(batchWords({ cpu: 1, event: 3, fromNs: 1e6, toNs: 2e6, invoked: 1600 }, 5e6)).toBe('1\u202f600 callbacks on cpu 1 in 1.00 ms, 3.00 ms ago');
    expect(batchWords({ cpu: 1, event: 3, fromNs: 1e6, toNs: null, invoked: 3 }, 5e6)).toBe('under way on cpu 1, 3 invoked so far');
  });
  it('tells what became of the callbacks in one paragraph', () => {
    const fate = { fromNs: 40e6, toNs: 80e6, toEvent: 9, killed: true, callbacks: 3, invoked: 1, firstNs: 45e6, lastNs: 45e6, left: [{ cpu: 1, callbacks: 2, segment: 'WAIT', oldestNs: 50e6 }], period: { ...PERIOD, toNs: 60e6 } } as const;
    expect(fateWords(fate)).toBe('From the first wake of kswapd at 0.040 s to the first OOM kill at 0.080 s: 1 of 3 callbacks invoked, 5.00 ms after the wake. At the kill there are 2 on cpu 1, most of them in WAIT, the oldest 50.0 ms old. Grace period 7 has been over for 20.0 ms.');
    expect(fateWords({ ...fate, invoked: 2, lastNs: 47e6 })).toContain(': 2 of 3 callbacks invoked, 5.00 ms to 7.00 ms after the wake.');
    expect(fateWords({ ...fate, period: null, invoked: 0, firstNs: null, lastNs: null, killed: false })).toBe('From the first wake of kswapd at 0.040 s to the end at 0.080 s, without an OOM kill: 0 of 3 callbacks invoked. At the end there are 2 on cpu 1, most of them in WAIT, the oldest 50.0 ms old. No grace period has begun until then.');
    expect(fateWords({ ...fate, callbacks: 0, invoked: 0, left: [] })).toBe('From the first wake of kswapd at 0.040 s to the first OOM kill at 0.080 s there was no callback: all had been invoked before.');
  });
});
describe('stations of an object', () => {
  const at = (kind: 'queued' | 'page' | 'reported' | 'invoked' | 'list', a: number, b = 0) => stationWords({ kind, a, b, event: 1, timeNs: 0, cpu: 2, task: 0, stack: 0, tookNs: 0 });
  it('are sentences with their figures', () => {
    expect([at('queued', 1), at('page', -1), at('page', 77, 2), at('reported', 7, 0b101), at('invoked', 0), at('list', 300, 1)]).toEqual([
      'Queued, lazy: it only frees memory', 'No page for pointers to be had', 'A page for pointers from a per-CPU list, without a lock, pfn 77', 'The last to report: cpu 0, cpu 2', 'Invoked: it frees no page', '1 page on the list of cpu 2, pfn 300',
    ]);
  });
  it('say how far it has come', () => {
    const path = { ref: { kind: 'callback', id: 12 }, stations: [], over: false } as const;
    expect([objectName(path.ref), standing({ ...path, over: true }, 99, false), standing(path, 99, true), standing(path, 99, false)]).toEqual(['Callback 12', '0 stations, to the end of its way', '0 stations, so far', '0 stations, and no further by event 99, the last']);
  });
});
describe('an event that is a tracepoint', () => {
  const trace = marksTrace(`
    1  0  mark_victim 1 101
    2  0  userspace_kill 101 1217
    3  0  mm_vmscan_kswapd_wake 0 3
    4  0  mm_vmscan_direct_reclaim_begin 0 3264
    5  0  mm_vmscan_direct_reclaim_end 1
    6  0  mm_vmscan_lru_shrink_inactive 32 7
    7  0  psi_event 2 0
    8  0  psi_growth 2 70000
    9  0  no_such_mark 3 4`);
  it('says what its numbers are, with their units; of one that is not known it shows them bare', () => {
    expect(Array.from({ length: trace.rows }, (_, row) => rowWords(trace, row))).toEqual([
      'tracepoint mark_victim: task1, pid 101', 'tracepoint userspace_kill: pid 101, 1\u202f217 pages resident', 'tracepoint mm_vmscan_kswapd_wake: node 0, order 3', 'tracepoint mm_vmscan_direct_reclaim_begin: order 0, gfp 0xcc0',
      'tracepoint mm_vmscan_direct_reclaim_end: 1 page reclaimed', 'tracepoint mm_vmscan_lru_shrink_inactive: 32 pages scanned, 7 reclaimed', 'tracepoint psi_event: trigger 2', 'tracepoint psi_growth: trigger 2, stalled for 70\u202f000 µs of its window', 'tracepoint no_such_mark (3, 4)',
    ]);
  });
  // the fields are those of docs/formats.md, which has them from the kernel's include/trace/events/rcu.h
  it('names the fields of RCU and kvfree_rcu(): what is counted, where, and in what state', () => {
    const rcu = marksTrace(`
      1  0  rcu_grace_period_start 7 12
      2  0  rcu_grace_period_end 7 1
      3  0  rcu_fqs 7 2
      4  0  rcu_kfree_callback 40 1
      5  0  rcu_batch_start 3 -1
      6  0  rcu_nocb_wake 1 2
      7  0  kvfree_page -1 -1
      8  0  kvfree_page 77 3
      9  0  kvfree_monitor 3 253
      10 0  kvfree_call 5 2`);
    expect(Array.from({ length: rcu.rows }, (_, row) => rowWords(rcu, row).replace(/^tracepoint /, ''))).toEqual([
      'rcu_grace_period_start: grace period 7, 12 callbacks on all CPUs', 'rcu_grace_period_end: grace period 7, took 1 jiffy', 'rcu_fqs: grace period 7, still waits for cpu 1', 'rcu_kfree_callback: lazy callback 40, 1 callback on this CPU',
      'rcu_batch_start: 3 callbacks on this CPU, no limit', 'rcu_nocb_wake: cpu 1, later: lazy', 'kvfree_page: no page for pointers', 'kvfree_page: page of pointers, pfn 77, from the reserve', 'kvfree_monitor: cpu 1, batch 1, 253 objects begin to wait', 'kvfree_call: object 5, linked',
    ]);
  });
  // a tracepoint that is written anywhere in the machine must not come out bare: by mark() itself, or by the three helpers that pass a name on
  it('has words for every tracepoint that the machine and its programs write', () => {
    const sources = import.meta.glob<string>(['../../{kernel,workloads,sim}/**/*.ts', '!**/*.test.ts'], { query: '?raw', import: 'default', eager: true });
    const names = new Set(Object.values(sources).flatMap((text) => [...text.matchAll(/(?:k\.mark\(|told\(k, r, |sleepOnQueue\(k, |tell\(k, )\s*(?:head\.lazy \? '(\w+)' : )?['`](\w+)/g)].flatMap((m) => m.slice(1)).filter((name) => name !== undefined)));
    expect(names.size).toBeGreaterThan(60);
    const bare = [...names].filter((name) => rowWords(marksTrace(`1 0 ${name} 1 1`), 0) === `tracepoint ${name} (1, 1)`);
    expect(bare).toEqual([]);
  });
});
