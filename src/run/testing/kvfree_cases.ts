/**
 * What a module of ours asked real kernels about kvfree_rcu() (fixtures/probe/kvfree_v6.1.csv: two runs of each case on 6.1.176), asked of the model in the same order, at the same
 * place between two ticks. Of 6.12 there are the figures in words only (the captures' README, section 4), without the place: the model is asked at four of them.
 */
import { must, ns } from '../../base/units.ts';
import type { ProfileName, WorkloadSpec } from '../../format/scenario.ts';
import { kfn, type Kernel, spend } from '../../kernel/kernel.ts';
import { FRAME, GFP, GFP_KERNEL } from '../../kernel/mm/constants.ts';
import { allocPages } from '../../kernel/mm/page_alloc.ts';
import { freePages } from '../../kernel/mm/pcp.ts';
import { kvfreeCallRcu, kvfreeInit, kvfreeRcuMightSleep } from '../../kernel/rcu/kvfree.ts';
import { newRcuHead } from '../../kernel/rcu/rcu_segcblist.ts';
import { callRcu } from '../../kernel/rcu/tree.ts';
import { condResched, spawn } from '../../kernel/sched/core.ts';
import { clockNanosleep } from '../../kernel/sched/timer.ts';
import { blank } from '../../scenarios/blank.ts';
import type { Timed } from '../../sim/kfn.ts';
import { bootScenario } from '../boot.ts';
import { meets } from './probe_figures.ts';
import { debian1, debian2 } from './probe_machines.ts';

/** Pages of the stack (null: as boot left it), and whether a refill waits for its five seconds. */
interface Refill { readonly cached: number | null; readonly putOff: boolean }
/**
 * What others queue on the CPU before a burst: the process of the case before is reaped (its files, inodes, names, pid, task), that of this case starts (a file, a node of its maps), the case's mark is
 * written (a file); where memory is filled, reclaim frees inodes, kswapd those of the first filling and the module itself later ones. Counted by a kprobe on call_rcu() in one more boot of the
 * same module, cases and kernel (fixtures/probe/kvfree_others_v6.1.csv); what their callbacks do then is the rest of the machine's: here each costs what one costs.
 * `ms`: before the burst. `task`: the last of them is delayed_put_task_struct(), which queues another.
 */
interface Others { readonly name: string; readonly ms: number; readonly callbacks: number; readonly task: boolean }
const readOthers = (csv: string): Others[] => csv.trim().split('\n').slice(1).map((line) => {
  const [name, ms, , callbacks, task] = line.split(',');
  return { name, ms: Number(ms), callbacks: Number(callbacks), task: task === '1' };
});
export interface KvfreeCase {
  readonly capture: string; readonly name: string; readonly profile: ProfileName; readonly n: number; readonly size: number; readonly single: boolean; readonly phaseUs: number;
  /** Pages that are free as it begins; null: memory is plentiful. */
  readonly leave: number | null;
  /** How this CPU's stack of spare pages stands, after the cases before it in the same boot. */
  readonly refill: Refill;
  readonly others: readonly Others[];
}
/** ns a call, ms to nine tenths of the pages, direct reclaims, pages that the caller and that workers took for pointers. null: not known. */
export interface KvfreeFigures { readonly callNs: number | null; readonly backMs: number | null; readonly reclaims: number | null; readonly callerPages: number | null; readonly workerPages: number | null }
type Figure = keyof KvfreeFigures;

/** A tick of these machines; rcu_delay_page_cache_fill_msec. */
const TICK_US = 4000, PUT_OFF_S = 5;
/** What a row of the fixture says about its moment: s, s, and whether memory was filled before it. */
interface Moment { readonly run: string; readonly beginS: number; readonly endS: number; readonly filled: boolean }
/**
 * The stack of each case, by the rules of run_page_cache_worker() and fill_page_cache_func() from case to case (rcu reference 2.5): who fills memory asks the shrinkers, which empty the stack and
 * set the backoff; the first object without a page then puts a refill off by five seconds, and until it has come none is begun. It brings one page and ends the backoff. Where a case that is
 * still short of memory sees it come, its reclaim takes the page, sets the backoff, and its next object puts off another.
 */
