import type { KnobInfo } from '../../format/protocol.ts';
import { PROFILES } from '../../format/scenario.ts';
import { catalog } from '../../run/catalog.ts';
import { stories } from '../../scenarios/index.ts';
import type { Command } from '../command.ts';
import { table } from '../table.ts';

/** `default on; v6.1 off` */
const defaultsOf = (k: KnobInfo): string => [`default ${k.default}`, ...Object.entries(k.defaults ?? {}).map(([profile, value]) => `${profile} ${value}`)].join('; ');

export const list: Command = {
  name: 'list',
  usage: 'list',
  doc: 'stories, knobs with values and defaults, profiles, workloads',
  args: { positional: [] },
  run(_, output) {
    const c = catalog();
    if (output.json) {
      output.print(JSON.stringify({
        stories: stories.map((s) => ({ id: s.id, title: s.title, profile: s.profile, mail: s.mail ?? null, ends: s.ends })),
        knobs: c.knobs.map((k) => ({ name: k.name, values: k.values, min: k.min ?? null, max: k.max ?? null, default: k.default, defaults: k.defaults ?? {}, profiles: k.profiles })),
        sysctls: c.sysctls.map((k) => ({ name: k.name, min: k.min ?? null, max: k.max ?? null, unit: k.unit ?? null, default: k.default })),
        profiles: PROFILES, workloads: c.workloads.map((w) => ({ id: w.id, parameters: w.parameters })),
      }));
      return 0;
    }
    const parts = [
      'stories', table(stories.map((s) => [`  ${s.id}`, s.profile, s.ends, s.title])),
      '\nknobs', table(c.knobs.map((k) => [`  ${k.name}`, k.values.length > 0 ? k.values.join(' ') : `${k.min ?? ''}..${k.max ?? ''}`, defaultsOf(k), k.doc])),
      '\nsysctls', table(c.sysctls.map((k) => [`  ${k.name}`, `default ${k.default}${k.unit ? ` ${k.unit}` : ''}`, k.doc])),
      `\nprofiles\n  ${PROFILES.join(' ')}`,
      '\nworkloads', ...c.workloads.map((w) => `  ${w.id}: ${w.doc}\n${table(w.parameters.map((p) => [`    ${p.name}`, `default ${p.default}${p.unit ? ` ${p.unit}` : ''}`, p.doc]))}`),
    ];
    output.print(parts.join('\n'));
    return 0;
  },
};
