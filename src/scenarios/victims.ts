import type { Scenario } from '../format/scenario.ts';
import { small256 } from './machines.ts';

const process = (name: string, mb: number, adj: number): Scenario['workloads'][number] => ({ type: 'anon', name, mb, rate: 200, start: 0, adj });

export const victims: Scenario = {
  id: 'victims',
  title: 'Who dies first? Six candidates',
  text: [
    'Six processes of different size and oom_score_adj, and a grower at -800 that pushes. Each kill frees what its victim had, the grower takes it, and the next round begins.',
    'oom_badness() adds a thousandth of all memory for each point of oom_score_adj: 4 MiB at +1000 die before 45 MiB at 0, and the grower itself before 35 MiB at -500. At -1000 nobody is ever chosen.',
  ],
  profile: 'v6.12', seed: 1, machine: small256, sysctl: { 'vm.min_free_kbytes': 1848 }, knobs: {},
  workloads: [
    process('bigzero', 45, 0), process('mid500', 25, 500), process('prot-500', 35, -500), process('tiny1000', 4, 1000), process('smallzero', 12, 0), process('never', 10, -1000),
    { type: 'anon', name: 'grower', mb: 2048, rate: 40, start: 1000, adj: -800 },
    { type: 'stop', name: 'driver', start: 6000 },
  ],
  untilNs: 7e9, lingerNs: 200e6, ends: 'oom-kill',
};
