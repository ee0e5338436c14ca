/**
 * mm/show_mem.c, v6.1 (there in mm/page_alloc.c and lib/show_mem.c) and v6.12: the Mem-Info block of a report, and the report of an
 * allocation that failed. What a kernel of these captures is configured with is printed: NUMA, free_cma without CMA pages.
 * Left out: nodemasks and cpusets (no node is skipped), huge page pools (none are set up), bounce and secondary page tables (always 0).
 */
import { PAGE_KB } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import type { AllocContext } from './alloc_context.ts';
import { FRAME, GFP, MAX_RECLAIM_RETRIES, MT, MT_COUNT, ORDERS } from './constants.ts';
import { dumpStack } from './dump_stack.ts';
import { gfpMask } from './gfp.ts';
import { LRU, type Mm, type Pgdat, WMARK, type Zone } from './mmzone.ts';
import { countNode, framesOf, type NodeCounts, sumNodes } from './node_counts.ts';
import { newRateLimit, ratelimit, type RateLimit } from './ratelimit.ts';
import { reportFormat } from './report_format.ts';
import { LOG, reportLine } from './report_line.ts';

const kb = (pages: number): number => pages * PAGE_KB;
const pcpPages = (z: Zone): number => z.pcp.reduce((sum, p) => sum + p.count, 0);

/** The global block: the lines of one printk(), all in pages. */
function totals(k: Kernel, zones: readonly Zone[], c: NodeCounts): string[] {
  const free = k.mm.zones.reduce((sum, z) => sum + z.nrFree, 0), freePcp = zones.reduce((sum, z) => sum + pcpPages(z), 0);
  const { old, before61 } = reportFormat(k);
  return [
    `active_anon:${c.activeAnon} inactive_anon:${c.inactiveAnon} isolated_anon:${c.isolatedAnon}`,
    ` active_file:${c.activeFile} inactive_file:${c.inactiveFile} isolated_file:${c.isolatedFile}`,
    ` unevictable:${c.unevictable} dirty:${c.dirty} writeback:${c.writeback}${old ? ' unstable:0' : ''}`,
    ` slab_reclaimable:${c.slabReclaimable} slab_unreclaimable:${c.slabUnreclaimable}`,
    ` mapped:${c.mapped} shmem:${c.shmem} pagetables:${c.pageTables}${before61 ? ' bounce:0' : ''}`,
    ...(before61 ? [] : [' sec_pagetables:0 bounce:0']), ...(old ? [] : [' kernel_misc_reclaimable:0']),
    ` free:${free} free_pcp:${freePcp} free_cma:0`,
  ];
}

function nodeLine(k: Kernel, p: Pgdat, c: NodeCounts): string {
  const { thp, thpBlank: b, old, before61 } = reportFormat(k), zero = `${b}0kB`;
  return [
    `Node ${p.id} active_anon:${kb(c.activeAnon)}kB inactive_anon:${kb(c.inactiveAnon)}kB active_file:${kb(c.activeFile)}kB inactive_file:${kb(c.inactiveFile)}kB`,
    `unevictable:${kb(c.unevictable)}kB isolated(anon):${kb(c.isolatedAnon)}kB isolated(file):${kb(c.isolatedFile)}kB`,
    `mapped:${kb(c.mapped)}kB dirty:${kb(c.dirty)}kB writeback:${kb(c.writeback)}kB shmem:${kb(c.shmem)}kB`,
    ...(thp ? [`shmem_thp:${zero} shmem_pmdmapped:${zero} anon_thp:${zero}`] : []),
    old ? 'writeback_tmp:0kB unstable:0kB' : `writeback_tmp:0kB kernel_stack:${kb(c.kernelStack)}kB${before61 ? '' : ` pagetables:${kb(c.pageTables)}kB sec_pagetables:0kB`}`,
    `all_unreclaimable? ${p.kswapdFailures >= MAX_RECLAIM_RETRIES ? 'yes' : 'no'}`,
  ].join(' ');
}

/** One zone. The marks are printed with the boost, and the reserve's unit with a capital K. 4.x has neither, but stacks and page tables by zone; 5.9 has the reserve and page tables. */
function zoneLine(k: Kernel, z: Zone): string {
  const { lru } = z, { old, before61 } = reportFormat(k), inZone = (name: string, frame: number): string => ` ${name}:${kb(framesOf(k, z, frame))}kB`;
  return [
    `Node ${z.node} ${z.name} free:${kb(z.nrFree)}kB${before61 ? '' : ` boost:${kb(z.boost)}kB`} min:${kb(z.mark(WMARK.MIN))}kB low:${kb(z.mark(WMARK.LOW))}kB high:${kb(z.mark(WMARK.HIGH))}kB`,
    `${old ? '' : `reserved_highatomic:${kb(z.nrReservedHighatomic)}KB `}active_anon:${kb(lru[LRU.ACTIVE_ANON])}kB inactive_anon:${kb(lru[LRU.INACTIVE_ANON])}kB`,
    `active_file:${kb(lru[LRU.ACTIVE_FILE])}kB inactive_file:${kb(lru[LRU.INACTIVE_FILE])}kB unevictable:${kb(lru[LRU.UNEVICTABLE])}kB writepending:${kb(z.writePending)}kB`,
    `present:${kb(z.present)}kB managed:${kb(z.managed)}kB mlocked:${kb(lru[LRU.UNEVICTABLE])}kB${old ? inZone('kernel_stack', FRAME.stack) : ''}${before61 ? inZone('pagetables', FRAME.table) : ''} bounce:0kB`,
    `free_pcp:${kb(pcpPages(z))}kB local_pcp:${kb(z.pcp[k.cpu.index].count)}kB free_cma:0kB`,
  ].join(' ');
}

