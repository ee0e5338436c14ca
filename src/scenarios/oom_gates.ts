import type { Scenario, WorkloadSpec } from '../format/scenario.ts';
import { endAt, FILLER, fullMachine, VICTIMS } from './full_machine.ts';
import { RIENTJES_2018 } from './mails.ts';

/** One kernel thread a gate, in the order in which they ask; each has what the gate asks for. */
export const GATES: readonly WorkloadSpec[] = [
  { name: 'dumpcore', pf: 'DUMPCORE' }, { name: 'costly', order: 4 }, { name: 'mayfail', gfp: 'GFP_KERNEL|__GFP_RETRY_MAYFAIL' }, { name: 'lowzone', gfp: 'GFP_KERNEL|GFP_DMA32' },
  { name: 'thisnode', gfp: 'GFP_KERNEL|__GFP_THISNODE' }, { name: 'noretry', gfp: 'GFP_KERNEL|__GFP_NORETRY' }, { name: 'nofs', gfp: 'GFP_NOFS' }, { name: 'nofail', gfp: 'GFP_KERNEL|__GFP_NOFAIL' },
].map((gate, i) => ({ type: 'asker', start: 60 + 10 * i, ...gate }));

export const oomGates: Scenario = {
  id: 'oom-gates',
  title: 'Every gate before a kill, one request each',
  mail: RIENTJES_2018,
  text: [
    'Memory is full. One after the other, kernel threads ask for pages with what makes __alloc_pages_may_oom() turn back: a task that dumps core, order 4, __GFP_RETRY_MAYFAIL, only low zones, __GFP_THISNODE, __GFP_NORETRY; then one that must not enter a file system, and one that must not fail.',
    'Which gate ends a request, whether the notifiers are called for it, and whether somebody dies: the same for both places of the chain, but that before oom_lock the gates are asked first.',
  ],
  ...fullMachine(1, 200),
  workloads: [{ type: 'notifier', name: 'driver' }, ...VICTIMS, FILLER, ...GATES, endAt(200)],
  ends: 'oom-kill',
};
/** The same on a later kernel, which makes sixteen more rounds before it asks the killer. */
export const oomGates61: Scenario = { ...oomGates, id: 'oom-gates-v6.1', title: 'Every gate before a kill, on 6.1', profile: 'v6.1' };
