/** What of a scenario can be changed by hand: one field each, with how to read it, how to write it, and what it accepts. */
import { bad, good, type Result } from '../base/result.ts';
import { catalogFault } from '../format/catalog_check.ts';
import { MAX_CPUS, MAX_FRAMES, MAX_UNTIL_NS } from '../format/limits.ts';
import { withKnobs } from '../format/machine_knobs.ts';
import { type Catalog, defaultOf, type KnobInfo, type Parameter, type WorkloadInfo } from '../format/protocol.ts';
import type { MachineSpec, Scenario, SysctlValue, WorkloadSpec } from '../format/scenario.ts';
import { withSysctl } from '../format/sysctl.ts';
import { MAX_MIB, memoryMib, withCpus, withMemory } from './resize.ts';

export const GROUPS = ['Machine', 'Workload', 'Sysctls', 'Kernel'] as const;
export interface Field {
  /** As a person, a link and the command line name it. */
  readonly name: string;
  readonly group: (typeof GROUPS)[number];
  /** Values to choose from; none = any number. */
  readonly values: readonly string[];
  readonly unit: string;
  readonly doc: string;
  /** Whether a scenario has what the field is of; absent = every one has. */
  readonly has?: (s: Scenario) => boolean;
  readonly read: (s: Scenario) => string;
  readonly write: (s: Scenario, text: string) => Result<Scenario>;
}

const SEED_MAX = 0xffff_ffff;
const UNTIL_MAX_S = MAX_UNTIL_NS / 1e9;