/** Letters of the lists that hold a block of this order: show_migration_types(). */
const TYPE_LETTERS: readonly (readonly [number, string])[] = [[MT.unmovable, 'U'], [MT.movable, 'M'], [MT.reclaimable, 'E'], [MT.highatomic, 'H'], [MT.isolate, 'I']];
function buddyLine(z: Zone): string {
  let line = `Node ${z.node} ${z.name}: `, total = 0;
  for (let order = 0; order < ORDERS; order++) {
    const blocks = z.freeBlocks.subarray(order * MT_COUNT, (order + 1) * MT_COUNT), n = blocks.reduce((sum, b) => sum + b, 0);
    total += n << order;
    line += `${n}*${kb(1 << order)}kB `;
    if (n > 0) line += `(${TYPE_LETTERS.filter(([type]) => blocks[type] > 0).map(([, letter]) => letter).join('')}) `;
  }
  return `${line}= ${kb(total)}kB`;
}

/** is_highmem(): Movable counts where it was cut from HighMem. */
const isHighmem = (k: Kernel, z: Zone): boolean => z.name === 'HighMem' || (z.name === 'Movable' && k.mm.slots.includes('HighMem'));

/** Every line of the block, each with the figures of the moment at which it is asked for. @param highest  slot above which zones are of no interest */
export function* memInfo(k: Kernel, highest: number): Generator<string, void> {
  const m = k.mm, zones = m.zones.filter((z) => z.slot <= highest), sum = (of: (z: Zone) => number): number => m.zones.reduce((n, z) => n + of(z), 0);
  yield 'Mem-Info:';
  const nodes = m.nodes.map((p) => countNode(k, p)), all = sumNodes(nodes);
  yield* totals(k, zones, all);
  for (const p of m.nodes) if (p.zones.some((z) => z.slot <= highest)) yield nodeLine(k, p, nodes[p.id]);
  for (const z of zones) {
    yield zoneLine(k, z);
    yield `lowmem_reserve[]: ${z.reserve.join(' ')}`;
  }
  for (const z of zones) yield buddyLine(z);
  for (const p of m.nodes) for (const size of [1048576, 2048]) yield `Node ${p.id} hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=${size}kB`;
  yield `${all.filePages} total pagecache pages`;
  yield `${all.swapCache} pages in swap cache`;
  if (reportFormat(k).before61) yield `Swap cache stats: add ${m.swap.added}, delete ${m.swap.deleted}, find ${m.swap.hits}/${m.swap.lookups}`;
  yield `Free swap  = ${kb(m.swap.free)}kB`;
  yield `Total swap = ${kb(m.swap.total)}kB`;
  yield `${sum((z) => z.present)} pages RAM`;
  yield `${sum((z) => (isHighmem(k, z) ? z.managed : 0))} pages HighMem/MovableOnly`;
  yield `${sum((z) => z.present - z.managed)} pages reserved`;
  if (reportFormat(k).hwpoisoned) yield '0 pages hwpoisoned';
}
/** __show_mem(). */
export const showMem = kfn('__show_mem', function* (k: Kernel, highest: number = k.mm.slots.length - 1): Timed<void> {
  for (const line of memInfo(k, highest)) yield* reportLine(k, LOG.WARNING, line);
});

/** Nodes as a list of ranges: all that the machine has are allowed. */
export const memsAllowed = (k: Kernel): string => (k.mm.nodes.length > 1 ? `0-${k.mm.nodes.length - 1}` : '0');

/** cpuset_print_current_mems_allowed() where it prints a line of its own: 4.x. */
export const cpusetLine = (k: Kernel): Timed<void> => reportLine(k, LOG.WARNING, `${k.current.comm} cpuset=/ mems_allowed=${memsAllowed(k)}`);

/** warn_alloc()'s nopage_rs, one a machine. */
const rates = new WeakMap<Mm, RateLimit>();
function nopageRate(m: Mm): RateLimit {
  const known = rates.get(m) ?? newRateLimit();
  rates.set(m, known);
  return known;
}
/** warn_alloc(): one line, the stack and Mem-Info, once in 10 s at most. Silent for __GFP_NOWARN, and for __GFP_DMA where there is no such zone. */
export const warnAlloc = kfn('warn_alloc', function* (k: Kernel, ac: AllocContext): Timed<void> {
  const { gfp, order } = ac;
  if (k.decide('__GFP_NOWARN: no report', (gfp & GFP.NOWARN) !== 0)) return;
  if (!k.decide('report: at most 1 in 10 s', ratelimit(k, nopageRate(k.mm), 10e9, 1, 'warn_alloc'))) return;
  if (gfp & GFP.DMA && !k.mm.zones.some((z) => z.name === 'DMA')) return;
  const { old } = reportFormat(k);
  yield* reportLine(k, LOG.WARNING, `${k.current.comm}: page allocation failure: order:${order}, mode:${gfpMask(k, gfp)}, nodemask=(null)${old ? '' : `,cpuset=/,mems_allowed=${memsAllowed(k)}`}`);
  if (old) yield* cpusetLine(k);
  yield* dumpStack(k);
  yield* showMem(k, ac.highestZoneidx);
});
