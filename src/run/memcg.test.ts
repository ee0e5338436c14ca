/** Memory cgroups against the captures 6.1-256M-1-memcg_group and 6.12-256M-1-memcg, against the reference (10.1, 7), and against their own books. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { captureScenario, captureText } from '../../fixtures/capture_files.ts';
import { must, ns } from '../base/units.ts';
import { type Columns, ROW } from '../format/rows.ts';
import { PROFILES, type Scenario, type WorkloadSpec } from '../format/scenario.ts';
import { cgroupByPath } from '../kernel/mm/cgroup.ts';
import { checkMemcgs } from '../kernel/mm/check_memcg.ts';
import { calculateHighDelay, calculateOverage } from '../kernel/mm/memcg_high.ts';
import type { MemCgroup } from '../kernel/mm/memcg_types.ts';
import { pageCounterUncharge } from '../kernel/mm/page_counter.ts';
import { mutexLock, mutexUnlock } from '../kernel/locking/mutex.ts';
import { kfn, type Kernel } from '../kernel/kernel.ts';
import { spawn } from '../kernel/sched/core.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { memcgLimit } from '../scenarios/memcg_limit.ts';
import type { Timed } from '../sim/kfn.ts';
import { bootScenario } from './boot.ts';
import { runScenario } from './run.ts';
import { held } from './testing/held.ts';
import { mixed, swapZram } from './testing/reclaim_runs.ts';

const groupOf = (k: Kernel, path = '/box'): MemCgroup => must(cgroupByPath(k, path), `no group ${path}`);
const boxed = (s: Scenario, workloads: readonly WorkloadSpec[], more: Partial<Scenario> = {}): Scenario => ({ ...s, workloads, ...more });

describe('what the captures show', () => {
  for (const capture of ['6.1-256M-1-memcg_group', '6.12-256M-1-memcg']) {
    const { run, marks, events, log } = held(captureScenario(capture), 200), real = captureText(capture, 'trace.txt').split('\n');
    const group = capture.endsWith('group'), events_ = groupOf(run.k).events, count = (name: string): number => real.filter((l) => l.includes(` ${name}:`)).length;
    test(`${capture}: the same victims, marked once each, at the time of the capture within 1 %`, () => {
      const victims = real.flatMap((l) => { const m = / (\d+\.\d+): mark_victim: .*comm=(\S+)/.exec(l); return m === null ? [] : [{ comm: m[2], s: Number(m[1]) }]; });
      const zero = Number(/"t_ms_zero_is_mono_s": ([\d.]+)/.exec(captureText(capture, 'meta.json'))?.[1]), mine = events.filter((e) => e.name === 'mark_victim');
      expect(mine.map((e) => e.comm)).toEqual(victims.map((v) => v.comm));
      mine.forEach((e, i) => expect(Math.abs(e.tNs / 1e9 / (victims[i].s - zero) - 1)).toBeLessThan(0.01));
    });
    test(`${capture}: as many fruitless reclaims of the group, before the kill and after it, and none of the machine`, () => {
      expect(marks.get('mm_vmscan_memcg_reclaim_begin')).toBe(count('mm_vmscan_memcg_reclaim_begin')); // 18 before the kill; 17 more by a victim that must give up
      expect(marks.get('mm_vmscan_memcg_reclaim_end')).toBe(count('mm_vmscan_memcg_reclaim_end'));
      expect([marks.get('mm_vmscan_direct_reclaim_begin'), marks.get('mm_vmscan_kswapd_wake')]).toEqual([undefined, undefined]);
    });
    test(`${capture}: memory.events and the lines of the kills are those of the capture`, () => {
      const facts = group ? { max: 18, oom: 1, oom_kill: 3, oom_group_kill: 1 } : { max: 35, oom: 1, oom_kill: 1, oom_group_kill: 0 }; // facts.txt of each
      expect(events_).toMatchObject({ ...facts, high: 0 });
      const named = (lines: readonly string[]): (string | undefined)[] => lines.flatMap((l) => (l.includes('Killed process') ? [/\((\w+)\)/.exec(l)?.[1]] : []));
      expect(named(log)).toEqual(named(captureText(capture, 'dmesg.txt').split('\n')));
    });
  }
});

/** The story on another profile, or with something changed; what the run showed, and the machine as it was left. */
const seen = (more: Partial<Scenario>): ReturnType<typeof held> => held({ ...memcgLimit, ...more }, 50);
const killed = (s: ReturnType<typeof held>): string[] => s.outcome.kills.map((x) => x.comm);