/** A number as people write it: thousands may stand apart. A comma is one between thousands, or it is not to be understood: elsewhere it stands before decimals. */
export function parseNumber(text: string, min: number, max: number, whole: boolean): Result<number> {
  const apart = text.replace(/[\s\u2009\u202f']/g, ''), plain = apart.replace(/,/g, '');
  if (apart !== plain && !/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(apart)) return bad(`expected a point before decimals, and a comma between thousands alone, found “${text.trim()}”`);
  const value = /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN;
  if (Number.isNaN(value) || value < min || value > max || (whole && !Number.isInteger(value))) {
    const range = min === Number.NEGATIVE_INFINITY ? '' : max === Number.POSITIVE_INFINITY ? ` from ${min}` : ` from ${min} to ${max}`;
    return bad(`expected a ${whole ? 'whole ' : ''}number${range}, found “${text.trim()}”`);
  }
  return good(value);
}
function parseChoice(text: string, values: readonly string[]): Result<string> {
  const found = values.find((v) => v === text.trim());
  return found === undefined ? bad(`expected ${values.join(', ')}, found “${text.trim()}”`) : good(found);
}
const map = <A, B>(r: Result<A>, f: (a: A) => B): Result<B> => (r.ok ? good(f(r.value)) : r);
const onMachine = (s: Scenario, change: (m: MachineSpec) => MachineSpec): Scenario => ({ ...s, machine: change(s.machine) });
const PREEMPT = ['none', 'full', 'rt'] as const;

const machineFields: readonly Field[] = [
  {
    name: 'machine.cpus', group: 'Machine', values: [], unit: '', doc: 'Processors',
    read: (s) => String(s.machine.cpus),
    write: (s, text) => map(parseNumber(text, 1, MAX_CPUS, true), (n) => onMachine(s, (m) => withCpus(m, n))),
  },
  {
    name: 'machine.memory', group: 'Machine', values: [], unit: 'MiB', doc: 'Memory of the machine',
    read: (s) => String(memoryMib(s.machine)),
    write: (s, text) => {
      const n = parseNumber(text, 1, MAX_MIB, true);
      return n.ok ? map(withMemory(s.machine, n.value), (machine) => ({ ...s, machine })) : n;
    },
  },
  {
    name: 'preempt', group: 'Machine', values: PREEMPT, unit: '', doc: 'Where the kernel can be preempted',
    read: (s) => withKnobs(s).machine.preempt,
    write: (s, text) => map(parseChoice(text, PREEMPT), (preempt) => withKnobs(s, { preempt })),
  },
  {
    name: 'hz', group: 'Machine', values: ['100', '250', '1000'], unit: 'Hz', doc: 'Timer ticks a second',
    read: (s) => String(withKnobs(s).machine.hz),
    write: (s, text) => map(parseChoice(text, ['100', '250', '1000']), (hz) => withKnobs(s, { hz })),
  },
  {
    name: 'until', group: 'Machine', values: [], unit: 's', doc: 'The run ends here at the latest',
    read: (s) => String(s.untilNs / 1e9),
    write: (s, text) => map(parseNumber(text, 0.001, UNTIL_MAX_S, false), (n) => ({ ...s, untilNs: Math.round(n * 1e9) })),
  },
  {
    name: 'seed', group: 'Machine', values: [], unit: '', doc: 'Start of the only source of chance',
    read: (s) => String(s.seed),
    write: (s, text) => map(parseNumber(text, 0, SEED_MAX, true), (seed) => ({ ...s, seed })),
  },
];

const without = <T>(record: Readonly<Record<string, T>>, name: string): Record<string, T> => Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
/** As people write it. */
const unitOf = (unit: string | undefined): string => (unit === 'us' ? 'µs' : (unit ?? ''));
const limits = (k: KnobInfo): [number, number] => [k.min ?? Number.NEGATIVE_INFINITY, k.max ?? Number.POSITIVE_INFINITY];

function sysctlField(info: KnobInfo): Field {
  const [min, max] = limits(info);
  const parse = (text: string): Result<SysctlValue> => {
    const parts = text.trim().split(/\s+/);
    const list = typeof info.default === 'string' && info.default.trim().includes(' ');
    if (!list) return parseNumber(text, min, max, true);
    const values = parts.map((part) => parseNumber(part, min, max, true));
    const wrong = values.find((v) => !v.ok);
    return wrong !== undefined && !wrong.ok ? wrong : good(values.flatMap((v) => (v.ok ? [v.value] : [])));
  };
  return {
    name: info.name, group: 'Sysctls', values: info.values, unit: unitOf(info.unit), doc: info.doc,
    read: (s) => [s.sysctl[info.name] ?? info.default].flat().join(' '),
    write: (s, text) => (text.trim() === '' ? good({ ...s, sysctl: without(s.sysctl, info.name) }) : map(parse(text), (value) => withSysctl(s, info.name, value))),
  };
}

function knobField(info: KnobInfo): Field {
  const [min, max] = limits(info);
  const parse = (text: string): Result<string | number> => (info.values.length > 0 ? parseChoice(text, info.values) : parseNumber(text, min, max, false));
  return {
    name: info.name, group: 'Kernel', values: info.values, unit: unitOf(info.unit), doc: info.doc,
    read: (s) => String(s.knobs[info.name] ?? defaultOf(info, s.profile, s.machine.preempt === 'rt')),
    write: (s, text) => (text.trim() === '' ? good({ ...s, knobs: without(s.knobs, info.name) }) : map(parse(text), (value) => ({ ...s, knobs: { ...s.knobs, [info.name]: value } }))),
  };
}

/** The most of a parameter by its unit, and whether it comes in whole ones. Memory: what a machine may have, and swap as large. A time that outlasts every run is one that never ends. */
const BY_UNIT: Readonly<Record<string, readonly [max: number, whole: boolean]>> = {
  ms: [UNTIL_MAX_S * 1e3, false], us: [UNTIL_MAX_S * 1e6, false], s: [1e6, false], MiB: [MAX_FRAMES / 128, false], 'MiB/s': [1e6, false], kB: [MAX_FRAMES * 4, true], pages: [MAX_FRAMES, true],
  '%': [100, true], words: [512, true], bytes: [2 ** 31, true], 'callbacks/s': [1e9, false], 'objects/s': [1e9, false],
};
const COUNT: readonly [max: number, whole: boolean] = [1e7, true];
/** Parameters that name a CPU of the machine. */
const NAMES_CPU = new Set(['cpu', 'mprot']);
/** What a number may be: least, most, and whether it is whole. */
function bounds({ name, unit, min = 0, max, whole }: Parameter, cpus: number): readonly [min: number, max: number, whole: boolean] {
  const [most, inOnes] = BY_UNIT[unit] ?? COUNT;
  return [min, NAMES_CPU.has(name) ? cpus - 1 : (max ?? most), whole ?? inOnes];
}
function workloadFields(spec: WorkloadSpec, index: number, all: readonly WorkloadSpec[], info: WorkloadInfo, catalog: Catalog): Field[] {
  const twins = all.filter((w) => w.type === spec.type).length;
  const prefix = twins > 1 ? `${spec.type}.${all.slice(0, index + 1).filter((w) => w.type === spec.type).length}` : spec.type;
  return info.parameters.map((p): Field => {
    const values = typeof p.default === 'boolean' ? ['true', 'false'] : (p.values ?? []);
    const parse = (text: string, cpus: number): Result<string | number | boolean> => {
      if (typeof p.default === 'boolean') return map(parseChoice(text, values), (v) => v === 'true');
      return typeof p.default === 'number' ? parseNumber(text, ...bounds(p, cpus)) : good(text.trim());
    };
    /** Texts are held against what the format's check says of them. */
    const checked = (s: Scenario): Result<Scenario> => {
      const fault = typeof p.default === 'string' ? catalogFault(catalog, s) : null;
      return fault !== null && fault.path[0] === 'workloads' && fault.path[1] === index ? bad(fault.message) : good(s);
    };
    return {
      name: `${prefix}.${p.name}`, group: 'Workload', values, unit: unitOf(p.unit), doc: p.doc, has: (s) => s.workloads[index]?.type === spec.type,
      read: (s) => String(s.workloads[index]?.[p.name] ?? p.default),
      write: (s, text) => {
        const value = parse(text, s.machine.cpus);
        return value.ok ? checked({ ...s, workloads: s.workloads.map((w, i): WorkloadSpec => (i === index ? { ...w, [p.name]: value.value } : w)) }) : value;
      },
    };
  });
}

/** All fields of a scenario. Before the catalog is there, those of the machine alone. */
export function fieldsOf(s: Scenario, catalog: Catalog | null): readonly Field[] {
  if (catalog === null) return machineFields;
  const workloads = s.workloads.flatMap((spec, i) => {
    const info = catalog.workloads.find((w) => w.id === spec.type);
    return info === undefined ? [] : workloadFields(spec, i, s.workloads, info, catalog);
  });
  const taken = new Set(machineFields.map((f) => f.name));
  const knobs = catalog.knobs.filter((k) => !taken.has(k.name) && k.profiles.includes(s.profile)).map(knobField);
  return [...machineFields, ...workloads, ...catalog.sysctls.map(sysctlField), ...knobs];
}
