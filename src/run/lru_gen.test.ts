/** The multi-generational LRU as a whole: what real kernels of 6.12 did with it on, on the same machine but for the layout of its free memory. */
import { describe, expect, test } from 'vitest';
import { small256 } from '../scenarios/machines.ts';
import { oneHog } from '../scenarios/one_hog.ts';
import { held } from './testing/held.ts';
import { cacheMmap, cacheOneCpu, swapZram } from './testing/reclaim_runs.ts';

const near = (value: number, captured: number, share: number): void => { expect(value).toBeGreaterThan(captured * (1 - share)); expect(value).toBeLessThan(captured * (1 + share)); };
const on612 = { profile: 'v6.12', knobs: { 'lru.gen': 'on' } } as const;

describe('with generations', () => {
  // 6.12.117, scenario swap_zram of the captures' tools under icount: 29,526 pages out, 7985 in, 301 sorted; 47,223 scanned, 15,000 of them when swap was full; recorded twice: 328 and 349 direct reclaims
  test('zram: cold pages go first, so that few that are scanned stay, until swap is full', () => {
    const { outcome, directNs } = held({ ...swapZram, ...on612 }, 60), c = outcome.counters;
    near(c.pswpout, 29_526, 0.1);
    near(c.pswpin, 7985, 0.15);
    near(directNs.length, 339, 0.25);
    expect(c.pgscan_anon - c.pgsteal_anon).toBeGreaterThan(2000);
    expect(c.pgscan_anon).toBeLessThan(50_000);
    expect(c.pgsteal_anon).toBe(c.pswpout);
    expect(outcome.kills[0].comm).toBe('hog');
  });
  // the same, scenario cache: 63,040 scanned and 63,036 of them freed, 112 passes of kswapd, 78 direct reclaims, 1 page sorted
  test('a file read once: every page that is scanned is freed, and nobody is killed', () => {
    const { outcome, marks } = held({ ...cacheOneCpu, ...on612 }, 60), c = outcome.counters;
    near(c.pgscan_file, 63_040, 0.12);
    expect([c.pgsteal_file, c.pgrefill ?? 0, outcome.kills]).toEqual([c.pgscan_file, 0, []]);
    expect(marks.get('mm_vmscan_kswapd_wake') ?? 0).toBeGreaterThan(40); // the stories' machine has longer lists
    expect(marks.get('mm_vmscan_direct_reclaim_begin') ?? 0).toBeLessThan(150);
  });
  // capture 6.12-256M-2-cache_mmap: 330,477 scanned, 185,556 freed, 185,521 refaults of which 26,028 counted, 70,924 sorted, 71 faults that wait. Recorded three times more, 22,817 to 31,707 counted; replays of
  // those have 29,000 to 36,000, and this machine, by what a few pages do to its first aging, 12,700 or 27,100
  test('a mapped file larger than memory: nearly half of what is scanned is in use, and only the first refaults count', () => {
    const { outcome } = held({ ...cacheMmap, ...on612 }, 60), c = outcome.counters;
    near(c.pgscan_file, 330_477, 0.2);
    near(c.pgsteal_file, 185_556, 0.1);
    expect(c.workingset_refault_file / c.pgsteal_file).toBeGreaterThan(0.8); // the run ends before the last of them are read again
    near(c.workingset_activate_file, 24_000, 0.5);
    expect(c.workingset_restore_file).toBe(c.workingset_activate_file); // all came back in faults
    expect(c.pgrefill).toBeGreaterThan(3000);
    expect(c.pgmajfault).toBeLessThan(200);
  });
  // captures 6.12-256M-1-hog, -hog_slow, -hog_quiet: 65, 74, 84, 93, 102, 111 us and a few longer ones, in which others ran
  test('a pass of kswapd that finds nothing begins at priority 6, and visits the root group once or twice at each: 65 us and so many times 9.3', () => {
    const { events } = held({ ...oneHog, machine: small256, ...on612, seed: 3 }, 60), wakes = events.filter((e) => e.name === 'kswapd_wake').map((e) => e.tNs / 1e3);
    const passes = wakes.slice(1).map((t, i) => t - wakes[i]).filter((us) => us < 130);
    expect(passes.length).toBeGreaterThan(10);
    for (const us of passes) { const visits = (us - 65) / 9.3; expect(visits).toBeGreaterThan(-0.4); expect(Math.abs(visits - Math.round(visits))).toBeLessThan(0.4); }
    expect(new Set(passes.map((us) => Math.round((us - 65) / 9.3))).size).toBeGreaterThan(1);
  });
  test('the same seed draws the same lists, another one others', () => {
    const durations = (seed: number): string => held({ ...oneHog, machine: small256, ...on612, seed }, 60).directNs.join();
    const [one, again, other] = [1, 1, 2].map(durations);
    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });
});
test('off, a 6.12 walks its classic lists: all priorities from 12 on, and equally long', () => {
  const { events } = held({ ...oneHog, machine: small256, profile: 'v6.12', knobs: { 'lru.gen': 'off' } }, 60), wakes = events.filter((e) => e.name === 'kswapd_wake').map((e) => e.tNs / 1e3);
  const passes = wakes.slice(1).map((t, i) => t - wakes[i]).filter((us) => us < 130).map(Math.round);
  expect(passes.length).toBeGreaterThan(10);
  for (const us of passes) near(us, 121, 0.03); // own recording of 6.12-256M-1-hog_clru: 121 and 122 us
});
