import { type CatalogFault, catalogFault } from '../../format/catalog_check.ts';
import type { Catalog } from '../../format/protocol.ts';
import type { Scenario } from '../../format/scenario.ts';
import { type Capture, scenarioFromCapture } from '../../importers/capture.ts';
import { catalog } from '../../run/catalog.ts';
import type { Command, Output } from '../command.ts';
import { runWithBar } from '../engine.ts';
import { isDirectory, readOptional } from '../files.ts';
import { BadInput } from '../problem.ts';
import { drained, type Milestone, milestones, series } from '../replay.ts';
import { table } from '../table.ts';

function readCapture(dir: string): Capture {
  if (!isDirectory(dir)) throw new BadInput(dir, { line: 1, column: 1, message: 'expected a directory with a capture, found none' });
  const needed = (name: string): string => {
    const text = readOptional(dir, name);
    if (text === null) throw new BadInput(`${dir}/${name}`, { line: 1, column: 1, message: 'expected this file of the capture, found none' });
    return text;
  };
  const r = scenarioFromCapture({
    meta: needed('meta.json'), zoneinfo: needed('zoneinfo.txt'), buddyinfo: readOptional(dir, 'buddyinfo.txt'), pagetypeinfo: readOptional(dir, 'pagetypeinfo.txt'), meminfo: readOptional(dir, 'meminfo.txt'),
    vmstat: readOptional(dir, 'vmstat.txt'), slabinfo: readOptional(dir, 'slabinfo.txt'), sysctl: readOptional(dir, 'sysctl_vm.txt'),
  });
  if (!r.ok) throw new BadInput(`${dir}/${r.file === 'meta.json' ? r.file : `${r.file}.txt`}`, r.problem);
  return r.value;
}

/** What the capture's programs do and ours do not is said and left out; a program that is not there at all ends it. */
function modelled(s: Scenario, c: Catalog, dir: string, output: Output): Scenario {
  const left: string[] = [];
  const workloads = s.workloads.map((w) => {
    const info = c.workloads.find((k) => k.id === w.type);
    if (info === undefined) return w;
    const known = Object.entries(w).filter(([name]) => name === 'type' || info.parameters.some((p) => p.name === name));
    const dropped = Object.keys(w).filter((name) => !known.some(([k]) => k === name));
    if (dropped.length > 0) left.push(`${w.name ?? w.type}: ${dropped.join(', ')}`);
    return { ...Object.fromEntries(known), type: w.type };
  });
  const fault: CatalogFault | null = catalogFault(c, { ...s, workloads });
  if (fault !== null) throw new BadInput(`${dir}/meta.json`, { line: 1, column: 1, message: fault.message });
  for (const line of [...s.text, ...(left.length > 0 ? [`Parameters without effect: ${left.join('; ')}.`] : [])]) output.note(line);
  return { ...s, workloads };
}

export const replay: Command = {
  name: 'replay',
  usage: 'replay DIR',
  doc: "simulates a capture's machine and workload",
  args: { positional: ['DIR'] },
  run(args, output) {
    const [dir] = args.positional, capture = readCapture(dir), c = catalog();
    const { outcome, trace } = runWithBar(modelled(capture.scenario, c, dir, output), output);
    const all = milestones(trace), { lowWakeNs } = all, panicked = outcome.ending === 'panic';
    const { events, undrained } = panicked ? drained(all.events, capture.drainMs, all.readNs) : { events: all.events, undrained: [] };
    const rows = (of: readonly Milestone[]): string[][] => of.map((e) => [`${(e.tNs / 1e6).toFixed(3)} ms`, e.name, e.comm ?? '']);
    if (output.json) output.print(JSON.stringify({ events, lowWakeNs, series: series(trace, capture.sampleMs, outcome.endNs), hash: outcome.hash, ...(panicked ? { undrained } : {}) }));
    else output.print(table([['outcome', '', outcome.text], ...rows(events), ...(undrained.length > 0 ? [['', '', "not yet read from the trace's buffer when the kernel panicked:"], ...rows(undrained)] : [])]));
    return 0;
  },
};
