import { sysrqAndPagefaultOom as story } from '../scenarios/sysrq_and_pagefault_oom.ts';
import { FILLER } from '../scenarios/full_machine.ts';
import type { Experiment } from './experiment.ts';
import { callbacks, oomPathFigures } from './figures.ts';

export const sysrqAndPagefaultOomClaim: Experiment = {
  id: 'sysrq-and-pagefault-oom',
  mail: story.mail ?? '',
  claim: 'With the chain in the allocator a kill by SysRq-f no longer asks the notifiers.',
  verdict: 'holds',
  because: 'moom_callback() calls out_of_memory() itself and never comes by __alloc_pages_may_oom().',
  real: 'A 6.1 called the notifiers once at SysRq-f, with 42,353 pages free, and killed.',
  inShort: 'callbacks: inside 1, outside 0; kills 1 in both',
  shows: 'callbacks',
  story,
  variants: [{ name: 'inside', knobs: { 'oom.notifierPlace': 'inside' } }, { name: 'outside-mutex', knobs: { 'oom.notifierPlace': 'outside-mutex' } }],
  controls: [{
    change: 'the kill comes of a request that found nothing, not of SysRq-f', seeds: 10,
    edit: (s) => ({ ...s, workloads: [...s.workloads.filter((w) => w.type !== 'sysrq'), FILLER, { type: 'asker', name: 'asker', start: 60, jitter: 4 }] }),
  }],
  figures: oomPathFigures,
  predicate: ([inside, outside]) => callbacks(inside) === 1 && callbacks(outside) === 0 && [inside, outside].every((run) => run.outcome.kills.length === 1),
};
