/**
 * What real kernels did when a module took pages from one CPU one by one and gave them back (fixtures/probe/pcp_lists.csv: captures 6.1-256M-1-mod_pcp, both runs
 * alike; of 6.12 the figures that were noted, and boots of our own with the same module), beside the model from the same start: so many pages free in DMA32, so many Unmovable ones on the CPU's list.
 */
import { must, ns } from '../../base/units.ts';
import type { ProfileName } from '../../format/scenario.ts';
import { kfn, type Kernel } from '../../kernel/kernel.ts';
import { FRAME, GFP, MAX_ORDER, MT, NO_CPU } from '../../kernel/mm/constants.ts';
import { rmqueueInner } from '../../kernel/mm/fallback.ts';
import { gfpFromNames } from '../../kernel/mm/gfp.ts';
import { listEmpty, type Zone } from '../../kernel/mm/mmzone.ts';
import { allocPages } from '../../kernel/mm/page_alloc.ts';
import { freeOnePage, freePages, orderToPindex } from '../../kernel/mm/pcp.ts';
import { spawn } from '../../kernel/sched/core.ts';
import { clockNanosleep } from '../../kernel/sched/timer.ts';
import { oneHog } from '../../scenarios/one_hog.ts';
import type { Timed } from '../../sim/kfn.ts';
import { bootScenario } from '../boot.ts';
import { debian1 } from './probe_machines.ts';

/** One block. `refills`, `bulks`: pages that went to the list, or back from it, at once; 0 for a page that never was. '' = not noted. */
export interface PcpFigures { readonly refills: string; readonly wakePage: string; readonly firstFailure: string; readonly freeThen: string; readonly most: string; readonly bulks: string }
export interface PcpBlock extends PcpFigures { readonly profile: ProfileName; readonly name: string; readonly gfp: number; readonly free: number; readonly left: number; readonly factor: number; readonly ask: number }
export const PCP_COLUMNS: readonly (readonly [keyof PcpFigures, string])[] = [
  ['refills', 'refills, pages'], ['wakePage', 'kswapd woken at page'], ['firstFailure', 'first refused'], ['freeThen', 'free at the end of taking'], ['most', 'list at most while freeing'], ['bulks', 'back to the buddy, pages'],
];
export function readPcpBlocks(csv: string): PcpBlock[] {
  const [head, ...lines] = csv.trim().split('\n').map((l) => l.split(','));
  return lines.map((l) => {
    const at = (name: string): string => l[head.indexOf(name)], n = (name: string): number => Number(at(name)), profile = at('profile');
    if (profile !== 'v6.1' && profile !== 'v6.12') throw new Error(`no kernel of ${profile} was asked`);
    return {
      profile, name: at('name'), gfp: at('gfp') === '0' ? 0 : must(gfpFromNames(at('gfp')), `no such flags: ${at('gfp')}`), free: n('free'), left: n('left'), factor: n('factor'), ask: n('ask'),
      refills: at('refills'), wakePage: at('wake_page'), firstFailure: at('first_failure'), freeThen: at('free_then'), most: at('most'), bulks: at('bulks'),
    };
  });
}
/** `15 15 15 30` as `15x3 30`. */
const runs = (sizes: readonly number[]): string => {
  const out: [size: number, times: number][] = [];
  for (const s of sizes) { const last = out.at(-1); if (last !== undefined && last[0] === s) last[1]++; else out.push([s, 1]); }
  return out.map(([s, n]) => (n > 2 ? `${s}x${n}` : Array(n).fill(s).join(' '))).join(' ');
};
const NO_PAGE = 0;

type Taken = [pfn: number, order: number][];
/** Leaves `free` pages in the zone's buddy lists; per-CPU lists are left alone. */
function leave(k: Kernel, z: Zone, free: number, taken: Taken): void {
  for (let order = MAX_ORDER; order >= 0; order--) {
    while (z.nrFree - (1 << order) >= free) {
      const pfn = rmqueueInner(k, z, order, MT.unmovable, 0, NO_CPU);
      if (pfn < 0) break;
      k.mm.word.fill(FRAME.kernel, pfn, pfn + (1 << order));
      taken.push([pfn, order]);
    }
  }
}
/** The block's start: DMA has nothing to give, DMA32 and the list what they had. */
const prepare = kfn('prepare', function* (k: Kernel, b: PcpBlock, taken: Taken): Timed<void> {
  const [dma, dma32] = k.mm.zones, pcp = dma32.pcp[0], unmovable = pcp.heads[orderToPindex(MT.unmovable, 0)], all = GFP.MEMALLOC | GFP.NOWARN, extra: number[] = [];
  const drain = function* (): Timed<void> { while (!listEmpty(k.mm, unmovable)) taken.push([yield* allocPages(k, all, 0, FRAME.kernel), 0]); };
  leave(k, dma32, b.free + 1000, taken);
  yield* drain();
  while (extra.length < b.left) extra.push(yield* allocPages(k, all, 0, FRAME.kernel));
  yield* drain();
  leave(k, dma32, b.free, taken);
  leave(k, dma, 31, taken);
  for (const pfn of extra) yield* freePages(k, pfn, 0);
  pcp.freeFactor = 0; pcp.allocFactor = b.factor; pcp.freeCount = 0; // as after a second in which nobody took or gave any
  if (b.factor > 0) pcp.high = pcp.highMax; // 6.12: as filling memory has left it, whose refills raise both
});

