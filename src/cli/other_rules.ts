/**
 * What a machine's watermarks would be under another version's rules, beside those that its zoneinfo shows: the marks, how far requests of each kind may go below MIN,
 * and whether they would be served now. Zones are as they are now, whatever that version called them; 2.6 counts all their present pages, later versions the managed ones.
 */
import { must } from '../base/units.ts';
import { PROFILES, type ProfileName, type SysctlValue } from '../format/scenario.ts';
import { type Buddyinfo, zoneKey } from '../importers/buddy_tables.ts';
import type { ZoneinfoText, ZoneText } from '../importers/zoneinfo.ts';
import { ALLOC } from '../kernel/mm/constants.ts';
import { initPerZonePagesMin, MARKS_2_6, type Marks26, setupPerZonePagesMin } from '../kernel/mm/marks_2_6.ts';
import { eras } from '../kernel/profiles.ts';
import { profileMarks } from './recompute.ts';

/** Kinds of requests, by what lets them go below MIN. */
export const KINDS = { plain: 0, high: ALLOC.HIGH, harder: ALLOC.HARDER, both: ALLOC.HIGH | ALLOC.HARDER } as const;
export type ByKind<T> = { readonly [K in keyof typeof KINDS]: T };
export interface Marks { readonly min: number; readonly low: number; readonly high: number }
export interface ZoneUnderRules {
  readonly node: number;
  readonly zone: string;
  readonly free: number;
  readonly kernel: Marks;
  readonly computed: Marks;
  /** What must stay free at MIN, pages. `high`: __GFP_HIGH; `harder`: a real-time task, or in 4.x and 2.6 one that may not wait. */
  readonly effectiveMin: ByKind<number>;
  /** Would a request of this order, for this zone, be served at MIN? null: the blocks are not known, or the version is none of 2.6. */
  readonly served: ByKind<boolean> | null;
}
export interface UnderRules { readonly rules: string; readonly minFreeKbytes: number; readonly order: number; readonly zones: readonly ZoneUnderRules[] }

export const RULES: readonly string[] = [...MARKS_2_6.map((m) => `v${m.version}`), ...PROFILES];
const byKind = <T>(of: (flags: number) => T): ByKind<T> => ({ plain: of(KINDS.plain), high: of(KINDS.high), harder: of(KINDS.harder), both: of(KINDS.both) });
const isLow = (z: ZoneText): boolean => z.name === 'DMA' || z.name === 'DMA32' || z.name === 'Normal';

function under26(rules: Marks26, zones: readonly ZoneText[], minFree: number | undefined, order: number, blocks: Buddyinfo | null): Omit<UnderRules, 'rules'> {
  const kbytes = minFree ?? initPerZonePagesMin(rules, zones.reduce((sum, z) => sum + (isLow(z) ? z.present : 0), 0));
  const marks = setupPerZonePagesMin(rules, zones.map((z) => ({ present: z.present, highmem: !isLow(z) })), kbytes);
  return {
    minFreeKbytes: kbytes, order,
    zones: zones.map((z, i) => {
      const nrFree = blocks?.get(zoneKey(z.node, z.name));
      return { ...told(z, marks[i], rules), served: nrFree === undefined ? null : byKind((flags) => rules.enough({ freePages: z.free, nrFree }, order, marks[i].min, 0, flags)) };
    }),
  };
}
function told(z: ZoneText, computed: Marks, { lowerMark }: Pick<Marks26, 'lowerMark'>): Omit<ZoneUnderRules, 'served'> {
  return { node: z.node, zone: z.name, free: z.free, kernel: { min: z.min, low: z.low, high: z.high }, computed, effectiveMin: byKind((flags) => lowerMark(computed.min, flags)) };
}
/** @param blocks  of /proc/buddyinfo; null: none are known */
export function underRules(info: ZoneinfoText, rules: string, sysctl: Readonly<Record<string, SysctlValue>>, order: number, blocks: Buddyinfo | null): UnderRules {
  const zones = info.zones.filter((z) => z.managed > 0), given = sysctl['vm.min_free_kbytes'], old = MARKS_2_6.find((m) => `v${m.version}` === rules);
  if (old !== undefined) return { rules, ...under26(old, zones, typeof given === 'number' ? given : undefined, order, blocks) };
  const profile = must(PROFILES.find((p) => p === rules), `no rules ${rules}`), { minFree, marks } = profileMarks(info, profile, sysctl);
  return { rules, minFreeKbytes: minFree, order, zones: zones.map((z) => ({ ...told(z, threeOf(marks[info.zones.indexOf(z)]), eraOf(profile)), served: null })) };
}
const eraOf = (profile: ProfileName): Pick<Marks26, 'lowerMark'> => must(eras.find((e) => e.profile === profile), `no profile ${profile}`);
const threeOf = ({ min, low, high }: Marks): Marks => ({ min, low, high });