describe('a charge that its limit refuses', () => {
  const story = seen({});
  test('kills inside the group and by its limit, although a larger process lives outside', () => {
    expect(killed(story)).toEqual(['grower', 'later']);
    expect(story.outcome.kills.map((x) => x.constraint)).toEqual(['CONSTRAINT_MEMCG', 'CONSTRAINT_MEMCG']);
    expect(story.log.filter((l) => l.startsWith('oom-kill:')).every((l) => l.includes('oom_memcg=/box,task_memcg=/box,'))).toBe(true);
    expect(story.log.filter((l) => /^\[ +\d+\]/.test(l)).map((l) => l.split(' ').at(-1))).toEqual(['inside', 'grower', 'later', 'inside', 'later']); // in the order in which they joined, and nobody from outside
  });
  test('asks no notifier, and panics for vm.panic_on_oom=2 alone', () => {
    expect(story.marks.get('oom_notify_begin')).toBe(undefined);
    expect(memcgLimit.sysctl['vm.panic_on_oom']).toBe(1);
    const two = runScenario({ ...memcgLimit, sysctl: { ...memcgLimit.sysctl, 'vm.panic_on_oom': 2 } }, { record: 'none' });
    expect([two.outcome.ending, two.outcome.text]).toEqual(['panic', 'panic: Out of memory: compulsory panic_on_oom is enabled']);
  });
  test('waits for oom_lock where an allocation would try it and go round', () => {
    const chunks: Columns[] = [], { k } = bootScenario(memcgLimit, (c) => { chunks.push(c); }), { oomLock } = k.mm.sync;
    const holder = kfn('holder', function* (k: Kernel): Timed<void> { yield* mutexLock(k, oomLock); yield* clockNanosleep(k, ns(250e6)); mutexUnlock(k, oomLock); });
    spawn(k, 'holder', (k) => holder(k));
    k.runUntil(ns(240e6));
    const grower = must(k.tasks.find((t) => t.comm === 'grower'), 'no grower');
    expect([k.mm.kills.length, grower.blockedOn?.name]).toEqual([0, 'oom_lock']);
    k.runUntil(ns(260e6));
    expect(k.mm.kills.map((x) => x.comm)).toEqual(['grower']);
    expect(k.mm.kills[0].timeNs).toBeGreaterThan(250e6);
    k.recorder.flush();
    expect(oomLock.misses).toBe(0); // no trylock was lost
  });
  test('fails where the OOM killer is disabled, and goes on trying', () => {
    const { k } = bootScenario(memcgLimit, 'none');
    k.mm.oomKillerDisabled = true;
    k.runUntil(ns(200e6));
    expect(k.mm.kills).toEqual([]);
    expect(groupOf(k).events.oom).toBeGreaterThan(1);
    expect(groupOf(k).memory.usage).toBe(groupOf(k).memory.max);
    checkMemcgs(k);
  });
  test('prints a report and kills nobody where all of the group are exempt; the machine goes on', () => {
    const s = runScenario({ ...memcgLimit, untilNs: 160e6, workloads: memcgLimit.workloads.map((w) => (w.cg === 'box' ? { ...w, adj: -1000 } : w)), ends: 'no-oom' }, { record: 'none' });
    expect(s.outcome.kills).toEqual([]);
    expect(s.trace.tables.log.some((l) => l.text === 'Out of memory and no killable processes...')).toBe(true);
    expect(s.outcome.ending).not.toBe('panic');
  });
  test('is for every process of memory.oom.group, but for those that are exempt', () => {
    const s = seen({ workloads: memcgLimit.workloads.filter((w) => w.name !== 'later').map((w) => (w.type === 'cgroup' ? { ...w, oom_group: 1 } : w.name === 'inside' ? { ...w, adj: -1000 } : w)).concat({ type: 'anon', name: 'third', mb: 1, start: 0, cg: 'box' }) });
    expect(killed(s).toSorted()).toEqual(['grower', 'third']);
  });
  test('of a group inside another kills in the outer one, whose limit it is', () => {
    const s = seen({ workloads: [
      { type: 'cgroup', name: 'box', max: 4 }, { type: 'cgroup', name: 'box/inner' }, { type: 'anon', name: 'big', mb: 2.5, start: 0, cg: 'box' }, { type: 'anon', name: 'small', mb: 64, rate: 40, start: 100, cg: 'box/inner' }, { type: 'stop', name: 'driver', start: 300 },
    ] });
    expect(killed(s)[0]).toBe('big');
    expect(s.log.find((l) => l.startsWith('oom-kill:'))).toContain('oom_memcg=/box,task_memcg=/box,task=big');
    expect(s.log.filter((l) => /^\[ +\d+\]/.test(l)).map((l) => l.split(' ').at(-1)).slice(0, 2)).toEqual(['big', 'small']);
  });
  test('to 4.18 is noted by the fault and answered at its end, with the GFP mask of the charge', () => {
    const s = seen({ profile: 'v4.17' }), text = s.log;
    expect(killed(s)).toEqual(['grower', 'later']);
    const frames = text.slice(text.indexOf('Call Trace:') + 1, text.findIndex((l) => l.startsWith('Task in'))).map((l) => l.trim());
    expect(frames.slice(-4)).toEqual(['out_of_memory', 'mem_cgroup_out_of_memory', 'mem_cgroup_oom_synchronize', 'pagefault_out_of_memory']);
    expect(s.marks.get('mm_vmscan_memcg_reclaim_begin')).toBeGreaterThan(2 * 7); // five retries, one before the stocks are drained and one after: 7 a kill, and again where the victim has not gone yet
  });
});

