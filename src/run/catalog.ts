/** What the page and the command line are told of the machine: names, values, documentation. */
import type { Catalog, KnobInfo } from '../format/protocol.ts';
import { PROFILES } from '../format/scenario.ts';
import { HUNG_TASK_TIMEOUT_SECS } from '../kernel/hung_task.ts';
import { WATCHDOG_THRESH } from '../kernel/watchdog.ts';
import { workloads } from '../workloads/index.ts';
import './all_parts.ts';
import { KNOB_DOCS } from './knob_docs.ts';
import { knobs } from './knobs.ts';

/** Another one whenever the same scenario may come to another hash; engine.test.ts looks. */
export const ENGINE = '0.6.0';

const below = (folder: string) => (name: string, fallback: number, min: number, max: number, unit: string, doc: string): KnobInfo => ({ name: `${folder}.${name}`, values: [], min, max, unit, default: fallback, profiles: PROFILES, doc });
const sysctl = below('vm'), kernelSysctl = below('kernel');
const sysctls: readonly KnobInfo[] = [
  sysctl('min_free_kbytes', 0, 128, 262144, 'kB', 'memory that ordinary requests leave free; 0 = as the kernel computes it'),
  sysctl('watermark_scale_factor', 10, 1, 1000, '1/10000', 'distance between the watermarks, as a share of the zone'),
  sysctl('watermark_boost_factor', 15000, 0, 100000, '1/10000', 'how far a fallback to another migrate type may raise the watermarks'),
  sysctl('percpu_pagelist_high_fraction', 0, 0, 1024, '', 'share of a zone that per-CPU lists may hold together: 1/n; 0 = the low watermark'),
  sysctl('swappiness', 60, 0, 200, '', 'how willingly anonymous pages are reclaimed rather than files'),
  sysctl('panic_on_oom', 0, 0, 2, '', '1: panic instead of killing; 2: always'),
  sysctl('oom_kill_allocating_task', 0, 0, 1, '', '1: kill the task whose allocation failed, whoever it is'),
  sysctl('overcommit_memory', 0, 0, 2, '', '0: only a mapping larger than all memory is refused; 1: none; 2: all that is promised stays below a limit'),
  sysctl('overcommit_ratio', 50, 0, 100, '%', 'with overcommit_memory = 2: the share of memory that may be promised, besides all swap'),
  sysctl('oom_dump_tasks', 1, 0, 1, '', '1: the report lists the tasks'),
  sysctl('dirty_ratio', 20, 0, 100, '%', 'writers wait when this share of memory is dirty'),
  sysctl('dirty_background_ratio', 10, 0, 100, '%', 'flushers start at this share'),
  sysctl('page-cluster', 3, 0, 10, 'log2 pages', 'how many pages a swap-in reads ahead'),
  kernelSysctl('hung_task_timeout_secs', HUNG_TASK_TIMEOUT_SECS, 0, 3600, 's', 'a task that sleeps for so long and hears no signal is told of in the kernel log; 0: none is'),
  kernelSysctl('watchdog_thresh', WATCHDOG_THRESH, 0, 60, 's', 'a CPU that has not scheduled for twice as long is told of in the kernel log; 0: none is'),
];

export function catalog(): Catalog {
  return { engine: ENGINE, profiles: PROFILES, knobs: knobs.map((k) => ({ ...k, doc: KNOB_DOCS[k.name] })), sysctls, workloads: workloads.map(({ id, doc, parameters }) => ({ id, doc, parameters })) };
}
