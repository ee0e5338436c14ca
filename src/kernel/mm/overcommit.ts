/**
 * mm/util.c, v6.1 and v6.12: __vm_enough_memory() and what it reckons with: the pages that all private writable mappings together
 * may come to need. Left out: huge page pools, the lag of the per-CPU counter behind Committed_AS, who may use the admin's reserve
 * beyond uid 0.
 */
import type { Kernel } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import type { Mm } from './mmzone.ts';
import type { MmStruct } from './mm_types.ts';

/** vm.overcommit_memory. */
export const OVERCOMMIT = { GUESS: 0, ALWAYS: 1, NEVER: 2 } as const;
const KB_PER_PAGE = 4;
const DEFAULT_RATIO = 50;
/** init_user_reserve(), init_admin_reserve(): a 32nd of what is free at boot, at most so much. In kB. */
const USER_RESERVE_MAX = 131_072, ADMIN_RESERVE_MAX = 8192, RESERVE_SHARE = 32;

/** vm_commit_limit(): pages. A size in kB goes before the ratio. */
export function vmCommitLimit(m: Mm): number {
  const kbytes = m.sysctl.overcommit_kbytes ?? 0;
  const ofRam = kbytes > 0 ? Math.floor(kbytes / KB_PER_PAGE) : Math.floor((m.totalramPages * (m.sysctl.overcommit_ratio ?? DEFAULT_RATIO)) / 100);
  return ofRam + m.swap.total;
}
/** A reserve in pages: the sysctl's, or what the kernel would have set at boot. */
function reserve(m: Mm, kbytes: number | undefined, most: number): number {
  return Math.floor((kbytes ?? Math.min(Math.floor((m.freeAtStart * KB_PER_PAGE) / RESERVE_SHARE), most)) / KB_PER_PAGE);
}

/** The strict count of __vm_enough_memory(): what is promised may come near the limit, less a reserve, and not to it. */
const vmEnoughMemory = leaf('__vm_enough_memory', (k: Kernel, mm: MmStruct, pages: number): boolean => {
  const m = k.mm, forAdmin = k.current.uid === 0 ? 0 : reserve(m, m.sysctl.admin_reserve_kbytes, ADMIN_RESERVE_MAX);
  const allowed = vmCommitLimit(m) - forAdmin - Math.min(Math.floor(mm.totalVm / 32), reserve(m, m.sysctl.user_reserve_kbytes, USER_RESERVE_MAX));
  const fits = k.decide('vm.overcommit_memory = 2: Committed_AS stays below the limit', m.committed + pages < allowed, m.committed + pages);
  k.operand('allowed', allowed);
  return fits;
});
/** __vm_enough_memory() by the mode: may a process with `mm` be promised `pages` more? They count from here on if so. Stands on the stack only where it decides by the count. */
export function promise(k: Kernel, mm: MmStruct, pages: number): boolean {
  const m = k.mm, mode = m.sysctl.overcommit_memory ?? OVERCOMMIT.GUESS;
  if (mode === OVERCOMMIT.GUESS && pages > m.totalramPages + m.swap.total) return false;
  if (mode === OVERCOMMIT.NEVER && !vmEnoughMemory(k, mm, pages)) return false;
  m.committed += pages;
  return true;
}
/** security_vm_enough_memory_mm() for a mapping that counts. */
export function account(k: Kernel, mm: MmStruct, pages: number): boolean {
  if (!promise(k, mm, pages)) return false;
  mm.accounted += pages;
  return true;
}
/** vm_unacct_memory(): an address space is gone. */
export function unaccount(m: Mm, mm: MmStruct): void {
  m.committed -= mm.accounted;
  mm.accounted = 0;
}
/** accountable_mapping(), and what MAP_NORESERVE does: it spares a mapping the count, unless nothing may be overcommitted. */
export const isAccountable = (m: Mm, noreserve: boolean): boolean => !noreserve || m.sysctl.overcommit_memory === OVERCOMMIT.NEVER;