/** What becomes of a request for kernel pages that a group at its limit is charged with: reclaims of the group by who asks, kills, whether it goes past the limit, whether it gets its page. */
interface Gate { readonly name: string; readonly ask: Readonly<Record<string, string | number>>; readonly reclaims: number; readonly kills: boolean; readonly forced: boolean; readonly page: boolean; readonly profile?: Scenario['profile'] }
const GATES: readonly Gate[] = [ // reference 10.1, steps 3 to 15
  { name: 'GFP_KERNEL', ask: {}, reclaims: 18, kills: true, forced: false, page: true },
  { name: 'GFP_NOFS, which an allocation may not kill for', ask: { gfp: 'GFP_NOFS|__GFP_ACCOUNT' }, reclaims: 18, kills: true, forced: false, page: true },
  { name: 'a task that dumps core', ask: { pf: 'DUMPCORE' }, reclaims: 18, kills: true, forced: false, page: true },
  { name: '__GFP_NORETRY', ask: { gfp: 'GFP_KERNEL|__GFP_NORETRY|__GFP_ACCOUNT' }, reclaims: 2, kills: false, forced: false, page: false },
  { name: '__GFP_RETRY_MAYFAIL', ask: { gfp: 'GFP_KERNEL|__GFP_RETRY_MAYFAIL|__GFP_ACCOUNT' }, reclaims: 18, kills: false, forced: false, page: false },
  { name: 'order 4, for which a kill would not help', ask: { order: 4 }, reclaims: 18, kills: false, forced: false, page: false },
  { name: 'GFP_NOWAIT', ask: { gfp: 'GFP_NOWAIT|__GFP_ACCOUNT' }, reclaims: 0, kills: false, forced: false, page: false },
  { name: 'GFP_ATOMIC, which has __GFP_HIGH', ask: { gfp: 'GFP_ATOMIC|__GFP_ACCOUNT' }, reclaims: 0, kills: false, forced: true, page: true },
  { name: 'PF_MEMALLOC', ask: { pf: 'MEMALLOC' }, reclaims: 0, kills: false, forced: true, page: true },
  { name: 'GFP_KERNEL in 4.17, outside a fault', ask: {}, reclaims: 7, kills: false, forced: false, page: false, profile: 'v4.17' },
];
describe('the gates of a charge: a kernel page for a process whose group is full', () => {
  for (const g of GATES) {
    test(g.name, () => {
      const chunks: Columns[] = [], { k } = bootScenario({ ...memcgLimit, profile: g.profile ?? 'v6.1', workloads: [
        { type: 'cgroup', name: 'box', max: 8 }, { type: 'anon', name: 'inside', mb: 2, start: 0, cg: 'box' }, { type: 'asker', name: 'asker', user: 1, adj: -900, start: 100, gfp: 'GFP_KERNEL|__GFP_ACCOUNT', cg: 'box', ...g.ask },
      ] }, (c) => { chunks.push(c); });
      k.runUntil(ns(90e6));
      const box = groupOf(k);
      for (const stock of must(k.mm.memcgs, 'groups').stocks) { pageCounterUncharge(box.memory, stock.pages); stock.pages = 0; }
      box.memory.max = box.memory.watermark = box.memory.usage; // as a write to memory.max leaves it
      k.runUntil(ns(140e6));
      k.recorder.flush();
      const { strings } = k.recorder, marks: { name: string; c: number }[] = [];
      for (const c of chunks) for (let i = 0; i < c.length; i++) if (c.kind[i] === ROW.mark) marks.push({ name: strings[c.a[i]], c: c.c[i] });
      const of = (name: string): { name: string; c: number }[] => marks.filter((m) => m.name === name);
      const killedAt = marks.findIndex((m) => m.name === 'mark_victim'), before = marks.slice(0, killedAt < 0 ? marks.length : killedAt); // afterwards it tries again until the victim has given its pages back, and may be the next to die meanwhile
      expect({ reclaims: before.filter((m) => m.name === 'mm_vmscan_memcg_reclaim_begin').length, kills: k.mm.kills.slice(0, 1).map((x) => x.comm), forced: of('memcg_charge_forced /box').length, page: of('ask_for_pages').map((m) => m.c >= 0) })
        .toEqual({ reclaims: g.reclaims, kills: g.kills ? ['inside'] : [], forced: g.forced ? 1 : 0, page: [g.page] });
      expect(box.memory.watermark > box.memory.max).toBe(g.forced);
      if (g.forced) expect(box.events.max).toBe(1); // since 6.0 a charge that is forced at once is an event, too
      checkMemcgs(k);
    });
  }
});

