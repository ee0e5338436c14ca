import { expect, test } from 'vitest';
import { ns } from '../../base/units.ts';
import { bootScenario } from '../../run/boot.ts';
import { oneHog } from '../../scenarios/one_hog.ts';
import type { Kernel } from '../kernel.ts';

/** 19 batches of 510 pages and the 8 that the gather holds by itself: mm/mmu_gather.c, 10,000 pages at most. */
const MOST = 8 + 19 * 510;

/** Anonymous pages still mapped and pages free on the machine, watched while a process of `mb` MiB is killed and exits. */
function watchExit(mb: number): { mapped: number[]; free: number[] } {
  const base = { ...oneHog, workloads: [{ type: 'anon', name: 'hog', mb, rate: 400, start: 0, hold: 1 }, { type: 'sysrq', start: 900 }], untilNs: 2e9 }, { k } = bootScenario(base, 'none');
  const mapped: number[] = [], free: number[] = [], freePages = (k: Kernel): number => k.mm.zones.reduce((sum, z) => sum + z.nrFree + z.pcp.reduce((s, p) => s + p.count, 0), 0);
  for (let t = k.agenda.heap[0]; t !== undefined && t.at < ns(1.9e9); t = k.agenda.heap[0]) {
    k.step();
    if (k.mm.kills.length === 0) continue;
    mapped.push(k.mm.mms.reduce((sum, m) => sum + m.rss[0], 0));
    free.push(freePages(k));
  }
  return { mapped, free };
}
test('a victim frees nothing while its first 10,000 pages are unmapped, and then all of them', () => {
  const { mapped, free } = watchExit(120), first = mapped[0], start = free[0], began = free.findIndex((n) => n > start + 8);
  expect(first - mapped[began]).toBeGreaterThanOrEqual(MOST - 8);
  expect(first - mapped[began]).toBeLessThanOrEqual(MOST);
  const again = mapped.findIndex((n) => n < mapped[began]); // the next page is unmapped when the first ten thousand are free
  expect(free[again] - start).toBeGreaterThan(MOST - 100);
});
test('a smaller victim gives back all at the end, when its mm is no longer one to wait for', () => {
  const { mapped, free } = watchExit(20), began = free.findIndex((n) => n > free[0] + 8);
  expect(mapped[began]).toBe(mapped[mapped.length - 1]);
});
