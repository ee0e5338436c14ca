/**
 * What a scenario from outside must be like. Two steps: the shape (every field, nothing else, every text and list bounded), then
 * what must fit together (a zone holds what it says it holds; a watermark lies in its zone). The first fault is reported, with its path.
 */
import * as v from 'valibot';
import type { Problem } from '../base/result.ts';
import { MAX_CPUS, MAX_FRAMES, MAX_UNTIL_NS } from './limits.ts';
import { MT_COUNT, ORDERS } from './rows.ts';
import { ENDINGS, type MachineSpec, PROFILES, type Scenario, ZONE_NAMES, type ZoneSpec } from './scenario.ts';
import { sysctlFault } from './sysctl.ts';

export type Path = readonly (string | number)[];
export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly path: Path; readonly problem: Problem };

export { MAX_CPUS, MAX_FRAMES, MAX_UNTIL_NS };
/** A row has 4 bits for a zone. */
export const MAX_ZONES = 15;
/** Steps of an exploration, and the number of things that may be armed at once. */
export const MAX_EXPLORE_STEPS = 20_000;
export const MAX_DEVIATIONS = 16;
const MAX_CHOICE = 999;
const MAX_INT32 = 2147483647;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const between = (min: number, max: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(min), v.maxValue(max));
const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
const finite = v.pipe(v.number(), v.finite(), v.minValue(-Number.MAX_SAFE_INTEGER), v.maxValue(Number.MAX_SAFE_INTEGER));
const list = <S extends v.GenericSchema>(item: S, max: number) => v.pipe(v.array(item), v.maxLength(max));
const exactly = <S extends v.GenericSchema>(item: S, length: number) => v.pipe(v.array(item), v.length(length));
/** A record with bounded names and at most `max` of them. */
const named = <S extends v.GenericSchema>(pattern: RegExp, value: S, max: number) =>
  v.pipe(v.record(v.pipe(v.string(), v.maxLength(64), v.regex(pattern)), value), v.check((o) => Object.keys(o).length <= max, `expected at most ${max} entries`));

const zoneSchema = v.strictObject({
  node: between(0, 1023), name: v.picklist(ZONE_NAMES), startPfn: count, spanned: between(1, MAX_FRAMES), present: count, managed: between(1, MAX_FRAMES), free: count,
  pcp: v.exactOptional(list(count, MAX_CPUS)), pcpHigh: v.exactOptional(list(count, MAX_CPUS)), blocks: v.exactOptional(exactly(exactly(count, ORDERS), MT_COUNT)), pageblocks: v.exactOptional(exactly(count, MT_COUNT)),
});
const usageSchema = v.strictObject({
  inactiveAnon: count, activeAnon: count, inactiveFile: count, activeFile: count, unevictable: count, shmem: count, mapped: count, slabReclaimable: count, slabUnreclaimable: count,
  kernelStack: count, pageTables: count,
});
const machineSchema = v.strictObject({
  name: text(200), cpus: between(1, MAX_CPUS), hz: v.picklist([100, 250, 1000]), preempt: v.picklist(['none', 'full', 'rt']),
  slots: v.pipe(v.array(v.picklist(ZONE_NAMES)), v.minLength(1), v.maxLength(ZONE_NAMES.length)), zones: v.pipe(v.array(zoneSchema), v.minLength(1), v.maxLength(MAX_ZONES)),
  usage: usageSchema, committed: v.exactOptional(count), speed: between(1, 1_000_000),
  boot: v.exactOptional(v.strictObject({ reserve: v.exactOptional(list(list(count, ZONE_NAMES.length), MAX_ZONES)), minLowHigh: v.exactOptional(list(v.strictTuple([count, count, count]), MAX_ZONES)) })),
  swap: v.exactOptional(v.strictObject({ kind: v.picklist(['disk', 'zram']), pages: between(1, MAX_FRAMES) })),
  disk: v.exactOptional(v.strictObject({ mbPerS: between(1, 1_000_000), requestsPerS: between(1, 100_000_000) })),
});
const tracepoint = v.pipe(v.string(), v.maxLength(64), v.regex(/^[a-z][a-z0-9_-]*$/));
const exploreSchema = v.strictObject({
  bad: tracepoint, from: v.union([between(0, MAX_UNTIL_NS), tracepoint]), untilNs: between(1, MAX_UNTIL_NS), steps: between(1, MAX_EXPLORE_STEPS), deviations: between(0, MAX_DEVIATIONS),
  schedules: v.exactOptional(between(0, 10_000_000)),
});
const sysctlNumber = between(-MAX_INT32 - 1, Number.MAX_SAFE_INTEGER);
export const workloadSchema = v.objectWithRest({ type: v.pipe(v.string(), v.maxLength(40), v.regex(/^[a-z][\w.-]*$/i)) }, v.union([text(200), finite, v.boolean()]));
export const scenarioSchema = v.strictObject({
  id: v.pipe(v.string(), v.maxLength(64), v.regex(/^[a-z0-9][a-z0-9._-]*$/)), title: text(200), text: list(text(4000), 40), mail: v.exactOptional(text(400)),
  profile: v.picklist(PROFILES), seed: between(0, 0xffff_ffff), machine: machineSchema,
  sysctl: named(/^[a-z]\w*(\.[\w-]+)+$/, v.union([sysctlNumber, list(sysctlNumber, 16)]), 100),
  knobs: named(/^[a-zA-Z][\w.]*$/, v.union([text(64), finite]), 100),
  workloads: list(v.pipe(workloadSchema, v.check((w) => Object.keys(w).length <= 40 && Object.keys(w).every((k) => /^[a-zA-Z_]\w{0,39}$/.test(k)), 'expected at most 40 parameters with names of letters, digits and _')), 64),
  untilNs: between(1, MAX_UNTIL_NS), lingerNs: v.exactOptional(between(0, MAX_UNTIL_NS)), ends: v.picklist(ENDINGS),
  explore: v.exactOptional(exploreSchema), choices: v.exactOptional(list(between(0, MAX_CHOICE), MAX_EXPLORE_STEPS)),
});

