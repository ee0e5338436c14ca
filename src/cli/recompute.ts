/**
 * What the kernel computes from the sizes of a machine's zones and its sysctls, beside what its zoneinfo says.
 * Every figure comes from the rules of kernel/mm/wmarks.ts and the sizes as they are now.
 */
import { must } from '../base/units.ts';
import type { ProfileName, SysctlValue } from '../format/scenario.ts';
import type { ZoneinfoText, ZoneText } from '../importers/zoneinfo.ts';
import {
  calculateMinFreeKbytes, LOWMEM_RESERVE_RATIO, nrFreeBufferPages, setRecommendedMinFreeKbytes, setupPerZoneLowmemReserve, setupPerZoneWmarks, WATERMARK_SCALE_FACTOR,
  type Wmarks,
} from '../kernel/mm/wmarks.ts';
import type { Era } from '../kernel/mm/era.ts';
import { eras } from '../kernel/profiles.ts';

export interface ZoneFigure {
  readonly node: number;
  readonly zone: string;
  readonly field: string;
  readonly kernel: number;
  readonly computed: number;
  /** The kernel had computed its value before it freed its init memory, from sizes that are not shown. */
  readonly boot: boolean;
}
type Sysctls = Readonly<Record<string, SysctlValue>>;
/** Figures that one function of the kernel writes together. */
type Group = 'wmarks' | 'protection' | 'batch' | 'high';
type Draft = Omit<ZoneFigure, 'boot'> & { readonly group: Group };

const numberOf = (s: Sysctls, name: string, otherwise: number): number => {
  const v = s[name];
  return typeof v === 'number' ? v : otherwise;
};
const sizes = (zones: readonly ZoneText[], hasHighmem: boolean): { managed: number; highmem: boolean; movable: boolean }[] =>
  zones.map((z) => ({ managed: z.managed, highmem: z.name === 'HighMem' || (hasHighmem && z.name === 'Movable'), movable: z.name === 'Movable' }));

/** Zones that GFP_USER may take from. */
const userZones = (zones: readonly ZoneText[]): ZoneText[] => zones.filter((z) => z.name === 'DMA' || z.name === 'DMA32' || z.name === 'Normal');

/** What boot chooses where no person did: the square root rule, or what khugepaged asks for if that is nearer to what the marks show. */
function bootMinFreeKbytes(zones: readonly ZoneText[], most: number, marks: (kbytes: number) => readonly Wmarks[]): { readonly values: readonly number[]; readonly likely: number } {
  const user = userZones(zones);
  const root = calculateMinFreeKbytes(nrFreeBufferPages(user.map((z) => ({ managed: z.managed, high: 0 }))), -1, most);
  const high = marks(root);
  const left = nrFreeBufferPages(user.map((z) => ({ managed: z.managed, high: high[zones.indexOf(z)].high })));
  const thp = setRecommendedMinFreeKbytes(user.filter((z) => z.present > 0).length, left, root);
  const shown = zones.reduce((sum, z) => sum + (z.managed > 0 ? z.min : 0), 0) * 4;
  return { values: [root, thp], likely: Math.abs(shown - thp) < Math.abs(shown - root) ? thp : root };
}

/** Within what freeing init memory may change: 2 %, or 16 pages. */
const near = (a: number, b: number): boolean => Math.abs(a - b) <= Math.max(16, 0.02 * Math.max(a, b));

/** What of a profile's rules hangs on zones and sysctls alone. */
export function profileMarks(info: ZoneinfoText, profile: ProfileName, sysctl: Sysctls): { readonly minFree: number; readonly marks: readonly Wmarks[]; readonly boot: ReturnType<typeof bootMinFreeKbytes> } {
  const { zones } = info, era = eraOf(profile), own = zones.slice(0, zones[0].protection.length);
  const scale = numberOf(sysctl, 'vm.watermark_scale_factor', WATERMARK_SCALE_FACTOR), sized = sizes(zones, own.some((z) => z.name === 'HighMem'));
  const marksOf = (kbytes: number): readonly Wmarks[] => setupPerZoneWmarks(sized, kbytes, scale, era.clampsMovable);
  const boot = bootMinFreeKbytes(zones, era.minFreeKbytesMax, marksOf), minFree = numberOf(sysctl, 'vm.min_free_kbytes', boot.likely);
  return { minFree, marks: marksOf(minFree), boot };
}
const eraOf = (profile: ProfileName): Era => must(eras.find((e) => e.profile === profile), `no profile ${profile}`);

export function recompute(info: ZoneinfoText, profile: ProfileName, sysctl: Sysctls): ZoneFigure[] {
  const { zones } = info, era = eraOf(profile);
  const slots = zones[0].protection.length;
  const own = zones.slice(0, slots);
  const scale = numberOf(sysctl, 'vm.watermark_scale_factor', WATERMARK_SCALE_FACTOR);
  const fraction = numberOf(sysctl, 'vm.percpu_pagelist_high_fraction', 0);
  const given = sysctl['vm.lowmem_reserve_ratio'];
  const ratio = own.map((z, i) => (Array.isArray(given) ? (given[i] ?? 0) : LOWMEM_RESERVE_RATIO[z.name]));
  const { boot, minFree, marks } = profileMarks(info, profile, sysctl);

  const out: Draft[] = [];
  zones.forEach((z, i) => {
    if (z.managed === 0) return;
    const node = zones.filter((y) => y.node === z.node);
    const reserve = setupPerZoneLowmemReserve(node.map((y) => y.managed), ratio)[node.indexOf(z)];
    const add = (group: Group, field: string, kernel: number, computed: number): void => { out.push({ node: z.node, zone: z.name, field, kernel, computed, group }); };
    for (const f of ['min', 'low', 'high'] as const) add('wmarks', f, z[f], marks[i][f]);
    z.protection.forEach((v, j) => { add('protection', `protection[${j}]`, v, reserve[j]); });
    const batch = era.pcpBatch(z.managed);
    if (z.pagesets.length > 0) add('batch', 'pcp.batch', z.pagesets[0].batch, batch);
    const high = era.pcpHigh(z.managed, marks[i].low, batch, localCpus(info), fraction);
    if (high !== null) for (const p of z.pagesets) add('high', `pcp.high[${p.cpu}]`, p.high, high);
  });

  const changed = {
    wmarks: scale !== WATERMARK_SCALE_FACTOR || !boot.values.some((v) => near(v / 4, minFree / 4)),
    protection: own.some((z, i) => ratio[i] !== LOWMEM_RESERVE_RATIO[z.name] && i < slots - 1),
  };
  // a person's write to a sysctl makes the kernel compute its group anew; so does, for the reserve, the mere reading of its ratio
  const wmarks = !changed.wmarks;
  const protection = !changed.protection && out.some((f) => f.group === 'protection' && f.kernel !== f.computed);
  // the limits of the lists are computed with the marks that they follow from
  const from: Record<Group, boolean> = { wmarks, protection, batch: false, high: fraction === 0 && wmarks };
  return out.map(({ group, ...f }) => ({ ...f, boot: from[group] }));
}

/** CPUs of a zone's node. The text does not say which CPU is on which node: they are taken as spread evenly. */
function localCpus(info: ZoneinfoText): number {
  const nodes = new Set(info.zones.filter((z) => z.managed > 0).map((z) => z.node)).size;
  return Math.max(1, Math.floor(info.cpus / nodes));
}
/** Sysctls that a figure follows from. */
export const USED_SYSCTLS: readonly string[] = ['vm.min_free_kbytes', 'vm.watermark_scale_factor', 'vm.lowmem_reserve_ratio', 'vm.percpu_pagelist_high_fraction'];
