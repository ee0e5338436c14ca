/** The reaper and MMU notifiers. Expectations: page-alloc-reclaim-oom.md, 8.1 and 8.2, and the captures 6.1-256M-2-mod_mmun_*. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ns } from '../base/units.ts';
import type { Columns } from '../format/rows.ts';
import { ROW } from '../format/rows.ts';
import type { ProfileName, Scenario, WorkloadSpec } from '../format/scenario.ts';
import { bootBare } from '../kernel/bare.ts';
import { spend } from '../kernel/kernel.ts';
import { downRead, downReadTrylock, downWrite, RwSem, upRead, upWrite } from '../kernel/locking/rwsem.ts';
import { checkReclaim } from '../kernel/mm/check_reclaim.ts';
import { spawn } from '../kernel/sched/core.ts';
import { reaperCheckRace } from '../scenarios/reaper_check_race.ts';
import { Run } from './run.ts';
import { differences, mmunTable, runMmun, timesOf } from './testing/mmun_cases.ts';

const KILL_MS = 10, PAGES = 8, PROGRAM_PAGES = 15, MAPPINGS = 2;
/** SysRq-f kills a process of two mappings that waits for a driver's mutex, until `freed` ms, and has a notifier. */
function tiny(profile: ProfileName, knobs: Scenario['knobs'], p: Partial<WorkloadSpec>, freed: number, endMs: number): Scenario {
  const victim = { type: 'mmunotifier', name: 'vmm', mb: PAGES / 256, adj: 1000, register: 5, lock: 'driver_lock', wait: 6, ...p } as WorkloadSpec;
  return { ...reaperCheckRace, profile, knobs, untilNs: endMs * 1e6, workloads: [victim, { type: 'asker', name: 'driver', lock: 'driver_lock', start: 2, wait: freed - 2 }, { type: 'sysrq', name: 'sysrq', start: KILL_MS }] };
}
interface Seen { readonly run: Run; readonly times: (name: string) => number[]; readonly thirds: (name: string) => number[]; readonly log: readonly string[] }
/** Runs to `untilMs`, and what was seen until then. */
function seen(s: Scenario, untilMs: number): Seen {
  const chunks: Columns[] = [], run = new Run(s, (c) => { chunks.push(c); });
  run.k.runUntil(ns(untilMs * 1e6));
  run.k.recorder.flush();
  const tables = run.k.recorder.takeGrowth();
  const thirds = (name: string): number[] => chunks.flatMap((c) => { const out: number[] = []; for (let i = 0; i < c.length; i++) if (c.kind[i] === ROW.mark && tables.strings[c.a[i]] === name) out.push(c.c[i]); return out; });
  return { run, times: (name) => timesOf(chunks, tables.strings, name), thirds, log: tables.log.map((l) => l.text) };
}
const skipped = (s: Seen): boolean => s.run.k.mm.mms.some((m) => m.reapQueued && m.oomSkip);