describe('reclaim of a group', () => {
  test('swaps out its own pages and nobody else\'s, and nobody dies while swap has room', () => {
    const s = held(boxed(swapZram, [
      { type: 'cgroup', name: 'box', max: 16 }, { type: 'anon', name: 'outside', mb: 60, rate: 200, start: 0 }, { type: 'anon', name: 'grower', mb: 40, rate: 100, start: 500, cg: 'box', fillw: 64 }, { type: 'stop', name: 'driver', start: 2500 },
    ], { untilNs: 3e9, ends: 'no-oom' }), 200);
    const { k } = s.run, box = groupOf(k), rss = (comm: string): Int32Array => k.mm.mms[must(k.tasks.find((t) => t.comm === comm), comm).mmId].rss;
    expect(s.outcome.kills).toEqual([]);
    expect(box.memory.watermark).toBe(box.memory.max);
    expect(box.stat.pgsteal_direct).toBeGreaterThan(24 * 256 - 200); // 40 MiB into 16
    expect(s.outcome.counters.pgsteal_direct ?? 0).toBe(0); // the machine's own counters leave a group's reclaim out
    expect([rss('outside')[3], s.marks.get('mm_vmscan_direct_reclaim_begin')]).toEqual([0, undefined]);
  });
  test('gives up the page cache that the group has read, which then never passes its limit', () => {
    const s = held(boxed(swapZram, [
      { type: 'cgroup', name: 'box', max: 4 }, { type: 'fread', name: 'reader', mb: 24, start: 0, cg: 'box' }, { type: 'stop', name: 'driver', start: 1500 },
    ], { untilNs: 2e9, ends: 'no-oom', machine: { ...swapZram.machine, disk: { mbPerS: 60, requestsPerS: 4000 } } }), 100);
    expect(s.outcome.kills).toEqual([]);
    const box = groupOf(s.run.k);
    expect(box.memory.watermark).toBe(box.memory.max);
    expect(box.stat.pgsteal).toBeGreaterThan(18 * 256);
  });
  test('of the machine goes over the lists of all groups', () => {
    const s = held(boxed(swapZram, swapZram.workloads.map((w) => ({ ...w, cg: 'box' })), { workloads: [{ type: 'cgroup', name: 'box' }, ...swapZram.workloads.map((w) => ({ ...w, cg: 'box' }))] }), 200);
    const box = groupOf(s.run.k);
    expect(box.stat.pgscan_kswapd).toBeGreaterThan(1000);
    expect(s.outcome.counters.pswpout).toBeGreaterThan(20_000); // as without a group: 29 005 in capture 6.1-256M-1-swap_zram
    expect(s.outcome.kills.map((x) => x.constraint)).toEqual(['CONSTRAINT_NONE']);
    expect(s.log.find((l) => l.startsWith('oom-kill:'))).toContain('global_oom,task_memcg=/box,');
  });
});

