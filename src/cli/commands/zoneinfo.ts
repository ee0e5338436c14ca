import { MAX_ORDER } from '../../format/rows.ts';
import type { SysctlValue } from '../../format/scenario.ts';
import { parseSysctlValue } from '../../format/sysctl.ts';
import { parseZoneinfo } from '../../importers/zoneinfo.ts';
import { parseBuddyinfo } from '../../importers/buddy_tables.ts';
import { type Args, badArgument, type Given, nameAndValue } from '../args.ts';
import type { Command, Output } from '../command.ts';
import { readText } from '../files.ts';
import { need } from '../problem.ts';
import { type ByKind, type Marks, RULES, underRules, type ZoneUnderRules } from '../other_rules.ts';
import { recompute, USED_SYSCTLS } from '../recompute.ts';
import { readProfile, readWhole } from '../scenario_source.ts';
import { table } from '../table.ts';

function sysctlsOf(args: Args): Record<string, SysctlValue> {
  const out: Record<string, SysctlValue> = {};
  for (const given of args.list('sysctl')) {
    const [name, text] = nameAndValue(given, 'sysctl');
    if (!USED_SYSCTLS.includes(name)) badArgument(given.at, `expected one of ${USED_SYSCTLS.join(', ')}, found '${name}'`);
    const value = parseSysctlValue(name, text);
    if (!value.ok) return badArgument(given.at, value.problem.message);
    out[name] = value.value;
  }
  return out;
}

/** Watermarks under another version's rules. */
function printUnderRules(args: Args, rules: Given, output: Output): void {
  const [file] = args.positional, [buddyinfo] = args.list('buddyinfo'), [wanted] = args.list('order');
  if (!RULES.includes(rules.text)) badArgument(rules.at, `expected one of ${RULES.join(', ')}, found '${rules.text}'`);
  const order = wanted === undefined ? 0 : readWhole(wanted, 'the order', MAX_ORDER);
  const blocks = buddyinfo === undefined ? null : need(buddyinfo.text, parseBuddyinfo(readText(buddyinfo.text)));
  const found = underRules(need(file, parseZoneinfo(readText(file))), rules.text, sysctlsOf(args), order, blocks);
  if (output.json) { output.print(JSON.stringify(found)); return; }
  const three = (m: Marks): string => `${m.min} ${m.low} ${m.high}`, word = (served: ByKind<boolean> | null, kind: keyof ByKind<boolean>): string => (served === null ? '' : served[kind] ? ', served' : ', refused');
  const cell = (z: ZoneUnderRules, kind: keyof ByKind<number>): string => `${z.effectiveMin[kind]}${word(z.served, kind)}`;
  output.print(`${found.rules}: vm.min_free_kbytes ${found.minFreeKbytes} kB. All else in pages; what must stay free at MIN, by what lets a request go below it${blocks === null ? '' : `, and whether one of order ${order} is served now`}.`);
  output.print(table([
    ['node', 'zone', 'free', 'kernel: min low high', `${found.rules}: min low high`, 'no flag', '__GFP_HIGH', 'tries harder', 'both'],
    ...found.zones.map((z) => [z.node, z.zone, z.free, three(z.kernel), three(z.computed), cell(z, 'plain'), cell(z, 'high'), cell(z, 'harder'), cell(z, 'both')]),
  ]));
}

export const zoneinfo: Command = {
  name: 'zoneinfo',
  usage: 'zoneinfo FILE [--profile P] [--sysctl NAME=VALUE]... | zoneinfo FILE --rules V [--buddyinfo FILE [--order N]]',
  doc: 'reads /proc/zoneinfo text and recomputes what follows from sizes and sysctls; with --rules the watermarks that this machine would have by another version\'s rules (2.6.9 to 6.12)',
  args: { positional: ['FILE'], values: ['profile', 'rules', 'buddyinfo', 'order'], lists: ['sysctl'] },
  run(args, output) {
    const [file] = args.positional, [rules] = args.list('rules');
    if (rules !== undefined) { printUnderRules(args, rules, output); return 0; }
    for (const name of ['buddyinfo', 'order']) for (const given of args.list(name)) badArgument(given.at, `expected --${name} together with --rules`);
    const asked = args.list('profile')[0], profile = asked === undefined ? 'v6.1' : readProfile(asked), sysctl = sysctlsOf(args);
    const figures = recompute(need(file, parseZoneinfo(readText(file))), profile, sysctl);
    if (output.json) output.print(JSON.stringify(figures));
    else output.print(table([['node', 'zone', 'field', 'kernel', 'computed', ''], ...figures.map((f) => [f.node, f.zone, f.field, f.kernel, f.computed, f.kernel === f.computed ? '' : f.boot ? 'computed at boot' : 'differs'])]));
    return 0;
  },
};