describe('a victim with an mmu notifier (8.2)', () => {
  test('4.13 reaps it and tells nobody: every page that was there is noted', () => {
    const s = seen(tiny('v4.13', {}, {}, 500, 400), 300);
    expect([s.times('start_task_reaping').length, s.times('invalidate_range_start').length]).toEqual([1, 0]);
    expect(s.thirds('unmap_under_notifier').reduce((a, b) => a + b, 0)).toBe(PAGES + PROGRAM_PAGES);
  });
  test('4.17 tells those that promise not to sleep, and that they may', () => {
    const s = seen(tiny('v4.17', {}, { safe: 1 }, 500, 400), 300);
    expect([s.times('start_task_reaping').length, s.thirds('invalidate_range_start').length, s.times('unmap_under_notifier').length]).toEqual([1, MAPPINGS, 0]);
    expect(skipped(s)).toBe(true);
  });
  test('4.17 leaves one alone that promises nothing: MMF_OOM_SKIP a second later, and no page was taken', () => {
    const at = (ms: number): Seen => seen(tiny('v4.17', {}, { safe: 0 }, 3000, 2900), ms), after = at(KILL_MS + 1100);
    expect([skipped(at(KILL_MS + 900)), skipped(after), after.times('start_task_reaping')]).toEqual([false, true, []]);
  });
  test('a notifier that is taken back in time keeps nobody off', () => {
    const s = seen(tiny('v4.17', {}, { safe: 0, until: 8 }, 500, 400), 300);
    expect([s.times('mmu_notifier_unregister').length, s.times('start_task_reaping').length, s.times('invalidate_range_start')]).toEqual([1, 1, []]);
  });
  test('where the knob says that it is tried again, it is, ten times a tenth of a second apart', () => {
    const at = (ms: number): Seen => seen(tiny('v4.13', { 'oomReaper.mmuNotifier': 'retry' }, {}, 3000, 2900), ms), after = at(KILL_MS + 1200);
    expect([skipped(at(KILL_MS + 950)), skipped(after), after.times('start_task_reaping')]).toEqual([false, true, []]);
    expect(after.log.filter((l) => l.includes('unable to reap'))).toHaveLength(1);
  });
  test('6.1 says that nobody may sleep; who would have to is told of in the log, and its mapping stays', () => {
    const s = seen(tiny('v6.1', {}, { sleep: 10, again: 1 }, 5000, 4900), 3500), calls = s.times('invalidate_range_start');
    expect([s.times('start_task_reaping').length, calls.length, s.log.filter((l) => l.endsWith('callback failed with -11 in non-blockable context.')).length]).toEqual([10, 10 * MAPPINGS, 10 * MAPPINGS]);
    expect([s.log.filter((l) => l.includes('reaped process')).length, s.log.filter((l) => l.includes('unable to reap')).length]).toEqual([0, 1]);
    expect(s.run.k.mm.mms.find((m) => m.reapQueued)?.rss[0]).toBe(PAGES + PROGRAM_PAGES);
  });
  test('an exit waits for a callback that sleeps, and nobody is told after it', () => { // mod_mmun_sleep3s: released at 11.85 s, with 2 calls; the second ended at 13.43 s, and only then was the memory free
    const FREED = 3000, s = seen(tiny('v6.1', {}, { sleep: 3000, again: 0 }, FREED, 7900), 7800), [call] = s.times('invalidate_range_start'), [release] = s.times('mmu_notifier_release'), [finish] = s.times('finish_task_reaping');
    expect([s.times('invalidate_range_start').length, s.times('unmap_under_notifier')]).toEqual([1, []]);
    expect(release).toBeGreaterThanOrEqual(FREED);
    expect(release).toBeLessThan(FREED + 100);
    expect(finish).toBeGreaterThanOrEqual(call + 3000);
    expect(seen(tiny('v6.1', {}, { sleep: 3000, again: 0 }, FREED, 7900), call + 2900).run.k.tasks.filter((t) => t.comm.startsWith('vmm') && t.state !== 0x80).length).toBeGreaterThan(0);
    expect(s.run.k.tasks.filter((t) => t.comm.startsWith('vmm')).map((t) => t.state)).toEqual([0x80, 0x80]);
  });
  test('registering waits for whoever holds mmap_lock', () => {
    const s = seen(tiny('v4.13', {}, { hold: 'read', register: 8, wait: 4 }, 60, 400), 300);
    expect(s.times('mmu_notifier_register')[0]).toBeGreaterThanOrEqual(60);
  });
  test('a victim that the reaper leaves without MMF_OOM_SKIP is seen', () => {
    const { k } = seen(tiny('v4.13', {}, {}, 500, 400), 300).run;
    checkReclaim(k);
    for (const m of k.mm.mms) m.oomSkip = false;
    expect(() => { checkReclaim(k); }).toThrow('no MMF_OOM_SKIP');
  });
});

