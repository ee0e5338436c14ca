/**
 * What follows from the sizes of zones and from sysctls: watermarks, reserves, limits of the per-CPU lists. Pure arithmetic in
 * the integers of C; who calls it and when (boot, a sysctl written, hotplug) is page_alloc's business.
 * Source: reference sections 1.2 to 1.4 and 3.2; checked against zoneinfo of real 6.1 and 6.12 machines.
 */
import { PAGE_KB } from '../../base/units.ts';

/** A zone as these formulas see it. */
export interface ZoneSize {
  readonly managed: number;
  /** HighMem, or Movable on a kernel with HighMem. */
  readonly highmem?: boolean;
  readonly movable?: boolean;
}
/** Without the boost. */
export interface Wmarks {
  readonly min: number;
  readonly low: number;
  readonly high: number;
  readonly promo: number;
}

export const PAGEBLOCK_NR_PAGES = 512;
const MIGRATE_PCPTYPES = 3;
export const MIN_FREE_KBYTES_FLOOR = 128;
export const MIN_FREE_KBYTES_CEILING = 262144;
/** Divisor of `managed` for the upper limit of a list that tunes itself, and the smallest fraction a person may set. */
export const MIN_PERCPU_PAGELIST_HIGH_FRACTION = 8;
export const LOWMEM_RESERVE_RATIO: Readonly<Record<string, number>> = { DMA: 256, DMA32: 256, Normal: 32, HighMem: 0, Movable: 0, Device: 0 };
export const WATERMARK_SCALE_FACTOR = 10;
export const WATERMARK_BOOST_FACTOR = 15000;

/** floor(a * b / c); the product may pass 2^53, and wraps at 2^64 as u64 does. */
export function mulDiv(a: number, b: number, c: number): number {
  const product = a * b;
  if (product <= Number.MAX_SAFE_INTEGER) return Math.floor(product / c);
  return Number(BigInt.asUintN(64, BigInt(a) * BigInt(b)) / BigInt(c));
}
/** The largest r with r * r <= x. */
export function intSqrt(x: number): number {
  let r = Math.floor(Math.sqrt(x));
  while (r * r > x) r--;
  while ((r + 1) * (r + 1) <= x) r++;
  return r;
}

/** Pages of the GFP_USER zones above their high watermarks (0 at the first call of boot, when no watermark is set yet). */
export const nrFreeBufferPages = (zones: readonly { readonly managed: number; readonly high: number }[]): number =>
  zones.reduce((sum, z) => sum + Math.max(0, z.managed - z.high), 0);

/** The square root rule. `userMinFreeKbytes`: what a person has set, -1 = nothing; a larger one is kept. */
export function calculateMinFreeKbytes(freeBufferPages: number, userMinFreeKbytes = -1, ceiling = MIN_FREE_KBYTES_CEILING): number {
  const fresh = intSqrt(freeBufferPages * PAGE_KB * 16);
  if (fresh <= userMinFreeKbytes) return userMinFreeKbytes;
  return Math.min(Math.max(fresh, MIN_FREE_KBYTES_FLOOR), ceiling);
}

/** khugepaged's wish: two free pageblocks a zone, and room for each type to fall back to each other; at most 5 % of lowmem. */
export function setRecommendedMinFreeKbytes(populatedLowZones: number, freeBufferPages: number, minFreeKbytes: number): number {
  const wish = PAGEBLOCK_NR_PAGES * populatedLowZones * (2 + MIGRATE_PCPTYPES * MIGRATE_PCPTYPES);
  const recommended = Math.min(wish, Math.floor(freeBufferPages / 20)) * PAGE_KB;
  return Math.max(recommended, minFreeKbytes);
}

/**
 * `clampMovable`: 6.12 leaves Movable out of lowmem and clamps its MIN as a highmem zone's; 6.1 does so with highmem alone.
 * The step between the marks keeps the unclamped share of a highmem zone.
 */
export function setupPerZoneWmarks(zones: readonly ZoneSize[], minFreeKbytes: number, watermarkScaleFactor: number, clampMovable: boolean): Wmarks[] {
  const pagesMin = Math.floor(minFreeKbytes / PAGE_KB);
  const outside = (z: ZoneSize): boolean => z.highmem === true || (clampMovable && z.movable === true);
  const lowmemPages = zones.reduce((sum, z) => sum + (outside(z) ? 0 : z.managed), 0);
  return zones.map((z) => {
    const share = lowmemPages === 0 ? 0 : mulDiv(pagesMin, z.managed, lowmemPages);
    const min = outside(z) ? Math.min(Math.max(Math.floor(z.managed / 1024), 32), 128) : share;
    const step = Math.max(Math.floor(share / 4), mulDiv(z.managed, watermarkScaleFactor, 10000));
    return { min, low: min + step, high: min + 2 * step, promo: min + 3 * step };
  });
}