describe('memory.high', () => {
  test('holds up by the square of the overage: 1, 2, 3 and 5 % above cost 6, 25, 57 and 159 ms a batch (reference 10.2)', () => {
    const ms = (percent: number): number => calculateHighDelay(calculateOverage(100_000 + percent * 1000, 100_000), 64, 1000, 64);
    expect([1, 2, 3, 5].map(ms)).toEqual([6, 25, 57, 159]);
    expect([calculateOverage(99, 100), calculateHighDelay(calculateOverage(105, 100), 32, 1000, 64)]).toEqual([0, 79]); // half a batch, half of it
  });
  test('kills nobody: the grower is slowed down until it hardly grows, and the group stays below its limit', () => {
    const s = seen({ workloads: [{ type: 'cgroup', name: 'box', high: 4, max: 16 }, { type: 'anon', name: 'grower', mb: 64, start: 0, cg: 'box' }, { type: 'stop', name: 'driver', start: 6000 }], untilNs: 6.5e9, ends: 'no-oom' });
    expect(s.outcome.kills).toEqual([]);
    const box = groupOf(s.run.k);
    expect(box.events.high).toBeGreaterThan(16);
    // Each batch is 6.25 % of the mark, and 64 s times the square of the overage: 0.25 s, 1 s, then the most there is, 2 s each: the fifth one comes in the sixth second.
    expect(Math.round((box.memory.watermark - box.memory.high) / 64)).toBe(5);
  });
});
describe('charging', () => {
  test('takes a batch at once, and the rest waits on this CPU for the next pages', () => {
    const { k } = bootScenario({ ...memcgLimit, workloads: [{ type: 'cgroup', name: 'box', max: 6 }, { type: 'anon', name: 'one', mb: 10 / 256, start: 20, cg: 'box' }] }, 'none');
    k.runUntil(ns(40e6));
    expect(groupOf(k).memory.usage).toBe(64); // MEMCG_CHARGE_BATCH; a page of small objects, ten of the process
    expect(k.mm.memcgs?.stocks.map((s) => s.pages).toSorted((a, b) => b - a)[0]).toBe(64 - 1 - 10);
    checkMemcgs(k);
  });
  test('gives a child the group of its parent, its stack and page tables too', () => {
    const { k } = bootScenario({ ...memcgLimit, workloads: [{ type: 'cgroup', name: 'box', max: 6 }, { type: 'fork', name: 'storm', n: 2, mb: 0.5, every: 10, start: 20, cg: 'box' }] }, 'none');
    k.runUntil(ns(100e6));
    const frames = k.mm.memcgs?.of.reduce((n, id) => n + (id > 0 ? 1 : 0), 0) ?? 0;
    expect(frames).toBeGreaterThanOrEqual(2 * (128 + 4)); // what each touches, and four pages of stack
    expect(groupOf(k).kmem).toBeGreaterThanOrEqual(1 + 2 * 4 + 2);
    checkMemcgs(k);
  });
});

