/** How two scenarios differ, by the names that people, links and the command line use. Pure. */
import type { Catalog } from '../format/protocol.ts';
import type { Scenario } from '../format/scenario.ts';
import { isComputed, MIN_FREE } from './changed.ts';
import { type Field, fieldsOf } from './fields.ts';

export interface Difference {
  readonly name: string;
  /** Values with their unit; null = this scenario has no such thing. */
  readonly a: string | null;
  readonly b: string | null;
  readonly doc: string;
}
const read = (s: Scenario, f: Field): string | null => (f.has?.(s) === false ? null : f.name === MIN_FREE && isComputed(s) ? 'computed' : f.unit === '' ? f.read(s) : `${f.read(s)} ${f.unit}`);

/** Fields of both, in the order of the knobs. Programs are told apart by their place. */
function fieldsOfBoth(a: Scenario, b: Scenario, catalog: Catalog | null): readonly Field[] {
  const [long, short] = a.workloads.length >= b.workloads.length ? [a, b] : [b, a], covered = short.workloads.every((w, i) => w.type === long.workloads[i].type);
  const fields = new Map(fieldsOf(long, catalog).map((f) => [f.name, f]));
  for (const f of fieldsOf(short, catalog)) if (!fields.has(f.name) && !(covered && f.group === 'Workload')) fields.set(f.name, f);
  return [...fields.values()];
}
const same = (x: unknown, y: unknown): boolean => JSON.stringify(x) === JSON.stringify(y);
/** The same zones, blocks and usage, whatever the kernel had computed of them at boot. */
export function sameHardware(a: Scenario, b: Scenario): boolean {
  const { boot: _, ...machineA } = a.machine, { boot: __, ...machineB } = b.machine;
  return same(machineA, machineB);
}
/** A sysctl that is written makes void what the kernel had computed at boot: that follows from the sysctl and is no difference of its own. */
const sameMachine = (a: Scenario, b: Scenario): boolean => sameHardware(a, b) && (same(a.machine.boot, b.machine.boot) || !same(a.sysctl, b.sysctl));

export function differences(a: Scenario, b: Scenario, catalog: Catalog | null): readonly Difference[] {
  const fields = fieldsOfBoth(a, b, catalog).filter((f) => read(a, f) !== read(b, f)), first: Difference[] = [], rest: Difference[] = [];
  if (a.profile !== b.profile) first.push({ name: 'profile', a: a.profile, b: b.profile, doc: 'Kernel whose functions run' });
  if (!fields.some((f) => f.group === 'Machine') && !sameMachine(a, b)) rest.push({ name: 'machine', a: a.machine.name, b: b.machine.name, doc: 'Zones, free blocks or usage differ' });
  const types = (s: Scenario): string => s.workloads.map((w) => w.type).join(', ');
  if (types(a) !== types(b)) rest.push({ name: 'workloads', a: types(a) || 'none', b: types(b) || 'none', doc: 'Programs that run' });
  return [...first, ...fields.map((f) => ({ name: f.name, a: read(a, f), b: read(b, f), doc: f.doc })), ...rest];
}
