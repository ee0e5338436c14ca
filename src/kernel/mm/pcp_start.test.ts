import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { captureSample, captureScenario } from '../../../fixtures/capture_files.ts';
import { must, ns } from '../../base/units.ts';
import type { Scenario } from '../../format/scenario.ts';
import { bootScenario } from '../../run/boot.ts';
import { MT } from './constants.ts';
import { eraV61 } from './era_v6_1.ts';
import { eraV612 } from './era_v6_12.ts';
import { nextOf } from './mmzone.ts';

const until = (k: ReturnType<typeof bootScenario>['k'], atMs: number): void => { while (k.agenda.heap.length > 0 && k.agenda.heap[0].at <= ns(atMs * 1e6)) k.step(); };

test('6.12: while the hog grows DMA32 has as many free pages as the capture counted, to the page: each refill of the per-CPU list has the kernel\'s size', () => {
  const { k } = bootScenario(captureScenario('6.12-256M-1-hog'), 'none'), off: number[] = [];
  for (let at = 700; at < 2200; at += 20) {
    const sample = captureSample('6.12-256M-1-hog', at);
    until(k, sample('t_ms'));
    off.push(k.mm.zones[1].nrFree - sample('DMA32_free'));
  }
  // 480 pages at a time: a sample may fall between the kernel's refill and the model's, as the hog of one is some pages ahead
  expect(off.filter((n) => n === 0).length).toBeGreaterThan(off.length * 0.85);
  for (const n of off) expect([0, 480, -480]).toContain(n);
});
/**
 * fixtures/probe/pcp_at_rest.csv: the lists of DMA32 of booted machines with one CPU, read from outside, by an emulator that stood still (docs/decisions/pcp_at_rest.md): at rest, after /proc was read, after the ring of the
 * trace was made, the workers forked, and what watches them was there, and at the start. U0 .. R3: blocks by type and order.
 */
const LISTS = readFileSync(new URL('../../../fixtures/probe/pcp_at_rest.csv', import.meta.url), 'utf8').trim().split('\n').map((l) => l.split(',')), HEAD = LISTS[0];
test.each([['6.1', eraV61, false], ['6.1rt', eraV61, true], ['6.12', eraV612, false], ['6.12rt', eraV612, true]] as const)('%s: the lists of a machine at rest have as many blocks as those of its kernel with 256 MiB, but for one that the reading of /proc took or gave', (kernel, era, rt) => {
  const rows = LISTS.filter((r) => r[0] === kernel && r[1] === '256' && r[2] !== 'swap_zram' && r[3] === 'rest');
  expect(rows.length).toBeGreaterThan(0);
  for (const [type, letter] of [[MT.unmovable, 'U'], [MT.reclaimable, 'R']] as const) for (let order = 0; order <= 3; order++) {
    const seen = rows.map((r) => Number(r[HEAD.indexOf(`${letter}${order}`)])), mine = era.pcpAtStart(rt).filter(([o, t]) => o === order && t === type).reduce((n, [, , blocks]) => n + blocks, 0);
    expect(mine, `${letter}${order}: ${seen.join(' ')}`).toBeGreaterThanOrEqual(Math.min(...seen) - 1);
    expect(mine, `${letter}${order}: ${seen.join(' ')}`).toBeLessThanOrEqual(Math.max(...seen) + 1);
  }
});
// the rows with zram are of machines with one module more, which walked the lists
test.each([['6.1', 'none', 'v6.1'], ['6.12', 'none', 'v6.12'], ['6.1rt', 'rt', 'v6.1'], ['6.12rt', 'rt', 'v6.12']] as const)('%s: where zram has been set up nearly all that is left on the list is unmovable, and as RT a quarter of it', (kernel, preempt, profile) => {
  const row = must(LISTS.find((r) => r[0] === kernel && r[2] === 'swap_zram'), kernel), seen = (name: string): number => Number(row[HEAD.indexOf(name)]), s = captureScenario('6.1-256M-1-hog');
  const zones = s.machine.zones.map((z) => (z.name === 'DMA32' ? { ...z, pcp: [seen('count')] } : z)), { k } = bootScenario({ ...s, profile, machine: { ...s.machine, preempt, zones, swap: { kind: 'zram', pages: 32_767 } }, workloads: [] }, 'none');
  const [pcp] = k.mm.zones[1].pcp, length = (type: number): number => { let n = 0; for (let p = nextOf(k.mm, pcp.heads[type]); p !== pcp.heads[type]; p = nextOf(k.mm, p)) n++; return n; };
  const share = (u: number, m: number): number => u / (u + m);
  expect(Math.abs(share(length(MT.unmovable), length(MT.movable)) - share(seen('U0'), seen('M0')))).toBeLessThan(0.05);
});
describe('what the list begins with', () => {
  const s = captureScenario('6.12-256M-1-hog');
  /** Pages that the ring of the trace moves from the buddy lists of DMA32, before any process begins. */
  const moved = (preempt: 'none' | 'rt', kb: number): number => {
    const machine: Scenario = { ...s, machine: { ...s.machine, preempt }, workloads: [{ type: 'kernelbuf', name: 'trace', kb }] }, { k } = bootScenario(machine, 'none'), before = k.mm.zones[1].nrFree;
    until(k, 100);
    return before - k.mm.zones[1].nrFree;
  };
  test('6.12: refills double from one batch, and as RT from eight', () => {
    // recordings: 945 and 1424 pages for rings of 2 and 4 MiB (15 + 30 + 60 + 120 + 240 + 480, and 480 more); as RT 850 to 870 and 1332 to 1348, twelve and more of them for slabs and blocks
    expect([moved('none', 2048), moved('none', 4096)]).toEqual([945, 1425]);
    expect([moved('rt', 2048), moved('rt', 4096)]).toEqual([840, 1320]);
  });
  test('6.12: a process that is started gives back what fork() had copied for it, so that refills begin with one batch again', () => {
    const { k } = bootScenario({ ...s, workloads: [{ type: 'kernelbuf', name: 'trace', kb: 2048 }, { type: 'anon', name: 'hog', mb: 1, start: 500 }] }, 'none');
    until(k, 100);
    expect(k.mm.zones[1].pcp[0].allocFactor).toBe(0);
  });
});
