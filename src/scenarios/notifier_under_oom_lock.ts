import type { Scenario } from '../format/scenario.ts';
import { made48 } from './machines.ts';
import { RIENTJES_2018 } from './mails.ts';

export const notifierUnderOomLock: Scenario = {
  id: 'notifier-under-oom-lock',
  title: 'A notifier sleeps under oom_lock',
  mail: RIENTJES_2018,
  text: [
    'Memory is full. Four kernel threads ask for a page each; the first to take oom_lock calls the OOM notifiers, and one of them sleeps for 100 ms.',
    'In every released kernel the chain runs inside out_of_memory(), so oom_lock is held for as long as the callback takes; the other three fail to get it, sleep a jiffy, call that progress and go through direct reclaim again. With the chain before oom_lock nobody holds it meanwhile.',
  ],
  profile: 'v6.1', seed: 1, machine: made48(2), sysctl: { 'vm.min_free_kbytes': 1024, 'vm.watermark_boost_factor': 0 }, knobs: {},
  workloads: [
    { type: 'notifier', name: 'driver', sleep: 100 },
    { type: 'anon', name: 'victim', mb: 4, start: 0, adj: 1000 },
    { type: 'anon', name: 'spare', mb: 1, start: 0, adj: 900 },
    { type: 'anon', name: 'spare2', mb: 1, start: 0, adj: 900 },
    { type: 'asker', name: 'filler', gfp: 'GFP_NOWAIT', pages: 0, start: 40 },
    { type: 'asker', name: 'asker', n: 4, start: 60, jitter: 4 },
    { type: 'stop', name: 'driver', start: 1500 },
  ],
  untilNs: 2e9, lingerNs: 50e6, ends: 'oom-kill',
};
