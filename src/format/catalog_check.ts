/** Whether the engine knows what a scenario names: its knobs and their values, its workloads and their parameters. */
import type { Catalog, KnobInfo } from './protocol.ts';
import type { ProfileName, Scenario } from './scenario.ts';

export interface CatalogFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}
const list = (names: readonly string[]): string => (names.length === 0 ? 'nothing' : names.join(', '));

/** What is wrong with a value of a knob or sysctl, or null. */
export function valueFault(info: KnobInfo, value: string | number): string | null {
  if (info.values.length > 0) return info.values.includes(String(value)) ? null : `expected one of ${list(info.values)} for ${info.name}, found ${value}`;
  const n = Number(value), min = info.min ?? Number.NEGATIVE_INFINITY, max = info.max ?? Number.POSITIVE_INFINITY;
  return String(value).trim() !== '' && n >= min && n <= max ? null : `expected a number from ${min} to ${max} for ${info.name}, found ${value}`;
}
export function knobFault(catalog: Catalog, profile: ProfileName, name: string, value: string | number): string | null {
  const info = catalog.knobs.find((k) => k.name === name);
  if (info === undefined) return `expected a knob (${list(catalog.knobs.map((k) => k.name))}), found ${name}`;
  if (!info.profiles.includes(profile)) return `expected a knob of profile ${profile}, found ${name}, which is of ${list(info.profiles)}`;
  return valueFault(info, value);
}

type Words = Pick<Catalog['workloads'][number]['parameters'][number], 'values' | 'words'>;
function wordsFault({ values, words }: Words, name: string, value: string): string | null {
  if (values !== undefined && !values.includes(value)) return `expected one of ${list(values)} for ${name}, found '${value}'`;
  const odd = words === undefined || value === '' ? undefined : value.split('|').find((w) => !words.includes(w));
  return odd === undefined ? null : `expected words of ${list(words ?? [])} with | between them for ${name}, found '${odd}'`;
}
export function catalogFault(catalog: Catalog, s: Scenario): CatalogFault | null {
  for (const [name, value] of Object.entries(s.knobs)) {
    const message = knobFault(catalog, s.profile, name, value);
    if (message !== null) return { path: ['knobs', name], message };
  }
  for (const [i, w] of s.workloads.entries()) {
    const info = catalog.workloads.find((k) => k.id === w.type);
    if (info === undefined) return { path: ['workloads', i, 'type'], message: `expected a workload (${list(catalog.workloads.map((k) => k.id))}), found '${w.type}'` };
    for (const [name, value] of Object.entries(w)) {
      const parameter = info.parameters.find((p) => p.name === name);
      if (name === 'type') continue;
      if (parameter === undefined) return { path: ['workloads', i, name], message: `expected a parameter of ${w.type} (${list(info.parameters.map((p) => p.name))}), found '${name}'` };
      if (typeof value !== typeof parameter.default) return { path: ['workloads', i, name], message: `expected a ${typeof parameter.default} for ${name} of ${w.type}, found ${typeof value === 'string' ? 'a text' : String(value)}` };
      const wrong = wordsFault(parameter, name, String(value));
      if (wrong !== null) return { path: ['workloads', i, name], message: wrong };
    }
  }
  return groupFault(s);
}
/** Whoever joins a memory cgroup joins one that there is. */
function groupFault(s: Scenario): CatalogFault | null {
  const groups: string[] = [];
  for (const [i, w] of s.workloads.entries()) {
    if (w.type !== 'cgroup') continue;
    const name = String(w.name ?? 'box'), above = name.split('/').slice(0, -1).join('/'), at = { path: ['workloads', i, 'name'] };
    if (!/^[\w.-]+(\/[\w.-]+)*$/.test(name)) return { ...at, message: `expected a name of letters, digits, _, . and - with / between groups for name of cgroup, found '${short(name)}'` };
    if (groups.includes(name)) return { ...at, message: `expected a name that no workload cgroup before it has, found '${short(name)}'` };
    if (above !== '' && !groups.includes(above)) return { ...at, message: `expected the group around it to stand before it (${list(groups)}), found '${short(name)}'` };
    groups.push(name);
  }
  for (const [i, w] of s.workloads.entries()) {
    if (w.type === 'cgroup' || typeof w.cg !== 'string' || w.cg === '' || groups.includes(w.cg)) continue;
    return { path: ['workloads', i, 'cg'], message: `expected the name of a workload cgroup (${list(groups)}) for cg of ${w.type}, found '${short(w.cg)}'` };
  }
  return null;
}
const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}...` : text);