/** What a second MMU has seen of one reaping: pages taken from under it, calls of its callback, and how many mappings it may have lost. */
interface Witness { readonly taken: number; readonly calls: number }
/** Pages went, and it was not told of each mapping that they were in: then it goes on using memory of others. */
const robbed = (w: Witness): boolean => w.taken > 0 && w.calls < MAPPINGS;
describe('a second MMU hears of what is taken, whatever profile, knob and callback', () => {
  const ways = ['ignore', 'skip-sleep', 'retry', 'invalidate', 'safe-flag', 'nonblock'], callbacks = { returns: { sleep: 0 }, unsafe: { sleep: 0, safe: 0 }, refuses: { sleep: 10 }, sleeps: { sleep: 50, again: 0, safe: 0 }, hangs: { sleep: -1, again: 0 } };
  function witness(profile: ProfileName, way: string, callback: Partial<WorkloadSpec>): Witness {
    const s = seen(tiny(profile, { 'oomReaper.mmuNotifier': way }, callback, 5000, 4900), 3600), m = s.run.k.mm.mms.find((o) => o.reapQueued);
    return { taken: PAGES + PROGRAM_PAGES - (m?.rss[0] ?? 0), calls: s.times('invalidate_range_start').length };
  }
  for (const profile of ['v4.13', 'v4.17', 'v6.1'] as const) {
    test(profile, () => {
      for (const way of ways) {
        for (const [name, callback] of Object.entries(callbacks)) {
          const w = witness(profile, way, callback);
          expect([way, name, robbed(w)]).toEqual([way, name, way === 'ignore']);
          if (way === 'skip-sleep' || way === 'retry' || name === 'hangs') expect([way, name, w.taken]).toEqual([way, name, way === 'ignore' ? PAGES + PROGRAM_PAGES : 0]);
        }
      }
    });
  }
  test('pages that go without a call are seen, and after half of the calls too', () => expect([{ taken: 1, calls: 0 }, { taken: 23, calls: 1 }, { taken: 0, calls: 0 }, { taken: 23, calls: 2 }].map(robbed)).toEqual([true, true, false, false]));
});

test('a writer that waits keeps a trylock for reading out; with rwsem.fair off, and on RT, it passes', () => { // rcu-mempool-io-locking.md, 6.3
  const passes = (preempt: 'full' | 'rt', knobs: Record<string, string>): boolean => {
    const k = bootBare({ cpus: 2, preempt, knobs }), s = new RwSem(k, 'mmap_lock');
    let got = false;
    spawn(k, 'reader', function* (k) { yield* downRead(k, s); yield spend(ns(2e6)); upRead(k, s); }, { cpus: [0] });
    spawn(k, 'writer', function* (k) { yield spend(ns(1000)); yield* downWrite(k, s); upWrite(k, s); }, { cpus: [1] });
    spawn(k, 'reaper', function* (k) { yield spend(ns(1e6)); got = downReadTrylock(k, s); if (got) upRead(k, s); }, { cpus: [1] });
    k.runUntil(ns(5e6));
    return got;
  };
  expect([passes('full', {}), passes('full', { 'rwsem.fair': 'on' }), passes('full', { 'rwsem.fair': 'off' }), passes('rt', { 'rwsem.fair': 'on' })]).toEqual([false, false, true, true]);
});

describe('what a real 6.1 did with a starved victim (the other two callbacks: npm run check:long mmun)', () => {
  const table = mmunTable(readFileSync(new URL('../../fixtures/probe/mmun_v6.1.csv', import.meta.url), 'utf8'));
  for (const callback of ['ok', 'eagain']) {
    test(`callback ${callback}: counts are equal, times within a quarter`, () => {
      const rows = table.filter((r) => r.callback === callback), model = runMmun(callback);
      expect(rows.map((r) => r.run)).toEqual([1, 2]);
      for (const r of rows) expect(differences(model, r.kernel)).toEqual([]);
    });
  }
});
