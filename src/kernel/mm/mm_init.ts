/**
 * mm/page_alloc.c and mm/mm_init.c, v6.1: what stands before the first process: zones, nodes, zonelists, watermarks, reserves,
 * per-CPU lists, free lists, kswapd, the reaper. `createMm` before the kernel, `mmInit` when it has its CPUs.
 */
import type { Kernel } from '../kernel.ts';
import { spawn } from '../sched/core.ts';
import type { Costs } from '../costs.ts';
import { FRAME_ACTIVE, MT_COUNT, ORDERS } from './constants.ts';
import type { Era } from './era.ts';
import { writebackSetRatelimit } from './dirty_limits.ts';
import { exitMm } from './exit_mmap.ts';
import { kswapdInit } from './kswapd.ts';
import { kvfreeShrinkerInit } from '../rcu/kvfree_boot.ts';
import { slabCachesInit } from './slab_caches.ts';
import { type Draw, fillUsed, layoutZone, type UsedFrames } from './layout.ts';
import { lruOf } from './lru.ts';
import { lruGenAddLruvec, lruGenPlaceAtBoot } from './lru_gen.ts';
import { lruGenGaugesOfAll } from './lru_gen_gauges.ts';
import { MemcgLru } from './lru_gen_types.ts';
import type { MemoryMap, ZoneMap } from './memory_map.ts';
import { mmAlloc, mmap } from './memory.ts';
import { listAddTail, LRU, LRU_LISTS, Mm, PAGEBLOCK_ORDER, PCP_LISTS, PerCpuPages, Pgdat, Zone } from './mmzone.ts';
import { MmSync } from './mm_sync.ts';
import { pcpDrainInit } from './pcp_drain.ts';
import { fillPcp } from './pcp_start.ts';
import { oomReaperInit } from './oom_reaper.ts';
import { RSS } from './rss.ts';
import { calculateMinFreeKbytes, calculateTotalreservePages, LOWMEM_RESERVE_RATIO, nrFreeBufferPages, setupPerZoneLowmemReserve, setupPerZoneWmarks, WATERMARK_SCALE_FACTOR } from './wmarks.ts';
import { vmpressureInit } from './vmpressure.ts';
import { vmstatInit } from './vmstat.ts';
import { kfn } from '../kernel.ts';
import { schedule, setCurrentState } from '../sched/core.ts';
import { INTERRUPTIBLE } from '../sched/task.ts';
import type { Timed } from '../../sim/kfn.ts';

const FREE_HEADS = ORDERS * MT_COUNT;

/** Zones with their lists, in index order; heads are numbered behind the last frame. */
function makeZones(m: Mm, map: MemoryMap, order: readonly ZoneMap[]): void {
  let head = m.frames;
  const nodes = order.reduce((n, z) => Math.max(n, z.node + 1), 1);
  for (let n = 0; n < nodes; n++) m.nodes.push(new Pgdat(n, Array.from({ length: LRU_LISTS }, () => head++)));
  order.forEach((spec, i) => {
    const z = new Zone(i, map.slots.indexOf(spec.name), spec.name, spec.node, spec.startPfn, spec.spanned, spec.present, spec.managed, head);
    head += FREE_HEADS;
    for (let cpu = 0; cpu < map.cpus; cpu++) z.pcp.push(new PerCpuPages(Array.from({ length: PCP_LISTS }, () => head++)));
    m.zones.push(z);
    m.nodes[z.node].zones.push(z);
    for (let b = z.startPfn >>> PAGEBLOCK_ORDER; b <= (z.endPfn - 1) >>> PAGEBLOCK_ORDER; b++) m.zoneOf[b] = i;
  });
  for (const p of m.nodes) { // build_zonelists(): own zones from high to low, then the other nodes by their number
    const list = [...p.zones].reverse();
    for (const other of m.nodes) if (other !== p) list.push(...[...other.zones].reverse());
    m.zonelists.push(list);
  }
}

/** init_per_zone_wmark_min() and the sysctl handlers: watermarks, reserves, per-CPU lists from sizes and sysctls; what the kernel had computed at boot goes before. */
export function setupWatermarks(m: Mm, map: MemoryMap): void {
  const sizes = m.zones.map((z) => ({ managed: z.managed, highmem: z.name === 'HighMem', movable: z.name === 'Movable' }));
  const scale = m.sysctl.watermark_scale_factor ?? WATERMARK_SCALE_FACTOR;
  m.sysctl.min_free_kbytes ||= calculateMinFreeKbytes(nrFreeBufferPages(m.zones.map((z) => ({ managed: z.managed, high: 0 }))), -1, m.era.minFreeKbytesMax);
  const marks = setupPerZoneWmarks(sizes, m.sysctl.min_free_kbytes, scale, m.era.clampsMovable);
  const managed = m.slots.map((_, slot) => m.zones.reduce((sum, z) => sum + (z.slot === slot && z.node === 0 ? z.managed : 0), 0));
  const reserve = setupPerZoneLowmemReserve(managed, m.slots.map((s, i) => m.lowmemReserveRatio[i] ?? LOWMEM_RESERVE_RATIO[s] ?? 0));
  m.zones.forEach((z, i) => {
    const boot = map.boot?.minLowHigh?.[i], w = marks[i];
    const [min, low, high] = boot ?? [w.min, w.low, w.high];
    z.wmark[0] = min; z.wmark[1] = low; z.wmark[2] = high; z.wmark[3] = high + (high - low);
    z.reserve.push(...(map.boot?.reserve?.[i] ?? reserve[z.slot]));
  });
  m.totalreservePages = calculateTotalreservePages(m.zones.map((z) => ({ managed: z.managed, high: z.wmark[2], reserve: z.reserve })));
}

