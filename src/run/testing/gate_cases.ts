/**
 * One allocation on a machine that is full to the page, as the module asked it of a real 6.1 (capture 6.1-256M-1-mod_gates): every per-CPU list is
 * empty and each zone stands at its MIN, a process of 3 MiB waits to be the victim, boosts are off. What came back, and what happened on the way.
 */
import { must, ns } from '../../base/units.ts';
import type { Scenario } from '../../format/scenario.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel, spend } from '../../kernel/kernel.ts';
import { FRAME, MT_COUNT, NO_CPU, ORDERS, PF } from '../../kernel/mm/constants.ts';
import { gfpFromNames } from '../../kernel/mm/gfp.ts';
import { rmqueueSmallest } from '../../kernel/mm/buddy.ts';
import { allocPages } from '../../kernel/mm/page_alloc.ts';
import { drainAllPages } from '../../kernel/mm/pcp.ts';
import { WMARK, type Zone } from '../../kernel/mm/mmzone.ts';
import { RSS } from '../../kernel/mm/rss.ts';
import type { Task } from '../../kernel/sched/task.ts';
import { sendSignal, SIGKILL, spawn } from '../../kernel/sched/core.ts';
import { mmAlloc } from '../../kernel/mm/memory.ts';
import { type Columns, ROW } from '../../format/rows.ts';
import { bootScenario } from '../boot.ts';

export interface GateCase { readonly name: string; readonly gfp: string; readonly order: number; readonly pf: string; readonly user: boolean; readonly mods: string; readonly selfVictim: boolean }
export interface GateResult { readonly page: boolean | null; readonly directReclaims: number;
  /** Those before the last call of out_of_memory(): the watch of a loop ends somewhere within a round. */
  readonly wholeRounds: number; readonly oomCalls: number; readonly notifiers: number; readonly kills: number }

const FILL_MS = 50, ASK_MS = 100;
/** CPU time that others use meanwhile, so that the victim, who sleeps, has the whole credit of a sleeper when it is killed. */
const OTHER_WORK_NS = 20e6;
/** A request that loops is watched for so long. */
const LOOP_MS = 60;
/** Between two looks at whether the answer has come. */
const STEP_NS = 2e6;
const PF_OF: Readonly<Record<string, number>> = { memalloc: PF.MEMALLOC, dumpcore: PF.DUMPCORE, nofs: PF.MEMALLOC_NOFS, exiting: 0, '-': 0 };
/** `GFP_KERNEL|NORETRY` of the table in the names of the kernel log. */
export const gfpOf = (names: string): number => must(gfpFromNames(names.split('|').map((n) => (n.startsWith('GFP_') ? n : n === 'DMA' || n === 'DMA32' ? `GFP_${n}` : `__GFP_${n}`)).join('|')), `no gfp flags: ${names}`);

/** Single blocks out of the smallest free ones, until the zone stands at MIN: what is left is whole as far as it can be. */
export function fillTo(k: Kernel, z: Zone, free: number): void {
  while (z.nrFree > free) {
    let pfn = -1;
    for (let order = 0; order < ORDERS && pfn < 0; order++) for (let t = 0; t < MT_COUNT && pfn < 0; t++) if (z.freeBlocks[order * MT_COUNT + t] > 0) pfn = rmqueueSmallest(k, z, 0, t, NO_CPU);
    k.mm.word[pfn] = FRAME.kernel;
  }
}
const fill = kfn('fill', function* (k: Kernel): Timed<void> {
  yield* drainAllPages(k, null);
  for (const z of k.mm.zones) fillTo(k, z, z.wmark[WMARK.MIN]);
  yield spend(ns(OTHER_WORK_NS));
});
/** A process that asks in a system call; where it is to be the best victim, by its score and the pages that it is said to have. */
function askingProcess(k: Kernel, c: GateCase, answer: Answer): Task {
  const m = mmAlloc(k);
  m.users = 1;
  m.rss[RSS.anon] = c.selfVictim ? 5000 : 100;
  return spawn(k, 'asker', () => program(k, c, answer), { mmId: m.id, oomScoreAdj: c.selfVictim ? 1000 : -900 });
}
interface Answer { pfn: number | null }
const askOnce = kfn('ask', function* (k: Kernel, c: GateCase, answer: Answer): Timed<void> {
  k.current.pf |= PF_OF[c.pf];
  answer.pfn = yield* allocPages(k, gfpOf(c.gfp), c.order, FRAME.kernel);
});
/** A system call: what it does is the kernel's, and is done to its end whatever becomes of the process. */
function* program(k: Kernel, c: GateCase, answer: Answer): Timed<void> { yield* askOnce(k, c, answer); }

const RECLAIM = 'mm_vmscan_direct_reclaim_begin', CALL = 'the OOM killer is disabled';
/** How often the task took a branch (`decide`), or passed a tracepoint, of that name; and how often it passed the tracepoint before it took the branch for the last time. */
interface Times { (kind: number, name: string): number; before(kind: number, name: string, branch: string): number }
function timesOf(k: Kernel, chunks: readonly Columns[], strings: readonly string[], task: number): Times {
  k.recorder.flush();
  const rows = chunks.flatMap((c) => Array.from({ length: c.length }, (_, i) => ({ kind: c.kind[i], task: c.task[i], name: strings[c.a[i]] }))).filter((r) => r.task === task && (r.kind === ROW.mark || r.kind === ROW.decide));
  const count = (of: typeof rows, kind: number, name: string): number => of.filter((r) => r.kind === kind && r.name === name).length;
  return Object.assign((kind: number, name: string) => count(rows, kind, name), {
    before: (kind: number, name: string, branch: string) => count(rows.slice(0, rows.findLastIndex((r) => r.kind === ROW.decide && r.name === branch) + 1), kind, name),
  });
}
export function runGate(base: Scenario, c: GateCase): GateResult {
  const chunks: Columns[] = [], { k } = bootScenario(base, (columns) => { chunks.push(columns); }), answer: Answer = { pfn: null };
  let notifiers = 0;
  const oomNotify = kfn('oom_notify', function* (): Timed<number> { notifiers++; return 0; });
  k.mm.oomNotifiers.push((k) => oomNotify(k));
  k.runUntil(ns(FILL_MS * 1e6));
  spawn(k, 'fill', (k) => fill(k));
  k.runUntil(ns((ASK_MS - 1) * 1e6));
  k.mm.suspendedStorage = c.mods === 'pm_suspended';
  k.mm.oomKillerDisabled = c.mods === 'oom_disabled';
  const t = c.user ? askingProcess(k, c, answer) : spawn(k, 'asker', (k) => askOnce(k, c, answer));
  if (c.mods === 'sigkill_pending' || c.pf === 'exiting') { // once it is in the kernel: before that it would not ask any more
    k.runUntil(ns(k.now + 50_000));
    sendSignal(k, t, SIGKILL, true);
  }
  for (const end = (ASK_MS + LOOP_MS) * 1e6; k.now < end && (answer.pfn === null || k.now < ASK_MS * 1e6);) k.runUntil(ns(Math.min(end, k.now + STEP_NS)));
  const times = timesOf(k, chunks, k.recorder.takeGrowth().strings, t.id);
  return {
    page: answer.pfn === null ? null : answer.pfn >= 0, directReclaims: times(ROW.mark, RECLAIM), wholeRounds: times.before(ROW.mark, RECLAIM, CALL), oomCalls: times(ROW.decide, CALL),
    notifiers, kills: times(ROW.mark, 'mark_victim'),
  };
}
