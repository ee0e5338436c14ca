/**
 * A machine from what /proc says of one. zoneinfo alone is enough for a whole machine; the other files make it truer: pagetypeinfo
 * gives the free blocks, vmstat and meminfo what is in use.
 */
import type { Problem, Result } from '../base/result.ts';
import { PAGE_KB } from '../base/units.ts';
import type { MachineSpec, UsageSpec, ZoneName, ZoneSpec } from '../format/scenario.ts';
import { type Pagetypeinfo, type PagetypeZone, parseBuddyinfo, parsePagetypeinfo, zoneKey } from './buddy_tables.ts';
import { parseMeminfo, parseVmstat } from './proc_tables.ts';
import { parseZoneinfo, type ZoneinfoText, type ZoneText } from './zoneinfo.ts';

/** Texts by the name of the file in /proc; null = not there. */
export interface ProcFiles {
  readonly zoneinfo: string;
  readonly buddyinfo?: string | null;
  readonly pagetypeinfo?: string | null;
  readonly meminfo?: string | null;
  readonly vmstat?: string | null;
}
/** A Result that says which of several files was not as expected. */
export type FileResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly file: string; readonly problem: Problem };
export interface MachineExtras {
  readonly name?: string;
  readonly preempt?: MachineSpec['preempt'];
  /** lowmem_reserve has been computed anew since boot: leave the values of zoneinfo aside. */
  readonly freshReserve?: boolean;
}
/** HZ of Debian's kernels, which is what zoneinfo does not say. */
const HZ = 250;
/** 1 ns an instruction. */
const SPEED = 1000;

export function machineFromProc(files: ProcFiles, extras: MachineExtras = {}): FileResult<MachineSpec> {
  const zoneinfo = parseZoneinfo(files.zoneinfo);
  if (!zoneinfo.ok) return { ok: false, file: 'zoneinfo', problem: zoneinfo.problem };
  const pagetypes = optional(files.pagetypeinfo, parsePagetypeinfo);
  if (!pagetypes.ok) return { ok: false, file: 'pagetypeinfo', problem: pagetypes.problem };
  const buddy = optional(files.buddyinfo, parseBuddyinfo);
  if (!buddy.ok) return { ok: false, file: 'buddyinfo', problem: buddy.problem };
  const vmstat = optional(files.vmstat, parseVmstat);
  if (!vmstat.ok) return { ok: false, file: 'vmstat', problem: vmstat.problem };
  const meminfo = optional(files.meminfo, parseMeminfo);
  if (!meminfo.ok) return { ok: false, file: 'meminfo', problem: meminfo.problem };
  const fault = blocksFault(zoneinfo.value, pagetypes.value);
  if (fault !== null) return { ok: false, file: 'pagetypeinfo', problem: fault };
  return { ok: true, value: machine(zoneinfo.value, pagetypes.value, vmstat.value ?? new Map(), meminfo.value ?? new Map(), extras) };
}
const optional = <T>(text: string | null | undefined, parse: (text: string) => Result<T>): Result<T | null> => (text === null || text === undefined ? { ok: true, value: null } : parse(text));

const blockPages = (z: PagetypeZone): number => (z.blocks ?? []).reduce((sum, orders) => sum + orders.reduce((s, n, order) => s + n * 2 ** order, 0), 0);
function blocksFault(info: ZoneinfoText, pagetypes: Pagetypeinfo | null): Problem | null {
  for (const z of info.zones) {
    const p = pagetypes?.get(zoneKey(z.node, z.name));
    if (p && blockPages(p) > z.managed) return { line: 0, column: 0, message: `expected at most the ${z.managed} managed pages of zone ${z.name} free, found ${blockPages(p)}` };
  }
  return null;
}

