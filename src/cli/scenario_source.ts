/** Where a scenario comes from on the command line: a story's id, a file, or a link; and the changes that options make to it. */
import { existsSync } from 'node:fs';
import { must } from '../base/units.ts';
import { catalogFault, knobFault, valueFault } from '../format/catalog_check.ts';
import { withKnobs } from '../format/machine_knobs.ts';
import type { Catalog } from '../format/protocol.ts';
import { PROFILES, type ProfileName, type Scenario } from '../format/scenario.ts';
import { validateScenario } from '../format/scenario_schema.ts';
import { parseSysctlValue, withSysctl } from '../format/sysctl.ts';
import { importText } from '../importers/index.ts';
import { findLink } from '../importers/share_link.ts';
import { stories } from '../scenarios/index.ts';
import { decodeLink } from '../share/link.ts';
import { type Args, type ArgSpec, badArgument, type Given, nameAndValue } from './args.ts';
import { readText } from './files.ts';
import { BadInput, need } from './problem.ts';

export interface Source {
  readonly scenario: Scenario;
  /** The story that it is or came from. */
  readonly story: string | null;
}
/** Options that change a scenario, of every command that runs one. */
export const CHANGES = { values: ['profile', 'seed', 'until'], lists: ['knob', 'sysctl'] } as const satisfies Partial<ArgSpec>;
export const CHANGES_USAGE = '[--profile P] [--knob NAME=VALUE]... [--sysctl NAME=VALUE]... [--seed N] [--until 5s]';

const firstStory = must(stories[0], 'there is a first story');
const problem = (message: string): { line: number; column: number; message: string } => ({ line: 1, column: 1, message });

export async function scenarioFrom(name: string, catalog: Catalog): Promise<Source> {
  const story = stories.find((s) => s.id === name);
  if (story !== undefined) return { scenario: story, story: story.id };
  const source = findLink(name) !== null ? await fromLink('link', name) : await fromFile(name);
  const fault = catalogFault(catalog, source.scenario);
  if (fault !== null) throw new BadInput(findLink(name) !== null ? 'link' : name, problem(fault.message));
  return source;
}
async function fromLink(file: string, link: string): Promise<Source> {
  const opened = need(file, await decodeLink(findLink(link) ?? link, stories));
  return { scenario: opened.scenario, story: opened.story };
}
async function fromFile(file: string): Promise<Source> {
  if (file !== '-' && !existsSync(file)) throw new BadInput('arguments', { line: 1, column: 2, message: `expected a story (${stories.map((s) => s.id).join(', ')}), a file or a link, found '${file.slice(0, 80)}'` });
  const imported = need(file, importText(readText(file), file));
  switch (imported.kind) {
    case 'scenario': return { scenario: imported.scenario, story: null };
    case 'link': return fromLink(file, imported.fragment);
    // a machine alone has nothing to do: it gets the first story's load
    case 'machine': return { scenario: { ...firstStory, id: 'imported', title: `One hog on ${imported.machine.name}`, text: [], machine: imported.machine, sysctl: imported.sysctl }, story: null };
  }
}

/** Duration with its unit, as `5s`, `200ms`, `1.5s`. */
export function readDuration(given: Given): number {
  const m = /^(\d+(?:\.\d+)?)(ns|us|ms|s)$/.exec(given.text), unit = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };
  if (m === null) return badArgument(given.at, `expected a duration with its unit (5s, 200ms, 10us, 7ns), found '${given.text}'`);
  const ns = Math.round(Number(m[1]) * unit[m[2] === 'ns' || m[2] === 'us' || m[2] === 'ms' ? m[2] : 's']);
  return Number.isSafeInteger(ns) ? ns : badArgument(given.at, `expected a duration below 2^53 ns, found '${given.text}'`);
}
export function readWhole(given: Given, what: string, max: number): number {
  const n = Number(given.text);
  return /^\d+$/.test(given.text) && n <= max ? n : badArgument(given.at, `expected a whole number from 0 to ${max} for ${what}, found '${given.text}'`);
}
export function readProfile(given: Given): ProfileName {
  return PROFILES.find((p) => p === given.text) ?? badArgument(given.at, `expected a profile (${PROFILES.join(', ')}), found '${given.text}'`);
}

const changesRun = (args: Args): boolean => ['profile', 'seed', 'knob', 'sysctl'].some((name) => args.list(name).length > 0);
/** A schedule belongs to the scenario that it was found in: what is changed runs in the order of its times. */
function inTimedOrder(scenario: Scenario): Scenario {
  const { choices: _, ...rest } = scenario;
  return rest;
}
/** The scenario with the options' changes, checked as a whole. */
export function withChanges(scenario: Scenario, args: Args, catalog: Catalog): Scenario {
  let s = changesRun(args) ? inTimedOrder(scenario) : scenario;
  const one = (name: string): Given | undefined => args.list(name)[0];
  const profile = one('profile'), seed = one('seed'), until = one('until');
  if (profile) s = { ...s, profile: readProfile(profile) };
  if (seed) s = { ...s, seed: readWhole(seed, 'the seed', 0xffff_ffff) };
  if (until) s = { ...s, untilNs: readDuration(until) };
  for (const given of args.list('knob')) s = withKnob(s, given, catalog);
  for (const given of args.list('sysctl')) s = withGivenSysctl(s, given, catalog);
  const checked = validateScenario(s);
  if (!checked.ok) throw new BadInput('arguments', { line: 1, column: 1, message: checked.problem.message });
  return checked.value;
}
function withKnob(s: Scenario, given: Given, catalog: Catalog): Scenario {
  const [name, text] = nameAndValue(given, 'knob');
  const fault = knobFault(catalog, s.profile, name, text);
  if (fault !== null) return badArgument(given.at, fault);
  const info = catalog.knobs.find((k) => k.name === name);
  return withKnobs(s, { [name]: info?.values.length === 0 ? Number(text) : text });
}
function withGivenSysctl(s: Scenario, given: Given, catalog: Catalog): Scenario {
  const [name, text] = nameAndValue(given, 'sysctl');
  const value = parseSysctlValue(name, text);
  if (!value.ok) return badArgument(given.at, value.problem.message);
  const info = catalog.sysctls.find((k) => k.name === name);
  const known = info !== undefined || name === 'vm.lowmem_reserve_ratio';
  if (!known) return badArgument(given.at, `expected a sysctl (${[...catalog.sysctls.map((k) => k.name), 'vm.lowmem_reserve_ratio'].join(', ')}), found '${name}'`);
  const fault = info === undefined || typeof value.value !== 'number' ? null : valueFault(info, value.value);
  return fault === null ? withSysctl(s, name, value.value) : badArgument(given.at, fault);
}
