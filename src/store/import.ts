/** Text from outside becomes a run, or one line that says why not. Nothing on screen changes before it has been read to its end. */
import type { Problem } from '../base/result.ts';
import type { MachineSpec, Scenario, SysctlValue } from '../format/scenario.ts';
import { oneHog as base } from '../scenarios/one_hog.ts';
import { openLink } from './link.ts';
import { startRun } from './run.ts';
import { store } from './store.ts';

/** Larger files than this are none of the texts we read. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

const where = (name: string, { line, column }: Problem): string => (line === 0 ? name : `${name}:${line}:${column}`);
export const problemLine = (name: string, problem: Problem): string => `${where(name, problem)}: ${problem.message}`;

/** Filled by the hog within the run up to this size; on larger machines the run would grow beyond what a page can hold. */
const FILLED_MIB = 2048;
/** What the hog touches in a second, in MiB. */
const HOG_RATE = 100;

/** The first story's hog on a machine that was read: nothing is known of what ran on it. */
export function onMachine(machine: MachineSpec, sysctl: Readonly<Record<string, SysctlValue>>, name: string): Scenario {
  const mib = machine.zones.reduce((sum, z) => sum + z.managed, 0) / 256 + (machine.swap?.pages ?? 0) / 256, filled = mib <= FILLED_MIB;
  return {
    ...base, id: 'imported', title: `Imported: ${machine.name.replace(/^imported: /, '')}`, machine, sysctl,
    text: [`A machine read from ${name}. What ran on it is not in the text: here one process touches ${HOG_RATE} MiB of memory a second${filled ? ' until there is no more' : '; that does not fill the machine within the run'}. Change it below.`],
    workloads: base.workloads.map((w) => ({ ...w, mb: Math.ceil(mib * 2), rate: HOG_RATE })),
    untilNs: filled ? Math.max(base.untilNs, Math.ceil((mib / HOG_RATE) * 1.2 + 2) * 1e9) : base.untilNs, ends: filled ? 'oom-kill' : 'no-oom',
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