export function refillsOf(moments: readonly Moment[]): readonly Refill[] {
  let run = '', dueS = Infinity, cached: number | null = null;
  return moments.map((m) => {
    if (m.run !== run) { run = m.run; dueS = Infinity; cached = null; }
    if (dueS <= m.beginS) { dueS = Infinity; cached = 1; }
    if (m.filled) cached = 0;
    const told: Refill = { cached, putOff: dueS < Infinity };
    if (m.filled) { if (!told.putOff) dueS = m.beginS + PUT_OFF_S; while (dueS <= m.endS) dueS += PUT_OFF_S; }
    return told;
  });
}
/** @param othersCsv  what others queue before each case, where it was counted */
export function readKvfreeCases(csv: string, othersCsv: string): (KvfreeCase & KvfreeFigures)[] {
  const others = readOthers(othersCsv);
  const [head, ...lines] = csv.trim().split('\n').map((l) => l.split(','));
  const of = (row: readonly string[], name: string): number => Number(row[head.indexOf(name)]);
  const refills = refillsOf(lines.map((l) => ({ run: `${l[0]} ${l[1]}`, beginS: of(l, 'begin_s'), endS: of(l, 'begin_s') + (of(l, 'n') * of(l, 'mean_ns')) / 1e9, filled: of(l, 'fill') === 1 })));
  return lines.map((l, i) => {
    const n = (name: string): number => of(l, name), back = n('back90_ms');
    return {
      capture: l[0], name: l[head.indexOf('name')], profile: 'v6.1', n: n('n'), size: n('size'), single: n('arg') === 1, phaseUs: Math.round(n('begin_s') * 1e6) % TICK_US, leave: n('fill') === 1 ? n('free_begin') : null,
      refill: refills[i], others: others.filter((o) => o.name === l[head.indexOf('name')]),
      callNs: n('mean_ns'), backMs: back < 0 ? null : back, reclaims: n('direct_reclaims'), callerPages: n('pages_caller'), workerPages: n('pages_kworker_all'),
    };
  });
}
const PHASES: readonly number[] = [250, 1250, 2250, 3250];
const later = (name: string, o: Partial<KvfreeCase>, figures: readonly Partial<KvfreeFigures>[]): readonly (KvfreeCase & KvfreeFigures)[] => PHASES.map((phaseUs, i) => ({
  capture: name.startsWith('cpu') ? '6.12-2-mod_kvfree_load' : '6.12-1-mod_kvfree', name, profile: 'v6.12', n: 4000, size: 1024, single: false, leave: null, refill: { cached: 0, putOff: false }, others: [], callNs: null, backMs: null, reclaims: null, callerPages: null, workerPages: null, ...o, phaseUs, ...figures[i % figures.length],
}));
/** The captures' README, section 4. */
export const KVFREE_612: readonly (KvfreeCase & KvfreeFigures)[] = [
  ...later('d_plenty', {}, [{ callNs: 240, backMs: 18, callerPages: 0 }]), ...later('d_low', { leave: 450 }, [{ callNs: 250, backMs: 22, callerPages: 0 }]), ...later('s_plenty', { n: 2000, single: true }, [{ callerPages: 4 }]),
  ...later('cpu_idle_fill0', {}, [{ backMs: 15 }, { backMs: 25 }]), ...later('cpu_busy_fill0', {}, [{ backMs: 21 }, { backMs: 26 }]), ...later('cpu_fifo_fill0', {}, [{ backMs: 24 }]),
];

