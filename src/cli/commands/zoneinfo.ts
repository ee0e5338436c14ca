import type { SysctlValue } from '../../format/scenario.ts';
import { parseSysctlValue } from '../../format/sysctl.ts';
import { parseZoneinfo } from '../../importers/zoneinfo.ts';
import { type Args, badArgument, nameAndValue } from '../args.ts';
import type { Command } from '../command.ts';
import { readText } from '../files.ts';
import { need } from '../problem.ts';
import { recompute, USED_SYSCTLS } from '../recompute.ts';
import { readProfile } from '../scenario_source.ts';
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

export const zoneinfo: Command = {
  name: 'zoneinfo',
  usage: 'zoneinfo FILE [--profile P] [--sysctl NAME=VALUE]...',
  doc: 'reads /proc/zoneinfo text and recomputes what follows from sizes and sysctls',
  args: { positional: ['FILE'], values: ['profile'], lists: ['sysctl'] },
  run(args, output) {
    const [file] = args.positional;
    const asked = args.list('profile')[0], profile = asked === undefined ? 'v6.1' : readProfile(asked), sysctl = sysctlsOf(args);
    const figures = recompute(need(file, parseZoneinfo(readText(file))), profile, sysctl);
    if (output.json) output.print(JSON.stringify(figures));
    else output.print(table([['node', 'zone', 'field', 'kernel', 'computed', ''], ...figures.map((f) => [f.node, f.zone, f.field, f.kernel, f.computed, f.kernel === f.computed ? '' : f.boot ? 'computed at boot' : 'differs'])]));
    return 0;
  },
};
