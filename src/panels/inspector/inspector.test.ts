import { describe, expect, it, vi } from 'vitest';
import { must } from '../../base/units.ts';
import type { MachineShape } from '../../format/machine.ts';
import { emptyState, ZONE_CELLS } from '../../format/state.ts';

vi.mock('../../scenarios/index.ts', () => ({ stories: [{ id: 'none' }] }));
const { linesUpTo, stamp } = await import('./log_tab.tsx');
const { memcgUse } = await import('./memcgs.ts');
const { zoneNeeds } = await import('./zone_levels.ts');

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
