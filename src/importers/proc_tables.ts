/** The tables of /proc that are a name and a number a line: meminfo, vmstat, and what `sysctl` or a listing of /proc/sys/vm prints. */
import type { Result } from '../base/result.ts';
import type { SysctlValue } from '../format/scenario.ts';
import { sysctlFault } from '../format/sysctl.ts';
import { attempt, quote, readCount, refuse, toLines } from './text.ts';

function readNamed(text: string, pattern: RegExp, what: string): Map<string, number> {
  const out = new Map<string, number>();
  toLines(text).forEach((line, i) => {
    if (line.trim() === '') return;
    const m = pattern.exec(line);
    if (m === null) return refuse(`expected ${what}, found ${quote(line.trim())}`, i + 1, 1);
    if (out.has(m[1])) refuse(`expected ${m[1]} once, found it again`, i + 1, 1);
    out.set(m[1], readCount(m[2], m[1], i + 1, line.indexOf(m[2], line.indexOf(m[1]) + m[1].length)));
  });
  if (out.size === 0) refuse(`expected ${what}, found nothing`, 1, 1);
  return out;
}
/** Values in kB; those without a unit are counts. */
export const parseMeminfo = (text: string): Result<Map<string, number>> => attempt(() => readNamed(text, /^\s*([A-Za-z]\w*(?:\(\w+\))?):\s+(\S+)(?:\s+kB)?\s*$/, "a line of /proc/meminfo ('Name: N kB')"));
export const parseVmstat = (text: string): Result<Map<string, number>> => attempt(() => readNamed(text, /^\s*([A-Za-z_]\w*)\s+(\S+)\s*$/, "a line of /proc/vmstat ('name N')"));

/** Numbers and lists of numbers by full name; what is a word or empty is passed over. A bare name is one of vm. */
export const parseSysctls = (text: string): Result<Record<string, SysctlValue>> => attempt(() => {
  const out: Record<string, SysctlValue> = {};
  toLines(text).forEach((line, i) => {
    if (line.trim() === '') return;
    const m = /^\s*([A-Za-z][\w.-]*)\s*=\s*(.*?)\s*$/.exec(line);
    if (m === null) return refuse(`expected 'name = value', found ${quote(line.trim())}`, i + 1, 1);
    const name = m[1].includes('.') ? m[1] : `vm.${m[1]}`;
    if (Object.hasOwn(out, name)) refuse(`expected ${name} once, found it again`, i + 1, 1);
    const parts = m[2].split(/\s+/);
    if (!parts.every((p) => /^-?\d+$/.test(p))) return;
    const numbers = parts.map((p) => (p.startsWith('-') ? -readCount(p.slice(1), name, i + 1, line.lastIndexOf(p)) : readCount(p, name, i + 1, line.lastIndexOf(p))));
    const value: SysctlValue = numbers.length > 1 ? numbers : numbers[0];
    const fault = sysctlFault(name, value);
    if (fault !== null) refuse(fault, i + 1, 1);
    out[name] = value;
  });
  return out;
});
