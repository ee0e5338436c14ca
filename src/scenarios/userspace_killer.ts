import type { Scenario } from '../format/scenario.ts';
import { made48 } from './machines.ts';

const machine = made48(2), [dma, dma32] = machine.zones;
export const userspaceKiller: Scenario = {
  id: 'userspace-killer',
  title: 'A killer in user space, in time',
  text: [
    'An app that nobody looks at (oom_score_adj 900) grows, and pushes a service out to a slow disk. The service waits for its pages to come back: time in which it is stalled for memory, which the kernel counts (PSI).',
    'A daemon, as lmkd on a phone, has asked to be told when there were 70 ms of that within a second. The thread psimon looks some ten times a second, the daemon wakes up, sees that memory is low, and kills the app: there is swap left, and the OOM killer never comes.',
  ],
  profile: 'v6.1', seed: 1, machine: { ...machine, zones: [{ ...dma, free: 400 }, { ...dma32, free: 2200 }], swap: { kind: 'disk', pages: 1024 }, disk: { mbPerS: 20, requestsPerS: 100 } }, sysctl: { 'vm.min_free_kbytes': 1024 }, knobs: {},
  workloads: [
    { type: 'killer', name: 'lmkd' }, { type: 'hot', name: 'service', mb: 3, start: 10, hot: 4 }, { type: 'anon', name: 'app', mb: 40, rate: 96, adj: 900, start: 20 }, { type: 'stop', name: 'driver', start: 800 },
  ],
  untilNs: 1e9, lingerNs: 50e6, ends: 'no-oom',
};
/** The same, asked to wait for ten times as long a stall. */
export const userspaceKillerLate: Scenario = {
  ...userspaceKiller, id: 'userspace-killer-late', title: 'A killer in user space, too late',
  text: [
    'The same machine and the same programs, but the daemon has asked for 700 ms of stalls within a second, where it was 70.',
    'The app takes the last page of swap before anybody was stalled for so long. The daemon sleeps in poll() while an allocation finds nothing, and the OOM killer chooses the same app three hundred milliseconds later than the daemon would have.',
  ],
  workloads: userspaceKiller.workloads.map((w) => (w.type === 'killer' ? { ...w, threshold: 700 } : w)), ends: 'oom-kill',
};