export function validateScenario(value: unknown): Checked<Scenario> {
  const r = v.safeParse(scenarioSchema, value, { abortEarly: true, abortPipeEarly: true });
  if (!r.success) return faultOf(r.issues[0]);
  const fault = machineFault(r.output.machine) ?? sysctlsFault(r.output) ?? choicesFault(r.output);
  return fault === null ? { ok: true, value: r.output } : fault;
}

export const pathText = (path: Path): string => path.map((p, i) => (typeof p === 'number' ? `[${p}]` : i === 0 ? p : `.${p}`)).join('') || 'the scenario';
const short = (s: string): string => (s.length > 60 ? `${s.slice(0, 60)}...` : s);
const wrong = (path: Path, message: string): { ok: false; path: Path; problem: Problem } => ({ ok: false, path, problem: { line: 0, column: 0, message: `${pathText(path)}: ${message}` } });

/** The innermost issue: a union reports those of its members below its own. */
export function faultOf(issue: v.BaseIssue<unknown>): { ok: false; path: Path; problem: Problem } {
  const path = (issue.path ?? []).map((p) => (typeof p.key === 'number' ? p.key : short(String(p.key))));
  if (issue.type === 'strict_object' && issue.expected === 'never') return wrong(path.slice(0, -1), `expected no field ${short(issue.received)}, found it`);
  if (issue.kind === 'schema' && issue.received === 'undefined') return wrong(path.slice(0, -1), `expected a field '${path[path.length - 1]}', found none`);
  if (issue.message.startsWith('expected')) return wrong(path, issue.message);
  return wrong(path, `expected ${short(words(issue))}, found ${short(issue.received)}`);
}
const words = (issue: v.BaseIssue<unknown>): string => {
  if (issue.type === 'safe_integer') return 'a whole number below 2^53';
  if (issue.type === 'regex') return `a text like ${issue.expected ?? ''}`;
  const unit = issue.type === 'max_length' || issue.type === 'min_length' || issue.type === 'length' ? 'a length of ' : '';
  return `${unit}${issue.expected ?? 'something else'}`;
};

type Fault = ReturnType<typeof wrong> | null;
const choicesFault = (s: Scenario): Fault => (s.choices !== undefined && s.explore === undefined ? wrong(['choices'], "expected a field 'explore' that says where the choices begin, found none") : null);
const sum = (ns: readonly number[]): number => ns.reduce((a, b) => a + b, 0);

function machineFault(m: MachineSpec): Fault {
  const at = (...path: Path): Path => ['machine', ...path];
  for (let i = 1; i < m.slots.length; i++) {
    if (ZONE_NAMES.indexOf(m.slots[i]) <= ZONE_NAMES.indexOf(m.slots[i - 1])) return wrong(at('slots'), `expected each once in the order ${ZONE_NAMES.join(', ')}, found ${m.slots.join(', ')}`);
  }
  for (let i = 0; i < m.zones.length; i++) {
    const fault = zoneFault(m, i, at('zones', i));
    if (fault !== null) return fault;
  }
  const byPfn = m.zones.map((z, i) => ({ z, i })).sort((a, b) => a.z.startPfn - b.z.startPfn);
  for (let i = 1; i < byPfn.length; i++) {
    const end = byPfn[i - 1].z.startPfn + byPfn[i - 1].z.spanned;
    if (byPfn[i].z.startPfn < end) return wrong(at('zones', byPfn[i].i, 'startPfn'), `expected at least ${end}, where zone ${byPfn[i - 1].z.name} ends, found ${byPfn[i].z.startPfn}`);
  }
  return usageFault(m, at('usage')) ?? bootFault(m, at('boot'));
}

