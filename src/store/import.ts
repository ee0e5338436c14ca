/** Text from outside becomes a run, or one line that says why not. Nothing on screen changes before it has been read to its end. */
import type { Problem } from '../base/result.ts';
import type { MachineSpec, Scenario, SysctlValue } from '../format/scenario.ts';
import { stories } from '../scenarios/index.ts';
import { must } from '../base/units.ts';
import { openLink } from './link.ts';
import { startRun } from './run.ts';
import { store } from './store.ts';

/** Larger files than this are none of the texts we read. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

const where = (name: string, { line, column }: Problem): string => (line === 0 ? name : `${name}:${line}:${column}`);
export const problemLine = (name: string, problem: Problem): string => `${where(name, problem)}: ${problem.message}`;

/** The first story's workload on a machine that was read: nothing is known of what ran on it. */
export function onMachine(machine: MachineSpec, sysctl: Readonly<Record<string, SysctlValue>>, name: string): Scenario {
  const base = must(stories[0], 'there is a first story');
  return {
    ...base, id: 'imported', title: `Imported: ${machine.name.replace(/^imported: /, '')}`, machine, sysctl,
    text: [`A machine read from ${name}. What ran on it is not in the text: the workload is that of “${base.title}”. Change it below.`],
  };
}

/** Null = it runs now. */
export async function importNow(text: string, name: string): Promise<string | null> {
  const { importText } = await import('../importers/index.ts');
  const result = importText(text, name);
  if (!result.ok) return problemLine(name, result.problem);
  switch (result.value.kind) {
    case 'machine': {
      const scenario = onMachine(result.value.machine, result.value.sysctl, name);
      startRun(scenario, scenario);
      return null;
    }
    case 'scenario': startRun(result.value.scenario, result.value.scenario); return null;
    case 'link': return openLink(result.value.fragment);
  }
}

/** A file that was dropped or chosen: what goes wrong is said above the page. */
export async function importFile(file: File): Promise<void> {
  const problem = file.size > MAX_FILE_BYTES ? `${file.name}: expected at most 64 MiB, found ${Math.ceil(file.size / 1048576)} MiB` : await importNow(await file.text(), file.name);
  if (problem === null) store.setState({ dialog: null });
  else store.setState({ notice: { kind: 'error', title: 'This cannot be read', text: `${problem}. The run on screen is unchanged.` } });
}
