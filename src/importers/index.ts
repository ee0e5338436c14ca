/** Text from outside, recognised by its content. One importer = one file and one line here. */
import { bad, good, type Result } from '../base/result.ts';
import type { MachineSpec, Scenario, SysctlValue } from '../format/scenario.ts';
import { logLine } from './kernel_log.ts';
import { machineFromProc } from './machine.ts';
import { looksLikeJson, parseScenario } from './scenario_json.ts';
import { findLink } from './share_link.ts';
import { quote } from './text.ts';
import { looksLikeZoneinfo } from './zoneinfo.ts';

export type Imported =
  /** `sysctl`: what could be told from the text. */
  | { readonly kind: 'machine'; readonly machine: MachineSpec; readonly sysctl: Readonly<Record<string, SysctlValue>> }
  | { readonly kind: 'scenario'; readonly scenario: Scenario }
  /** Still to be decoded (share/link.ts): that takes a promise. */
  | { readonly kind: 'link'; readonly fragment: string };
export interface Importer {
  readonly name: string;
  readonly looksLike: (text: string) => boolean;
  readonly read: (text: string) => Result<Imported>;
}

export const importers: readonly Importer[] = [
  { name: 'a share link', looksLike: (text) => findLink(text) !== null, read: (text) => good({ kind: 'link', fragment: findLink(text) ?? '' }) },
  { name: 'a scenario (JSON)', looksLike: looksLikeJson, read: (text) => map(parseScenario(text), (scenario) => ({ kind: 'scenario', scenario })) },
  { name: '/proc/zoneinfo', looksLike: looksLikeZoneinfo, read: readMachine },
];
const map = <A, B>(r: Result<A>, f: (a: A) => B): Result<B> => (r.ok ? good(f(r.value)) : r);

function readMachine(text: string): Result<Imported> {
  const r = machineFromProc({ zoneinfo: text });
  return r.ok ? good({ kind: 'machine', machine: r.value, sysctl: sysctlFromMarks(r.value) }) : bad(r.problem.message, r.problem.line, r.problem.column);
}
/** min_free_kbytes shows in the marks: their sum is it, less what each zone's division has dropped. */
function sysctlFromMarks(m: MachineSpec): Record<string, SysctlValue> {
  const low = m.zones.map((z, i) => (z.name === 'DMA' || z.name === 'DMA32' || z.name === 'Normal' ? (m.boot?.minLowHigh?.[i][0] ?? 0) : 0));
  return { 'vm.min_free_kbytes': low.reduce((a, b) => a + b, 0) * 4 };
}

export function importText(text: string, fileName: string): Result<Imported> {
  if (text.trim() === '') return bad(`expected ${importers.map((i) => i.name).join(', ')}; found an empty text`, 1, 1);
  const importer = importers.find((i) => i.looksLike(text));
  if (importer !== undefined) return importer.read(text);
  const log = logLine(text);
  if (log > 0) return bad(`expected ${importers.map((i) => i.name).join(', ')}; found a kernel log, which is not read yet`, log, 1);
  const first = text.trim().split('\n')[0].trim();
  return bad(`expected ${importers.map((i) => i.name).join(', ')}; found ${fileName === '' ? 'a text' : quote(fileName)} that starts with ${quote(first)}`, 1, 1);
}