function machine(info: ZoneinfoText, pagetypes: Pagetypeinfo | null, vmstat: ReadonlyMap<string, number>, meminfo: ReadonlyMap<string, number>, extras: MachineExtras): MachineSpec {
  const populated = info.zones.filter((z) => z.managed > 0);
  const zones = populated.map((z) => zoneSpec(z, pagetypes?.get(zoneKey(z.node, z.name)) ?? null));
  const slots: ZoneName[] = info.zones.slice(0, info.zones[0].protection.length).map((z) => z.name);
  const mib = Math.round(populated.reduce((sum, z) => sum + z.managed, 0) / 256);
  const swapKb = meminfo.get('SwapTotal') ?? 0, committedKb = meminfo.get('Committed_AS') ?? 0;
  const minLowHigh = populated.map((z): [number, number, number] => [z.min, z.low, z.high]);
  return {
    name: extras.name ?? `imported: ${mib} MiB, ${info.cpus} CPU${info.cpus > 1 ? 's' : ''}`,
    cpus: info.cpus, hz: HZ, preempt: extras.preempt ?? 'none', slots, zones, usage: fitting(usageOf(info, vmstat), zones), speed: SPEED,
    boot: extras.freshReserve ? { minLowHigh } : { reserve: populated.map((z) => z.protection), minLowHigh },
    ...(committedKb > 0 ? { committed: Math.floor(committedKb / PAGE_KB) } : {}),
    ...(swapKb > 0 ? { swap: { kind: 'disk' as const, pages: Math.floor(swapKb / PAGE_KB) } } : {}),
  };
}

/** Free pages are those of the blocks where these are known: the counter lags behind them. */
function zoneSpec(z: ZoneText, types: PagetypeZone | null): ZoneSpec {
  const free = types?.blocks ? blockPages(types) : z.free;
  let room = z.managed - free;
  const pcp = z.pagesets.map((p) => {
    const pages = Math.min(p.count, room); // read a little earlier than the blocks
    room -= pages;
    return pages;
  });
  return {
    node: z.node, name: z.name, startPfn: z.startPfn, spanned: z.spanned, present: z.present, managed: z.managed, free, pcp, pcpHigh: z.pagesets.map((p) => p.high),
    ...(types?.blocks ? { blocks: types.blocks } : {}), ...(types?.pageblocks ? { pageblocks: types.pageblocks } : {}),
  };
}

function usageOf(info: ZoneinfoText, vmstat: ReadonlyMap<string, number>): UsageSpec {
  const of = (name: string): number => {
    let sum = 0;
    for (const stats of info.nodeStats.values()) sum += stats.get(name) ?? 0;
    return vmstat.get(name) ?? sum;
  };
  return {
    inactiveAnon: of('nr_inactive_anon'), activeAnon: of('nr_active_anon'), inactiveFile: of('nr_inactive_file'), activeFile: of('nr_active_file'), unevictable: of('nr_unevictable'),
    shmem: of('nr_shmem'), mapped: of('nr_mapped'), slabReclaimable: of('nr_slab_reclaimable'), slabUnreclaimable: of('nr_slab_unreclaimable'),
    kernelStack: Math.ceil(of('nr_kernel_stack') / PAGE_KB), // the kernel counts stacks in kB
    pageTables: of('nr_page_table_pages'),
  };
}
/** Counters lag by up to a threshold a CPU; what they name cannot be more than is neither free nor on a list. */
function fitting(u: UsageSpec, zones: readonly ZoneSpec[]): UsageSpec {
  const room = zones.reduce((sum, z) => sum + z.managed - z.free - (z.pcp ?? []).reduce((s, n) => s + n, 0), 0);
  let over = u.inactiveAnon + u.activeAnon + u.inactiveFile + u.activeFile + u.unevictable + u.slabReclaimable + u.slabUnreclaimable + u.kernelStack + u.pageTables - room;
  const cut: { -readonly [K in keyof UsageSpec]: number } = { ...u };
  for (const key of ['slabUnreclaimable', 'slabReclaimable', 'kernelStack', 'pageTables', 'unevictable', 'inactiveFile', 'activeFile', 'inactiveAnon', 'activeAnon'] as const) {
    const less = Math.max(0, Math.min(over, cut[key]));
    cut[key] -= less;
    over -= less;
  }
  return cut;
}