/** All of memory as it stands before the run. `draw` places free blocks. @param generations  what draws the lists of groups where the LRU has generations; null: the classic LRU */
export function createMm(map: MemoryMap, sysctl: Record<string, number>, lowmemReserveRatio: readonly number[], era: Era, costs: Costs, draw: Draw, generations: Draw | null = null): Mm {
  const order = [...map.zones].sort((a, b) => a.node - b.node || map.slots.indexOf(a.name) - map.slots.indexOf(b.name));
  const frames = order.reduce((end, z) => Math.max(end, z.startPfn + z.spanned), 0);
  const nodes = order.reduce((n, z) => Math.max(n, z.node + 1), 1);
  const m = new Mm(frames, nodes * LRU_LISTS + order.length * (FREE_HEADS + map.cpus * PCP_LISTS), map.slots, sysctl, lowmemReserveRatio, era, costs, generations !== null);
  makeZones(m, map, order);
  if (generations !== null) lruGenInit(m, generations);
  setupWatermarks(m, map);
  m.totalramPages = m.zones.reduce((sum, z) => sum + z.managed, 0);
  m.freeAtStart = order.reduce((sum, z) => sum + z.free, 0);
  m.committed = map.committed ?? 0;
  const used: UsedFrames[] = m.zones.map((z, i) => layoutZone(m, z, order[i], draw));
  m.zones.forEach((z, i) => fillPcp(m, z, used[i], order[i], z === m.nodes[z.node].zones.at(-1), map.preempt === 'rt', map.swap?.kind === 'zram'));
  fillUsed(m, used, map.usage, (pfn) => {
    const lru = lruOf(m.word[pfn]), z = m.pageZone(pfn), p = m.nodes[z.node], g = p.root.lrugen;
    if (g !== null && lru !== LRU.UNEVICTABLE) {
      m.word[pfn] &= ~FRAME_ACTIVE;
      lruGenPlaceAtBoot(m, p.root, g, pfn, lru === LRU.ACTIVE_ANON || lru === LRU.ACTIVE_FILE);
      return;
    }
    listAddTail(m, p.lruHeads[lru], pfn);
    z.lru[lru]++;
    p.lru[lru]++;
  });
  if (map.swap !== undefined) m.swap.on(map.swap.pages);
  m.backing.attach(map.swap, map.disk);
  m.backing.domain = writebackSetRatelimit(m, map.cpus);
  return m;
}
/** lru_gen_init_pgdat(), lru_gen_init_lruvec(), lru_gen_online_memcg() for the root group of each node. */
function lruGenInit(m: Mm, draw: Draw): void {
  for (const p of m.nodes) {
    p.memcgLru = new MemcgLru(draw);
    lruGenAddLruvec(m, p.root);
  }
}
/** pid 1 of every machine: it owns what was in use before, and sleeps, unless a workload has given it something to do. */
const init = kfn('init', function* (k: Kernel): Timed<void> {
  if (k.mm.initProgram !== null) yield* k.mm.initProgram(k);
  for (;;) {
    setCurrentState(k, INTERRUPTIBLE);
    yield* schedule(k);
  }
});
function* initProgram(k: Kernel): Timed<void> { yield* init(k); }

/** When the kernel has its CPUs: locks, per-CPU limits, init, kswapd, the reaper. */
export function mmInit(k: Kernel): void {
  const m = k.mm;
  m.syncObjects = new MmSync(k, m, k.cpus.length);
  for (const z of m.zones) m.era.setPcpHigh(k, z, k.cpus.length);
  const mm = mmAlloc(k), own = m.nodes.reduce((n, p) => n + p.lru[0] + p.lru[1], 0);
  mmap(mm, own, 'anon', { locked: true });
  mm.rss[RSS.anon] = own;
  mm.users = 1;
  spawn(k, 'init', initProgram, { daemon: true, pid: 1, mmId: mm.id, policy: 'fifo', rtPrio: 10 });
  kvfreeShrinkerInit(k);
  slabCachesInit(k);
  kswapdInit(k);
  oomReaperInit(k);
  vmstatInit(k);
  pcpDrainInit(k);
  vmpressureInit(k);
  lruGenGaugesOfAll(k);
  k.atExit.push(exitMm);
}
