import { exporters } from '../../exporters/index.ts';
import { catalog } from '../../run/catalog.ts';
import { badArgument } from '../args.ts';
import type { Command } from '../command.ts';
import { runWithBar } from '../engine.ts';
import { TextFile } from '../files.ts';
import { CHANGES, CHANGES_USAGE, scenarioFrom, withChanges } from '../scenario_source.ts';

const formats = exporters.map((e) => e.id);

export const exportCommand: Command = {
  name: 'export',
  usage: `export STORY --to ${formats.join('|')} -o FILE ${CHANGES_USAGE}`,
  doc: 'writes a run for other tools; FILE - is standard output',
  args: { positional: ['STORY'], values: [...CHANGES.values, 'to', 'out'], lists: CHANGES.lists },
  async run(args, output) {
    const to = args.list('to')[0], exporter = exporters.find((e) => e.id === to?.text);
    if (exporter === undefined) return badArgument(to?.at ?? 1, `expected --to ${formats.join('|')}, found ${to === undefined ? 'no --to' : `'${to.text}'`}`);
    const c = catalog(), source = await scenarioFrom(args.positional[0], c);
    const scenario = withChanges(source.scenario, args, c);
    const name = args.value('out') ?? exporter.fileName(scenario);
    if (name === '-' && output.json) return badArgument(args.list('out')[0].at, 'expected a file after -o with --json, which has standard output for itself, found -');
    const { outcome, trace } = runWithBar(scenario, output);
    const file = new TextFile(name);
    for (const piece of exporter.write({ engine: c.engine, scenario, outcome, shape: trace.shape, tables: trace.tables, chunks: trace.chunks })) file.add(piece);
    const bytes = file.close();
    if (output.json) output.print(JSON.stringify({ file: name, format: exporter.id, bytes, events: outcome.events, hash: outcome.hash }));
    else output.note(`${name === '-' ? 'standard output' : name}: ${bytes} bytes, ${outcome.events} events`);
    return 0;
  },
};