/** Faults planted in a machine that is otherwise right. */
const faults: Record<string, (k: Kernel, box: MemCgroup) => void> = {
  'a page more is counted than is charged': (_k, box) => { box.memory.usage++; },
  'a frame is charged to a group that does not count it': (k) => { const of = must(k.mm.memcgs, 'groups').of; of[of.indexOf(1)] = 0; },
  'a kernel page is not counted as one': (_k, box) => { box.kmem--; },
  'a list is longer than its group says': (_k, box) => { box.lruvecs[0].own[0]--; },
  'a stock is forgotten': (k) => { must(must(k.mm.memcgs, 'groups').stocks.find((s) => s.pages > 0), 'no stock').pages = 0; },
  'a limit is passed': (_k, box) => { box.memory.max = box.memory.usage - 1; },
};
describe('the judge of groups sees it when', () => {
  for (const [name, plant] of Object.entries(faults)) {
    test(name, () => {
      const { k } = bootScenario(memcgLimit, 'none');
      k.runUntil(ns(70e6));
      checkMemcgs(k);
      plant(k, groupOf(k));
      expect(() => checkMemcgs(k)).toThrow();
    });
  }
});

const cg = fc.constantFrom('', 'a', 'b', 'b/c');
const program = fc.oneof(
  fc.record({ type: fc.constant('anon'), name: fc.constant('hog'), mb: fc.integer({ min: 5, max: 60 }), rate: fc.integer({ min: 0, max: 400 }), start: fc.integer({ min: 0, max: 100 }), thr: fc.integer({ min: 1, max: 2 }), cg }),
  fc.record({ type: fc.constant('hot'), name: fc.constant('hot'), mb: fc.integer({ min: 5, max: 40 }), hot: fc.integer({ min: 10, max: 400 }), seconds: fc.constantFrom(0.2, 1), cg }),
  fc.record({ type: fc.constant('fread'), name: fc.constant('read'), file: fc.constantFrom('x', 'y'), mb: fc.integer({ min: 1, max: 40 }), loops: fc.integer({ min: 1, max: 3 }), mmap: fc.integer({ min: 0, max: 1 }), cg }),
  fc.record({ type: fc.constant('fwrite'), name: fc.constant('write'), file: fc.constantFrom('x', 'y'), mb: fc.integer({ min: 1, max: 40 }), loops: fc.integer({ min: 1, max: 3 }), cg }),
  fc.record({ type: fc.constant('fork'), name: fc.constant('storm'), n: fc.integer({ min: 1, max: 5 }), mb: fc.integer({ min: 2, max: 20 }), every: fc.integer({ min: 0, max: 60 }), hold_s: fc.constantFrom(0.1, 1), cg }),
);
const world = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }), cpus: fc.integer({ min: 1, max: 4 }), preempt: fc.constantFrom('none' as const, 'full' as const, 'rt' as const), swap: fc.constantFrom('disk' as const, 'zram' as const, 'none' as const),
  device: fc.constantFrom('ssd', 'nvme'), profile: fc.constantFrom(...PROFILES), programs: fc.array(program, { minLength: 1, maxLength: 5 }), max: fc.array(fc.integer({ min: 2, max: 40 }), { minLength: 3, maxLength: 3 }), oomGroup: fc.integer({ min: 0, max: 1 }), ms: fc.constant(350),
});
test('random programs in groups that hold each other: every counter is what it counts, and no group passes its limit', () => {
  fc.assert(fc.property(world, ({ programs, max, oomGroup, ...rest }) => {
    const groups: WorkloadSpec[] = ['a', 'b', 'b/c'].map((name, i) => ({ type: 'cgroup', name, max: max[i], oom_group: oomGroup }));
    held(mixed({ ...rest, workloads: [...groups, ...programs, { type: 'stop', name: 'driver', start: 320 }] }), 20);
  }), { numRuns: 5 });
});
test('a group without a limit changes nothing that its processes do: the same pages at the same times', () => {
  const plain: Scenario = { ...memcgLimit, workloads: memcgLimit.workloads.filter((w) => w.type !== 'cgroup').map(({ cg: _, ...w }) => ({ ...w, mb: 3 }) as WorkloadSpec), ends: 'no-oom' };
  const inGroup: Scenario = { ...plain, workloads: [{ type: 'cgroup', name: 'box' }, ...plain.workloads.map((w) => (w.type === 'anon' ? { ...w, cg: 'box' } : w))] };
  const uses = (s: Scenario): string[] => { const { trace } = runScenario(s), out: string[] = []; for (const c of trace.chunks) for (let i = 0; i < c.length; i++) if (c.kind[i] === ROW.pageUse) out.push(`${c.time[i]} ${c.a[i]} ${c.c[i]}`); return out; };
  expect(uses(inGroup)).toEqual(uses(plain));
});
