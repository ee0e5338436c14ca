/**
 * One block of the captures mod_notifier_* and mod_starve*: what a module of ours asked of real kernels, asked of the model in the same order. Victims of
 * 20 and four times 2 MiB sleep, DMA32 is filled until 2500 pages are free, boosts are off; then kernel threads allocate page by page until somebody has been
 * killed, while a callback of ours stands on the OOM notifier chain.
 */
import { jiffies, must, ns } from '../../base/units.ts';
import type { MachineSpec, Scenario, WorkloadSpec } from '../../format/scenario.ts';
import { kfn, type Kernel, spend } from '../../kernel/kernel.ts';
import { FRAME, GFP_KERNEL, MAX_RECLAIM_RETRIES } from '../../kernel/mm/constants.ts';
import { mmAlloc } from '../../kernel/mm/memory.ts';
import { allocPages } from '../../kernel/mm/page_alloc.ts';
import { freePages } from '../../kernel/mm/pcp.ts';
import { RSS } from '../../kernel/mm/rss.ts';
import type { Shrinker } from '../../kernel/mm/shrinker.ts';
import { condResched, spawn } from '../../kernel/sched/core.ts';
import { SCHED_COST } from '../../kernel/sched/cost.ts';
import { scheduleTimeoutUninterruptible, waitEvent, WaitQueue, wakeUpAll } from '../../kernel/sched/wait.ts';
import type { Timed } from '../../sim/kfn.ts';
import { bootScenario } from '../boot.ts';
import { fillTo } from './gate_cases.ts';

export interface Block {
  readonly machine: MachineSpec;
  readonly minFreeKbytes: number;
  readonly knobs: Scenario['knobs'];
  readonly seed: number;
  /** What the callback does at each call: sleeps; gives `pages` back while it has any of `kept`; says that it freed one, until so long after its first call. */
  readonly callback: { readonly sleepMs: number; readonly pages: number; readonly kept: number; readonly claimMs: number };
  readonly allocators: number;
  /** mod_starve: a process of this policy comes first, the others begin when the callback does. */
  readonly holder: 'none' | 'normal' | 'idle';
  /** A shrinker of 10000 objects that burns 5 us of CPU at each call. */
  readonly heavy: boolean;
  /** false: the ten reports of five seconds are used up, as they were in most blocks of a capture. */
  readonly reports: boolean;
  /** The first block of its capture: kswapd is awake in it. Later ones find it given up (16 failures, no page reclaimed since): traces of 6.1 and of a 6.1 of our own show no kswapd from the second or third block on. */
  readonly first: boolean;
  /** Where the module's threads were last, but for the first: all on the CPU of the script, or on either in turn. Logs of the captures have both, by the CPU on which a thread ends (6.1-256M-2: `free1_A16` 15 and 14 of these 15 on one, and the victim, which the script forked, on the other; `sleep100_A16` 6 and 3 of 16 on the other). */
  readonly gathered: boolean;
}
/** Figures by the names of the captures' notifier.csv where that has them. Times in us. */
export interface BlockFigures {
  readonly calls: number; readonly markAfterFirstCbUs: number; readonly markAfterItsCbEndUs: number; readonly marks: number;
  readonly drTotal: number; readonly lockAcq: number; readonly lockFail: number; readonly lockMaxUs: number;
  /** Free pages of DMA32 at each mark_victim. */
  readonly freeAtMarks: readonly number[];
  /** Callbacks that ran side by side, at most. */
  readonly atOnce: number;
  /** When each task had its last page, in order, after the start. */
  readonly leavesUs: readonly number[];
  /** Of 12 pages handed out next after a callback had given pages back: how many went to the task that had called it; null: it gave none. */
  readonly toTheFreer: number | null;
}

const OTHER_MS = 100, FILL_MS = 150, LEAVE = 2500, FILL_NS = 50e6, OTHER_NS = 20e6, ASK_MS = 300, LONGEST_NS = 20e9, PAGES_EACH = 20_000, WATCHED = 12;
/** What the module does for each page beside asking for it: two looks at the clock, probes. Read off capture 6.1-256M-1-mod_starve: 5606 pages in 9.2 ms. */
const PAGE_NS = 1500;
/**
 * What it takes longer to wake tasks on an emulator with a thread for each CPU: the first one, when that code has not run for a while, and each further one (probe sched_costs, `threads`: medians of `wake; here` and
 * `waker spins: the waker`, less what the model's scheduler takes). A SCHED_IDLE task pays for it 341 times.
 */
const FIRST_WAKE_NS = 10_429 - SCHED_COST.wake, NEXT_WAKE_NS = 4128 - SCHED_COST.wake;
/** From one thread that the script sets going to the next, in their order. Captures 6.1-256M-2-mod_notifier_free: 20 to 30 us between the first looks at the clock of oprobe00, 03 and 04, or 00 and 01. */
const POST_NS = 25_000;
const VICTIMS: readonly WorkloadSpec[] = [
  { type: 'anon', name: 'victim', mb: 20, start: 0, adj: 1000 }, ...[900, 800, 700, 600].map((adj, i) => ({ type: 'anon', name: `spare${i}`, mb: 2, start: 0, adj })),
];
/** The module's burning shrinker: it has as much to give after each call as before it. */
const scanObjects = kfn('sh_scan', function* (_k: Kernel): Timed<number> { yield spend(ns(5000)); return 0; });
const burner = (): Shrinker => ({ name: 'sh_scan', seeks: 2, batch: 0, objectNs: 0, deferred: [], countObjects: () => 10_000, scanObjects: (k) => scanObjects(k) });

