/** Sysctls that have a meaning here, with the bounds of the kernel's own handlers (6.1 and 6.12). Others are kept and have no effect on bounds. */
import { bad, good, type Result } from '../base/result.ts';
import type { MachineSpec, Scenario, SysctlValue } from './scenario.ts';

export interface SysctlBounds {
  readonly min: number;
  readonly max: number;
  /** A list of values, one a zone slot. */
  readonly list?: true;
  /** Below this only 0 is allowed. */
  readonly orZero?: number;
}
const INT_MAX = 2147483647;
const flag: SysctlBounds = { min: 0, max: 1 };
export const SYSCTLS: Readonly<Record<string, SysctlBounds>> = {
  'vm.min_free_kbytes': { min: 0, max: INT_MAX },
  'vm.watermark_scale_factor': { min: 1, max: 3000 },
  'vm.watermark_boost_factor': { min: 0, max: INT_MAX },
  'vm.lowmem_reserve_ratio': { min: 0, max: INT_MAX, list: true },
  'vm.percpu_pagelist_high_fraction': { min: 0, max: INT_MAX, orZero: 8 },
  'vm.swappiness': { min: 0, max: 200 },
  'vm.vfs_cache_pressure': { min: 0, max: INT_MAX },
  'vm.overcommit_memory': { min: 0, max: 2 },
  'vm.overcommit_ratio': { min: 0, max: INT_MAX },
  'vm.overcommit_kbytes': { min: 0, max: INT_MAX },
  'vm.user_reserve_kbytes': { min: 0, max: Number.MAX_SAFE_INTEGER },
  'vm.admin_reserve_kbytes': { min: 0, max: Number.MAX_SAFE_INTEGER },
  'vm.oom_kill_allocating_task': flag,
  'vm.oom_dump_tasks': flag,
  'vm.panic_on_oom': { min: 0, max: 2 },
  'vm.compact_unevictable_allowed': flag,
  'vm.dirty_ratio': { min: 0, max: 100 },
  'vm.dirty_background_ratio': { min: 0, max: 100 },
  'vm.page-cluster': { min: 0, max: 31 },
  'kernel.hung_task_timeout_secs': { min: 0, max: INT_MAX },
  'kernel.watchdog_thresh': { min: 0, max: 60 },
};

/** What is wrong with a value, or null. */
export function sysctlFault(name: string, value: SysctlValue): string | null {
  const b = Object.hasOwn(SYSCTLS, name) ? SYSCTLS[name] : undefined;
  if (b === undefined) return null;
  if (b.list !== (typeof value === 'number' ? undefined : true)) return `expected ${b.list ? 'a list of numbers, one a zone' : 'one number'} for ${name}, found ${Array.isArray(value) ? value.join(' ') : value}`;
  for (const v of typeof value === 'number' ? [value] : value) {
    const fits = Number.isInteger(v) && v >= b.min && v <= b.max && (b.orZero === undefined || v === 0 || v >= b.orZero);
    if (!fits) return `expected ${b.orZero === undefined ? `${b.min} to ${b.max}` : `0, or ${b.orZero} to ${b.max}`} for ${name}, found ${v}`;
  }
  return null;
}

/** A value as `sysctl -w` takes it: one number, or several with blanks between. */
export function parseSysctlValue(name: string, text: string): Result<SysctlValue> {
  const parts = text.trim().split(/[\s,]+/);
  if (parts.some((p) => !/^-?\d{1,16}$/.test(p))) return bad(`expected a whole number${SYSCTLS[name]?.list ? ' for each zone' : ''} for ${name}, found '${text.slice(0, 40)}'`);
  const numbers = parts.map(Number);
  const value: SysctlValue = numbers.length > 1 || (Object.hasOwn(SYSCTLS, name) && SYSCTLS[name].list) ? numbers : numbers[0];
  const fault = sysctlFault(name, value);
  return fault === null ? good(value) : bad(fault);
}

/**
 * The scenario with a sysctl written. The kernel computes anew what follows from it, from the sizes as they are now: values that it had
 * computed at boot hold no longer.
 */
export function withSysctl(s: Scenario, name: string, value: SysctlValue): Scenario {
  const sysctl = { ...s.sysctl, [name]: value };
  const marks = name === 'vm.min_free_kbytes' || name === 'vm.watermark_scale_factor', reserve = name === 'vm.lowmem_reserve_ratio';
  if (s.machine.boot === undefined || !(marks || reserve)) return { ...s, sysctl };
  const { boot, ...machine } = s.machine;
  const left: MachineSpec['boot'] = marks ? (boot.reserve === undefined ? undefined : { reserve: boot.reserve }) : boot.minLowHigh === undefined ? undefined : { minLowHigh: boot.minLowHigh };
  return { ...s, sysctl, machine: left === undefined ? machine : { ...machine, boot: left } };
}