interface Ask { readonly c: KvfreeCase; readonly fromNs: number; startNs: number; endNs: number; freed: number; backNs: number; done: number }
const START_MS = 100, PAGE_BYTES = 4096, RESCHED_EVERY = 128, LONGEST_NS = 4e9, UNTIL_NS = 12e9, SPIN_MS = 3000, AFTER_NS = 20e6, BUSY_NS = 3e6, STEP_NS = 10_000;
const giveBack = kfn('kfree', function* (k: Kernel, a: Ask, pfn: number, last: boolean): Timed<void> {
  if (!last) return;
  yield* freePages(k, pfn, 0);
  a.freed++;
  if (a.backNs < 0 && a.freed > ((a.done * a.c.size) / PAGE_BYTES) * 0.9) a.backNs = k.now;
});
/** The module's kernel thread: objects, then the filling, then the burst with a cond_resched() every 128. */
const doKv = kfn('do_kv', function* (k: Kernel, a: Ask, taken: number[]): Timed<void> {
  const { c } = a, each = Math.max(1, Math.floor(PAGE_BYTES / c.size)), pfns: number[] = [];
  for (let i = 0; i < c.n; i += each) pfns.push(must(yield* allocPages(k, GFP_KERNEL, 0, FRAME.kernel), 'memory is plentiful'));
  while (c.leave !== null && k.mm.zones.reduce((n, z) => n + z.nrFree, 0) > c.leave) taken.push(yield* allocPages(k, GFP.MEMALLOC | GFP.NOWARN, 0, FRAME.kernel));
  yield* clockNanosleep(k, ns(a.fromNs - BUSY_NS));
  while (k.now < a.fromNs) yield spend(ns(Math.min(STEP_NS, a.fromNs - k.now))); // it made its objects right up to the burst, and did not sleep between
  a.startNs = k.now;
  for (let i = 0; i < c.n; i++) {
    const last = i % each === each - 1 || i === c.n - 1, pfn = pfns[Math.floor(i / each)], object = { id: i, pages: last ? 1 : 0, vmalloc: false, free: (k: Kernel) => giveBack(k, a, pfn, last) };
    if (c.single) yield* kvfreeRcuMightSleep(k, object); else yield* kvfreeCallRcu(k, object);
    a.done = i + 1;
    if (i % RESCHED_EVERY === 0) yield* condResched(k);
    if (c.single && k.now - a.startNs > LONGEST_NS) break;
  }
  a.endNs = k.now;
});
const fileFreeRcu = kfn('file_free_rcu', function* (k: Kernel): Timed<void> { yield spend(k.cost.rcuCallback); });
const delayedPutTaskStruct = kfn('delayed_put_task_struct', function* (k: Kernel): Timed<void> {
  yield spend(k.cost.rcuCallback);
  callRcu(k, newRcuHead(fileFreeRcu)); // put_cred_rcu()
});
/** The processes around a case, and the reclaim of a filling, as far as RCU knows of them. */
function* others(k: Kernel, a: Ask): Timed<void> {
  for (const o of a.c.others) {
    yield* clockNanosleep(k, ns(a.fromNs - o.ms * 1e6));
    for (let i = 1; i <= o.callbacks; i++) callRcu(k, newRcuHead(o.task && i === o.callbacks ? delayedPutTaskStruct : fileFreeRcu));
  }
}
/** Its busy loop of three seconds. In user mode here: that kernel has preemptible RCU, for which every tick outside a reader is a quiescent state; RCU here goes by the machine's preemption. */
function* spin(k: Kernel, fromNs: number): Timed<void> {
  yield* clockNanosleep(k, ns(fromNs));
  for (let ms = 0; ms < SPIN_MS; ms++) yield spend(ns(1e6));
}