/** Pages of a zone that are free, in blocks or on lists. */
const freePages = (z: ZoneSpec): number => z.free + sum(z.pcp ?? []);

function zoneFault(m: MachineSpec, i: number, at: Path): Fault {
  const z = m.zones[i], before = m.zones[i - 1];
  if (!m.slots.includes(z.name)) return wrong([...at, 'name'], `expected one of the slots ${m.slots.join(', ')}, found ${z.name}`);
  if (before !== undefined && !(z.node > before.node || (z.node === before.node && ZONE_NAMES.indexOf(z.name) > ZONE_NAMES.indexOf(before.name)))) {
    return wrong([...at, 'name'], `expected zones node by node in the order ${ZONE_NAMES.join(', ')}, found ${z.name} of node ${z.node} after ${before.name} of node ${before.node}`);
  }
  if (z.present > z.spanned) return wrong([...at, 'present'], `expected at most the ${z.spanned} spanned pages, found ${z.present}`);
  if (z.managed > z.present) return wrong([...at, 'managed'], `expected at most the ${z.present} present pages, found ${z.managed}`);
  if (z.startPfn + z.spanned > MAX_FRAMES) return wrong([...at, 'spanned'], `expected the zone to end below frame ${MAX_FRAMES} (256 GiB), found ${z.startPfn + z.spanned}`);
  if ((z.pcp ?? []).length > m.cpus) return wrong([...at, 'pcp'], `expected at most ${m.cpus} entries, one a CPU, found ${z.pcp?.length}`);
  if (freePages(z) > z.managed) return wrong([...at, 'free'], `expected at most the ${z.managed} managed pages, found ${freePages(z)} with the per-CPU lists`);
  if (z.blocks !== undefined) {
    const pages = sum(z.blocks.map((orders) => sum(orders.map((n, order) => n * 2 ** order))));
    if (pages !== z.free) return wrong([...at, 'blocks'], `expected blocks of ${z.free} pages in all, as free has it, found ${pages}`);
  }
  return null;
}
function usageFault(m: MachineSpec, at: Path): Fault {
  const u = m.usage;
  const used = u.inactiveAnon + u.activeAnon + u.inactiveFile + u.activeFile + u.unevictable + u.slabReclaimable + u.slabUnreclaimable + u.kernelStack + u.pageTables;
  const room = sum(m.zones.map((z) => z.managed - freePages(z)));
  return used > room ? wrong(at, `expected at most the ${room} pages that are not free, found ${used}`) : null;
}
function bootFault(m: MachineSpec, at: Path): Fault {
  const { reserve, minLowHigh } = m.boot ?? {};
  if (reserve !== undefined && (reserve.length !== m.zones.length || reserve.some((r) => r.length !== m.slots.length))) return wrong([...at, 'reserve'], `expected ${m.zones.length} lists of ${m.slots.length}, a zone and a slot each`);
  if (minLowHigh !== undefined && minLowHigh.length !== m.zones.length) return wrong([...at, 'minLowHigh'], `expected ${m.zones.length} entries, one a zone, found ${minLowHigh.length}`);
  for (const [i, [min, low, high]] of (minLowHigh ?? []).entries()) {
    if (!(min <= low && low <= high && high <= m.zones[i].managed)) return wrong([...at, 'minLowHigh', i], `expected min <= low <= high <= the ${m.zones[i].managed} managed pages of zone ${m.zones[i].name}, found ${min}, ${low}, ${high}`);
  }
  return null;
}

function sysctlsFault(s: Scenario): Fault {
  for (const [name, value] of Object.entries(s.sysctl)) {
    const fault = sysctlFault(name, value);
    if (fault !== null) return wrong(['sysctl', name], fault);
    if (Array.isArray(value) && name === 'vm.lowmem_reserve_ratio' && value.length > s.machine.slots.length) return wrong(['sysctl', name], `expected at most ${s.machine.slots.length} values, one a slot, found ${value.length}`);
  }
  const managedKb = 4 * sum(s.machine.zones.map((z) => z.managed)), minFree = s.sysctl['vm.min_free_kbytes'];
  if (typeof minFree === 'number' && minFree > managedKb) return wrong(['sysctl', 'vm.min_free_kbytes'], `expected at most the ${managedKb} kB that the zones have, found ${minFree} kB`);
  return null;
}