/** Pages that left the allocator since boot. */
const allocated = (k: Kernel): number => k.mm.zones.reduce((sum, z) => sum + z.allocated, 0);

class Probe {
  readonly b: Block;
  readonly began: WaitQueue;
  readonly held: number[];
  readonly kills: { atNs: number; free: number; cbEndNs: number }[];
  readonly leaves: number[];
  readonly filling: WaitQueue; readonly asking: readonly WaitQueue[]; readonly scripted: WaitQueue; // what the module's threads wait for: each has a completion of its own
  told: boolean; going: number; calls: number; running: number; atOnce: number; firstNs: number; endNs: number; freer: number; left: number; toFreer: number | null; startNs: number; seen: number; watched: number;
  constructor(k: Kernel, b: Block) {
    this.b = b; this.began = new WaitQueue(k); this.filling = new WaitQueue(k); this.scripted = new WaitQueue(k); this.asking = Array.from({ length: b.allocators }, () => new WaitQueue(k)); this.held = []; this.kills = []; this.leaves = [];
    this.told = false; this.going = 0; this.seen = 0; this.watched = 0; this.calls = 0; this.running = 0; this.atOnce = 0; this.firstNs = -1; this.endNs = -1; this.freer = -1; this.left = 0; this.toFreer = null; this.startNs = 0;
  }
  /** A page was handed out to one of ours; what others had since the last time comes first. */
  handedOut(k: Kernel): void {
    const others = allocated(k) - this.seen - 1;
    this.seen += others + 1;
    this.watched += Math.min(this.left, others);
    this.left = Math.max(0, this.left - others);
    if (this.left === 0) return;
    this.left--;
    this.watched++;
    if (k.current.id === this.freer) this.toFreer = (this.toFreer ?? 0) + 1;
  }
}
/** msleep() to 6.12: one jiffy more than asked for, so that it is never short. */
const msleep = kfn('msleep', function* (k: Kernel, ms: number): Timed<void> { yield* scheduleTimeoutUninterruptible(k, jiffies(Math.ceil((ms * k.hz) / 1000) + 1)); });
const cbfn = kfn('cbfn', function* (k: Kernel, p: Probe): Timed<number> {
  const { callback } = p.b;
  p.calls++;
  if (p.firstNs < 0) p.firstNs = k.now;
  p.atOnce = Math.max(p.atOnce, ++p.running);
  const woken = wakeUpAll(k, p.began);
  if (woken > 0 && k.cpus.length > 1) yield spend(ns(FIRST_WAKE_NS + NEXT_WAKE_NS * (woken - 1)));
  if (callback.sleepMs > 0) yield* msleep(k, callback.sleepMs);
  const pages = p.held.splice(0, callback.pages);
  for (const pfn of pages) yield* freePages(k, pfn, 0);
  if (pages.length > 0) { p.freer = k.current.id; p.left = WATCHED; p.seen = allocated(k); p.toFreer ??= 0; }
  p.running--;
  p.endNs = k.now;
  return pages.length + (k.now - p.firstNs < callback.claimMs * 1e6 ? 1 : 0);
});
/** Page after page until somebody has been killed. */
const doAlloc = kfn('do_alloc', function* (k: Kernel, p: Probe, first: boolean): Timed<void> {
  if (!first) yield* waitEvent(k, p.began, () => p.calls > 0);
  for (let n = 1; n <= PAGES_EACH; n++) {
    const pfn = yield* allocPages(k, GFP_KERNEL, 0, FRAME.kernel);
    p.handedOut(k);
    yield spend(ns(PAGE_NS));
    if (pfn < 0 || p.kills.length > 0) break;
    if (n % 64 === 0) yield* condResched(k);
  }
  p.leaves.push(k.now);
});
const fill = kfn('fill', function* (k: Kernel, p: Probe): Timed<void> {
  for (let i = 0; i < p.b.callback.kept; i++) p.held.push(yield* allocPages(k, GFP_KERNEL, 0, FRAME.kernel));
  fillTo(k, must(k.mm.zones.find((z) => z.name === 'DMA32'), 'the machine has a DMA32'), LEAVE);
  yield spend(ns(FILL_NS));
});
/** The module's threads are there from the beginning and sleep until they are told, one after the other; the first one fills the machine before. */
const wkfn = kfn('wkfn', function* (k: Kernel, p: Probe, i: number): Timed<void> {
  if (i === 0) {
    yield* waitEvent(k, p.filling, () => p.going > 0);
    yield* fill(k, p);
  }
  if (i >= p.b.allocators) return;
  yield* waitEvent(k, p.asking[i], () => p.going > i + 1);
  yield* doAlloc(k, p, p.b.holder === 'none');
});
/** What else ran on each CPU since the victims fell asleep (the script, four more processes): so a victim has the whole credit of a sleeper when it is killed. */
const other = kfn('other', function* (_k: Kernel): Timed<void> { yield spend(ns(OTHER_NS)); });
function* asProcess(k: Kernel, p: Probe): Timed<void> { yield* doAlloc(k, p, true); }
/** The script: a process that has slept long, and then sets the module's threads going, one after the other. */
const run = kfn('run', function* (k: Kernel, p: Probe): Timed<void> {
  const { holder } = p.b;
  yield* waitEvent(k, p.scripted, () => p.told);
  p.startNs = k.now;
  yield spend(ns(PAGE_NS));
  if (holder !== 'none') {
    const m = mmAlloc(k);
    m.users = 1;
    m.rss[RSS.anon] = 100;
    spawn(k, 'holder', () => asProcess(k, p), { mmId: m.id, oomScoreAdj: -1000, policy: holder });
  }
  for (const thread of p.asking) {
    p.going++;
    wakeUpAll(k, thread);
    yield spend(ns(POST_NS));
  }
});
/**
 * The script runs on one CPU; what it forks, and the module's first thread, which does all it says, have begun on the other, which was idle; the other threads as the block says
 * (sched_switch and sched_wakeup of a 6.1 with a socket for each of two CPUs, docs/decisions/own_caches.md).
 */
