import type { Scenario, WorkloadSpec } from '../format/scenario.ts';
import { endAt } from './full_machine.ts';
import { ALONE, FILL, LAZY, lazyMachine, victims } from './lazy_rcu.ts';
import { HOCKO_2018 } from './mails.ts';

const END_MS = 2800;
/** 2 MiB of a file, all dirty: its limits are so high that nothing is written before reclaim asks for it. */
const WRITER: WorkloadSpec = { type: 'fwrite', name: 'writer', mb: 2, trunc: 0, start: 1 };
const of = (id: string, title: string, text: readonly string[], more: readonly WorkloadSpec[], lazy: WorkloadSpec, untilNs?: number): Scenario => {
  const base = lazyMachine(END_MS);
  return {
    id, title, mail: HOCKO_2018, text: [
      'As in "100 MiB wait for RCU while a process is killed", a driver has queued 1600 lazy callbacks on a CPU that sleeps, and the other CPU runs out of memory. Seven ways to make the callbacks move are compared: none; an OOM notifier, as released, as first posted, and one that waits for its own kick; a shrinker that kicks, and one that waits for rcu_barrier(); and a kick from the allocator\'s retry loop.',
      ...text,
    ],
    ...base, sysctl: { ...base.sysctl, 'vm.dirty_ratio': 95, 'vm.dirty_background_ratio': 90 },
    knobs: { 'rcu.fastNoHz': 'on', 'rcu.idleAccelBug': 'on', 'io.device': 'hung' },
    workloads: [ALONE, lazy, ...victims, ...more, ...FILL, { type: 'asker', name: 'asker', start: 80, jitter: 4, cpu: 0 }, ...(untilNs === undefined ? [endAt(END_MS)] : [])],
    untilNs: untilNs ?? base.untilNs, ends: 'oom-kill',
  };
};
export const rcuOomHook = of('rcu-oom-hook', 'Who makes lazy callbacks move: notifier, shrinker or the retry loop?', [
  'Most of what could be reclaimed is dirty, and the disk is so slow that it does not answer within the run. A round that frees nothing then ends with a sleep of a tenth of a second, and sixteen such rounds come before out_of_memory(): time enough for a grace period, if somebody asks for one early. The notifier comes after the last round, when the next step is the choice of a victim.',
], [WRITER], LAZY);
export const rcuOomHookEmpty = of('rcu-oom-hook-empty', 'A notifier that claims a page it does not have', [
  'Here the callbacks free nothing. A notifier that says nevertheless that it freed a page makes out_of_memory() return before it chooses: nobody is killed, and the caller goes round for ever.',
], [], { ...LAZY, sizes: 'zero' }, 140e6);
