/**
 * The same machine with another amount of memory. Sizes follow the layout of a PC: a zone DMA below 16 MiB that stays as it is,
 * DMA32 up to the hole below 4 GiB, the rest above it as Normal. What is in use at the start stays in use; struct page costs
 * 64 bytes for each frame, as on x86-64; the rest of what the buddy allocator never gets (kernel image, firmware) stays the same.
 */
import { bad, good, type Result } from '../base/result.ts';
import { PAGE_BYTES } from '../base/units.ts';
import type { MachineSpec, ZoneSpec } from '../format/scenario.ts';

const MIB_PAGES = 256;
const DMA_END = 4096; // 16 MiB
const HOLE_START = 0xc0000; // 3 GiB, where the addresses of devices begin
const NORMAL_START = 0x100000; // 4 GiB
const MEMMAP_SHARE = 64 / PAGE_BYTES;
export const MAX_MIB = 64 * 1024;

const sum = (zones: readonly ZoneSpec[], of: (z: ZoneSpec) => number): number => zones.reduce((n, z) => n + of(z), 0);
const pcpOf = (z: ZoneSpec): number => (z.pcp ?? []).reduce((n, p) => n + p, 0);
const above = (m: MachineSpec): readonly ZoneSpec[] => m.zones.filter((z) => z.name !== 'DMA');

/** Memory of a machine in MiB: what the firmware gives, rounded up over the few frames that it keeps for itself. */
export const memoryMib = (m: MachineSpec): number => Math.ceil(sum(m.zones, (z) => z.present) / MIB_PAGES);

export function withMemory(m: MachineSpec, mib: number): Result<MachineSpec> {
  if (m.zones.some((z) => z.node !== 0)) return bad('the memory of a machine with several nodes cannot be changed');
  const old = above(m), dma = m.zones.filter((z) => z.name === 'DMA');
  const grow = (mib - memoryMib(m)) * MIB_PAGES;
  const present = sum(old, (z) => z.present) + grow;
  const managed = sum(old, (z) => z.managed) + grow - Math.round(grow * MEMMAP_SHARE);
  const used = sum(old, (z) => z.managed - z.free - pcpOf(z));
  const least = Math.ceil((sum(m.zones, (z) => z.present) - sum(old, (z) => z.managed) + used * 1.15) / MIB_PAGES) + 16;
  if (managed < used * 1.15 || mib > MAX_MIB) return bad(`expected ${least} to ${MAX_MIB} MiB of memory, found ${mib}`);
  const low = Math.min(present, HOLE_START - DMA_END), share = low / present;
  const zone = (name: ZoneSpec['name'], startPfn: number, pages: number, part: number): ZoneSpec => {
    const its = Math.round(managed * part);
    return { node: 0, name, startPfn, spanned: pages, present: pages, managed: its, free: its - Math.round(used * part) };
  };
  const zones = [...dma.map(({ pcp: _, ...z }) => z), zone('DMA32', DMA_END, low, share)];
  if (present > low) zones.push(zone('Normal', NORMAL_START, present - low, 1 - share));
  const { boot: _, ...rest } = m;
  return good({ ...rest, zones });
}

/** The same machine with another number of CPUs: pages that stood on per-CPU lists are back in the buddy lists. */
export function withCpus(m: MachineSpec, cpus: number): MachineSpec {
  const zones = m.zones.map((z): ZoneSpec => {
    if (z.pcp === undefined) return z;
    const { pcp: _, blocks: __, ...rest } = z;
    return { ...rest, free: z.free + pcpOf(z) };
  });
  return { ...m, cpus, zones };
}