export function askKvfree(c: KvfreeCase, seed: number): KvfreeFigures {
  const two = c.name.startsWith('cpu'), { machine, minFreeKbytes } = two ? debian2 : debian1, workloads: WorkloadSpec[] = [];
  const { k } = bootScenario({ ...blank, profile: c.profile, machine, seed, workloads, sysctl: { 'vm.min_free_kbytes': minFreeKbytes, 'vm.watermark_boost_factor': 0 } }, 'none');
  const s = must(kvfreeInit(k), 'these versions have bulk pages'), a: Ask = { c, fromNs: START_MS * 1e6 + c.phaseUs * 1000, startNs: 0, endNs: -1, freed: 0, backNs: -1, done: 0 }, cpu = two ? 1 : 0;
  for (const p of s.krcp) { p.cache.length = Math.min(p.cache.length, c.refill.cached ?? Infinity); p.atBoot = 0; p.backoff = c.leave !== null; p.workInProgress = c.refill.putOff; } // who filled memory has asked the shrinkers
  let workerPages = 0, callerPages = 0;
  const { mark } = k;
  k.mark = (name, b = 0, c = 0) => { if (name === 'kvfree_fill') workerPages += c; else if (name === 'kvfree_page' && c === 1) callerPages++; mark.call(k, name, b, c); };
  spawn(k, 'oomprobe00', (k) => doKv(k, a, []), { cpus: [cpu], ...(two ? { policy: 'fifo', rtPrio: 60 } : {}) });
  spawn(k, 'run', (k) => others(k, a), { cpus: [cpu] });
  if (c.name.includes('busy')) spawn(k, 'spin', (k) => spin(k, a.fromNs), { cpus: [cpu] });
  if (c.name.includes('fifo')) spawn(k, 'spin', (k) => spin(k, a.fromNs), { cpus: [cpu], policy: 'fifo', rtPrio: 50 });
  const before = k.mm.vm.allocstall_normal ?? 0;
  for (let until = UNTIL_NS; k.agenda.heap.length > 0 && k.agenda.heap[0].at <= until; k.step()) if (a.endNs >= 0 && (c.single || a.backNs >= 0)) until = Math.min(until, Math.max(a.endNs, a.backNs) + AFTER_NS);
  return { callNs: Math.round((a.endNs - a.startNs) / a.done), backMs: a.backNs < 0 ? null : (a.backNs - a.startNs) / 1e6, reclaims: stalls(k) - before, callerPages, workerPages };
}
const stalls = (k: Kernel): number => Object.entries(k.mm.vm).reduce((n, [name, v]) => n + (name.startsWith('allocstall') ? v : 0), 0);

/** How near is near enough: times a quarter on the machine that counts its instructions, twice on the one that does not (three seconds a quarter there too); counts equal. */
const COLUMNS: readonly (readonly [Figure, string, (c: KvfreeCase) => number])[] = [
  ['callNs', 'ns a call', (c) => (c.name.startsWith('cpu') ? 2 : 1.25)], ['backMs', 'back after, ms', (c) => (c.name.startsWith('cpu') && !c.name.includes('fifo') ? 2 : 1.25)], ['reclaims', 'direct reclaims', () => 1],
  ['callerPages', 'pages by the caller', () => 1], ['workerPages', 'pages by workers', () => 1],
];
export interface KvfreeCell { readonly column: string; readonly kernel: readonly number[]; readonly model: readonly number[]; readonly near: boolean }
export interface KvfreeRow { readonly capture: string; readonly name: string; readonly cells: readonly KvfreeCell[] }
/** All cases of one capture and name. */
export function compareKvfree(cases: readonly (KvfreeCase & KvfreeFigures)[]): KvfreeRow {
  const model = cases.map((c, i) => askKvfree(c, i + 1)), [first] = cases;
  const cells = COLUMNS.flatMap(([figure, column, factor]): KvfreeCell[] => {
    const [kernel, ours] = [cases, model].map((all) => all.map((f) => f[figure]).filter((n) => n !== null));
    return kernel.length === 0 || ours.length === 0 ? [] : [{ column, kernel, model: ours, near: meets(kernel, ours, { factor: factor(first), slack: 0 }) }];
  });
  return { capture: first.capture, name: first.name, cells };
}
/** Rows in the order of the fixture, each name once a capture. */
export function kvfreeRows(cases: readonly (KvfreeCase & KvfreeFigures)[]): readonly KvfreeRow[] {
  const keys = [...new Set(cases.map((c) => `${c.capture} ${c.name}`))];
  return keys.map((key) => compareKvfree(cases.filter((c) => `${c.capture} ${c.name}` === key)));
}
const round = (n: number): number => Math.round(n * 10) / 10;
const span = (values: readonly number[]): string => { const [a, b] = [round(Math.min(...values)), round(Math.max(...values))]; return a === b ? String(a) : `${a}..${b}`; };
/** kernel / model, with a star where they are further apart than is allowed. */
export const kvfreeTable = (rows: readonly KvfreeRow[]): string => [
  `| capture | case | ${COLUMNS.map(([, name]) => name).join(' | ')} |`, `|---|---|${COLUMNS.map(() => '---').join('|')}|`,
  ...rows.map((r) => `| ${r.capture} | ${r.name} | ${COLUMNS.map(([, name]) => { const c = r.cells.find((x) => x.column === name); return c === undefined ? '' : `${span(c.kernel)} / ${span(c.model)}${c.near ? '' : ' *'}`; }).join(' | ')} |`),
].join('\n');