/** lowmem_reserve of one node: by slot, then by highest slot of the request. `managed`: 0 for an empty slot. */
export function setupPerZoneLowmemReserve(managed: readonly number[], ratio: readonly number[]): number[][] {
  return managed.map((own, i) => {
    const reserve: number[] = managed.map(() => 0);
    let above = 0;
    for (let j = i + 1; j < managed.length; j++) {
      above += managed[j];
      reserve[j] = ratio[i] && own ? Math.floor(above / ratio[i]) : 0;
    }
    return reserve;
  });
}

/** Pages that no ordinary allocation can count on: overcommit and MemAvailable take them off. */
export const calculateTotalreservePages = (zones: readonly { readonly managed: number; readonly high: number; readonly reserve: readonly number[] }[]): number =>
  zones.reduce((sum, z) => sum + Math.min(z.managed, z.high + Math.max(0, ...z.reserve)), 0);

function rounddownPowOfTwo(x: number): number {
  let p = 1;
  while (p * 2 <= x) p *= 2;
  return p;
}
/** How many pages a per-CPU list takes or gives in one go; pcp->batch is this, and at least 1. */
export const zoneBatchsize = (managed: number): number => batchsize(managed, 256);
/** The same while a batch was cut from half a megabyte: 4.x. */
export const zoneBatchsize512 = (managed: number): number => batchsize(managed, 128);
/** @param most  pages of which a batch is a quarter */
function batchsize(managed: number, most: number): number {
  const b = Math.max(1, Math.floor(Math.min(Math.floor(managed / 1024), most) / 4));
  return Math.max(1, rounddownPowOfTwo(b + Math.floor(b / 2)) - 1);
}
/** pcp->high: the low watermark (or the fraction of the zone that a person has set) split over the CPUs of the zone's node. */
export function zoneHighsize(managed: number, lowWmark: number, batch: number, localCpus: number, highFraction: number): number {
  const total = highFraction === 0 ? lowWmark : Math.floor(managed / highFraction);
  return Math.max(Math.floor(total / localCpus), batch * 4);
}
/** From 6.7 on `high` moves between these two; a fraction set by a person pins it. */
export function zoneHighLimits(managed: number, lowWmark: number, batch: number, localCpus: number, highFraction: number): { readonly highMin: number; readonly highMax: number } {
  const highMin = zoneHighsize(managed, lowWmark, batch, localCpus, highFraction);
  return { highMin, highMax: highFraction === 0 ? zoneHighsize(managed, lowWmark, batch, localCpus, MIN_PERCPU_PAGELIST_HIGH_FRACTION) : highMin };
}

const STAT_THRESHOLD_MAX = 125;
/** fls(): the number of the highest bit, from 1; 0 for 0. */
const fls = (x: number): number => 32 - Math.clz32(x);
/** How far a CPU's count of a zone's pages may be off before it is folded in: more CPUs and more memory, more slack. */
export function calculateNormalThreshold(managed: number, cpus: number): number {
  const blocksOf128Mib = Math.floor(managed / 32768);
  return Math.min(STAT_THRESHOLD_MAX, 2 * fls(cpus) * (1 + fls(blocksOf128Mib)));
}
/** The same while kswapd works: so small that all CPUs together cannot hide the way from low to min. */
export const calculatePressureThreshold = (min: number, low: number, cpus: number): number => Math.min(STAT_THRESHOLD_MAX, Math.max(1, Math.floor((low - min) / cpus)));

/** The most that a zone's marks may be boosted; 0 = never (switched off, or the zone is smaller than four pageblocks). */
export function maxWatermarkBoost(managed: number, highWmark: number, watermarkBoostFactor: number): number {
  if (watermarkBoostFactor === 0 || PAGEBLOCK_NR_PAGES * 4 > managed) return 0;
  const max = mulDiv(highWmark, watermarkBoostFactor, 10000);
  return max === 0 ? 0 : Math.max(PAGEBLOCK_NR_PAGES, max);
}
