/** Where mappings begin, and the tables that their first touches take. */
import { expect, test } from 'vitest';
import type { ProfileName } from '../../format/scenario.ts';
import { bootScenario } from '../../run/boot.ts';
import { overcommit2 } from '../../run/testing/oom_runs.ts';
import type { Kernel } from '../kernel.ts';
import { RSS } from './rss.ts';

/** Which touches of a hog of so many MiB take a page table, from 1; the first 1600. */
function tablesAt(profile: ProfileName, mb: number): number[] {
  const { k } = bootScenario({ ...overcommit2, profile, sysctl: {}, workloads: [{ type: 'anon', name: 'hog', mb, rate: 0, start: 10 }] }, 'none'), hog = k.tasks.find((t) => t.comm === 'hog'), m = k.mm.mms[hog?.mmId ?? -1], out: number[] = [];
  while (k.now < 10e6) k.step();
  for (let tables = m.tables.size, before = m.rss[RSS.anon]; m.rss[RSS.anon] - before < 1600; k.step()) for (; tables < m.tables.size; tables++) out.push(m.rss[RSS.anon] - before);
  return out;
}
// capture 6.12-128M-1-hog_kmem, a hog of 2 GiB: two pages 2 us apart before its first page (500.058 ms), one more 512 pages later (520.114 ms), and so on
test('6.12: a mapping of whole huge pages begins with one: its first touch takes a page table, and one of the level above as it is a GiB or more, each 512th a table', () => {
  expect(tablesAt('v6.12', 2048)).toEqual([1, 1, 513, 1025, 1537]);
});
// 6.1 recorded with its refills: tables at 8.9 ms of each 20 ms, 228 pages in; where is another boot's chance
test('6.1: it begins in the middle of a table of its own', () => expect(tablesAt('v6.1', 2048)).toEqual([1, 1, 257, 769, 1281]));
test('a mapping that is no GiB, nor whole huge pages, shares the first table with the 15 pages of its program', () => expect(tablesAt('v6.12', 25)).toEqual([498, 1010, 1522]));

/** Pages that nobody has. */
const free = (k: Kernel): number => k.mm.zones.reduce((n, z) => n + z.nrFree + z.pcp.reduce((p, l) => p + l.count, 0), 0);
test('a fork that is refused gives back what it had taken for the child: its stack and its topmost table', () => {
  // of 3,200 kB init is promised 1,908 and the parent 888, which its child would be, too
  const { k } = bootScenario({ ...overcommit2, sysctl: { 'vm.overcommit_memory': 2, 'vm.overcommit_kbytes': 3200 }, workloads: [{ type: 'fork', name: 'storm', mb: 1, n: 3, every: 10, start: 10 }] }, 'none'), kept: number[] = [];
  for (const ms of [5, 15, 25, 35]) { while (k.now < ms * 1e6) k.step(); kept.push(free(k)); }
  expect([k.tasks.filter((t) => t.comm.startsWith('storm0')).length, k.mm.mms.slice(2).map((m) => m.pgd)]).toEqual([0, [-1, -1, -1]]);
  expect(new Set(kept).size).toBe(1);
});