/** Between two blocks of the module: with memory still full, and with it free again. */
const FULL_NS = 1e8, REST_NS = 2e8;
/** One block on a machine that has been through those before it: starts, asks, gives back. */
const runBlock = kfn('do_pcp', function* (k: Kernel, b: PcpBlock, told: { wakes: number }): Timed<PcpFigures> {
  const z = k.mm.zones[1], refills: number[] = [], bulks: number[] = [], got: number[] = [], taken: Taken = [];
  let wakePage = NO_PAGE, firstFailure = NO_PAGE, most = 0;
  yield* clockNanosleep(k, ns(k.now + REST_NS));
  yield* prepare(k, b, taken);
  told.wakes = 0;
  for (let page = 1; page <= b.ask; page++) {
    const before = z.nrFree, pfn = yield* allocPages(k, b.gfp | GFP.NOWARN, 0, FRAME.kernel);
    if (told.wakes > 0 && wakePage === NO_PAGE) wakePage = page;
    if (z.nrFree < before) refills.push(before - z.nrFree);
    if (pfn >= 0) got.push(pfn);
    else if (firstFailure === NO_PAGE) firstFailure = page;
  }
  const freeThen = z.nrFree;
  for (const pfn of got) {
    const before = z.nrFree;
    yield* freePages(k, pfn, 0);
    if (z.nrFree > before) bulks.push(z.nrFree - before);
    most = Math.max(most, z.pcp[0].count);
  }
  yield* clockNanosleep(k, ns(k.now + FULL_NS)); // kswapd, if it was woken, finds nothing to take: after 16 rounds it has given up
  for (const [pfn, order] of taken) yield* freeOnePage(k, k.mm.pageZone(pfn), pfn, order); // to where they came from, so that the next block finds other types on the list as boot left them
  return { refills: runs(refills), wakePage: String(wakePage), firstFailure: String(firstFailure), freeThen: String(freeThen), most: String(most), bulks: runs(bulks) };
});
/** The blocks of one kernel, in the order of the fixture, one after the other in one boot, as the module's capture ran them. */
export function runPcpBlocks(blocks: readonly PcpBlock[]): readonly PcpFigures[] {
  const { machine, minFreeKbytes } = debian1, sysctl = { 'vm.min_free_kbytes': minFreeKbytes, 'vm.watermark_boost_factor': 0 }, [first] = blocks;
  const { k } = bootScenario({ ...oneHog, profile: first.profile, machine, sysctl, workloads: [] }, 'none'), { mark } = k, told = { wakes: 0 }, figures: PcpFigures[] = [];
  k.mark = (name, x = 0, y = 0) => { if (name === 'mm_vmscan_wakeup_kswapd') told.wakes++; mark.call(k, name, x, y); };
  spawn(k, 'module', function* (k: Kernel): Timed<void> { for (const b of blocks) figures.push(yield* runBlock(k, b, told)); });
  k.runUntil(ns(k.now + blocks.length * 1e9));
  if (figures.length < blocks.length) throw new Error(`${blocks[figures.length].name} did not come to its end`);
  return figures;
}
export interface PcpCell { readonly column: string; readonly kernel: string; readonly model: string; readonly same: boolean }
export interface PcpRow { readonly block: PcpBlock; readonly cells: readonly PcpCell[] }
/** Equal, or within what several boots of the kernel did: `1212..1503`. */
function agrees(kernel: string, model: string): boolean {
  const [low, high] = kernel.split('..').map(Number);
  return high === undefined ? kernel === model : Number(model) >= low && Number(model) <= high;
}
/** The figures that were noted, beside the model's: all blocks, those of one kernel in one machine. */
export function comparePcp(blocks: readonly PcpBlock[]): readonly PcpRow[] {
  return [...new Set(blocks.map((b) => b.profile))].flatMap((profile) => {
    const of = blocks.filter((b) => b.profile === profile), model = runPcpBlocks(of);
    return of.map((block, i) => ({ block, cells: PCP_COLUMNS.filter(([key]) => block[key] !== '').map(([key, column]) => ({ column, kernel: block[key], model: model[i][key], same: agrees(block[key], model[i][key]) })) }));
  });
}
/** In the words of docs/fidelity.md, a star where they differ. */
export const pcpTable = (rows: readonly PcpRow[]): string => [
  `| kernel / model | ${PCP_COLUMNS.map(([, name]) => name).join(' | ')} |`, `|---|${PCP_COLUMNS.map(() => '---').join('|')}|`,
  ...rows.map(({ block, cells }) => `| ${block.profile} ${block.name} | ${PCP_COLUMNS.map(([, name]) => { const c = cells.find((x) => x.column === name); return c === undefined ? '' : `${c.kernel} / ${c.model}${c.same ? '' : ' *'}`; }).join(' | ')} |`),
].join('\n');