function lastRan(k: Kernel, gathered: boolean): void {
  const other = k.cpus.length - 1;
  for (const t of k.tasks) {
    const thread = /^oprobe(\d+)$/.exec(t.comm), n = Number(thread?.[1] ?? 0), to = thread === null && !VICTIMS.some((v) => v.name === t.comm) ? -1 : n === 0 ? other : gathered ? 0 : Math.max(0, other - (n % 2));
    if (to >= 0 && !t.onCpu && !t.queued) t.cpuIndex = to;
  }
}

export function runBlock(b: Block): BlockFigures {
  const base: Scenario = {
    id: 'probe', title: 'probe', text: [], profile: 'v6.1', seed: b.seed, machine: b.machine, sysctl: { 'vm.min_free_kbytes': b.minFreeKbytes, 'vm.watermark_boost_factor': 0 },
    knobs: b.knobs, workloads: VICTIMS, untilNs: LONGEST_NS, ends: 'oom-kill',
  };
  const { k } = bootScenario(base, 'none'), p = new Probe(k, b), dma32 = must(k.mm.zones.find((z) => z.name === 'DMA32'), 'the machine has a DMA32');
  k.mm.oomNotifiers.push((k) => cbfn(k, p));
  if (b.heavy) k.mm.shrinkers.push(burner());
  for (let i = 0; i < Math.max(1, b.allocators); i++) spawn(k, `oprobe${i}`, (k) => wkfn(k, p, i));
  spawn(k, 'run', (k) => run(k, p), { cpus: [0] });
  k.runUntil(ns(OTHER_MS * 1e6));
  lastRan(k, b.gathered);
  for (const { index } of k.cpus) spawn(k, 'other', (k) => other(k), { cpus: [index] });
  k.runUntil(ns(FILL_MS * 1e6));
  p.going = 1;
  wakeUpAll(k, p.filling);
  k.runUntil(ns(ASK_MS * 1e6 + k.chance.below(4_000_000))); // at any moment between two ticks
  if (!b.first) for (const node of k.mm.nodes) node.kswapdFailures = MAX_RECLAIM_RETRIES;
  if (!b.reports) Object.assign(k.mm.oomRate, { begin: k.now, printed: 10 });
  const stalls = (): number => Object.entries(k.mm.counters()).reduce((sum, [name, n]) => sum + (name.startsWith('allocstall_') ? n : 0), 0), before = stalls(), tasks = b.allocators + (b.holder === 'none' ? 0 : 1);
  p.told = true;
  wakeUpAll(k, p.scripted);
  for (let t = k.agenda.heap[0]; t !== undefined && t.at < LONGEST_NS && p.leaves.length < tasks; t = k.agenda.heap[0]) {
    k.step();
    while (p.kills.length < k.mm.kills.length) p.kills.push({ atNs: k.now, free: dma32.nrFree, cbEndNs: p.endNs });
  }
  const lock = k.mm.sync.oomLock, us = (n: number): number => Math.round(n / 1000), kill = p.kills[0] as (typeof p.kills)[number] | undefined;
  return {
    calls: p.calls, marks: p.kills.length, markAfterFirstCbUs: kill === undefined ? -1 : us(kill.atNs - p.firstNs), markAfterItsCbEndUs: kill === undefined ? -1 : us(kill.atNs - kill.cbEndNs),
    drTotal: stalls() - before, lockAcq: lock.holds, lockFail: lock.misses, lockMaxUs: us(lock.longestNs), freeAtMarks: p.kills.map((x) => x.free), atOnce: p.atOnce,
    leavesUs: p.leaves.map((t) => us(t - p.startNs)), toTheFreer: p.toFreer === null || p.watched === 0 ? null : Math.round((WATCHED * p.toFreer) / p.watched),
  };
}
