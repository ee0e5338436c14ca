/** What the captures of real kernels show of victims that cannot die, or whose death gives nothing back; on the same machine but for the layout of its free memory. */
import { describe, expect, test } from 'vitest';
import type { Milestone } from '../cli/replay.ts';
import { held, type Seen } from './testing/held.ts';
import { overcommit2, sysrqF } from './testing/oom_runs.ts';

const EVERY = 200;
const of = (s: Seen, name: string): Milestone[] => s.events.filter((e) => e.name === name);
const victims = (s: Seen): (string | undefined)[] => of(s, 'mark_victim').map((e) => e.comm);
const lineOf = (s: Seen, text: string): string | undefined => s.log.find((l) => l.includes(text));

describe('SysRq-f', () => {
  const s = held(sysrqF, EVERY);
  test('kills the largest process while memory is plentiful, from a work item, for order -1', () => { // capture 6.1-256M-1-sysrq_f
    expect(victims(s)).toEqual(['a']);
    expect(s.outcome.kills[0]).toMatchObject({ order: -1, gfp: 'GFP_KERNEL', constraint: 'CONSTRAINT_NONE' });
    expect(of(s, 'mark_victim')[0].tNs / 1e6 - 3000).toBeGreaterThan(0.7); // there 0.72 ms for the report
    expect(of(s, 'mark_victim')[0].tNs / 1e6 - 3000).toBeLessThan(3);
    expect(of(s, 'direct_reclaim_begin')).toEqual([]);
  });
  test('reports itself as the kernel log of the capture has it', () => {
    const at = s.log.indexOf('sysrq: Manual OOM execution');
    expect(s.log[at + 1]).toMatch(/^kworker\/0:\d invoked oom-killer: gfp_mask=0xcc0\(GFP_KERNEL\), order=-1, oom_score_adj=0$/);
    expect(s.log[at + 4]).toBe('Workqueue: events moom_callback');
    expect(s.log.slice(at, at + 20)).toEqual(expect.arrayContaining([' out_of_memory', ' moom_callback', ' process_one_work', ' worker_thread']));
    expect(lineOf(s, 'oom-kill:')).toContain('constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,task=a,');
  });
});

test('with vm.overcommit_memory = 2 a mapping is refused, and nobody is killed', () => { // capture 6.1-256M-1-overcommit2: no. 30 of 4096 kB, after 122880 kB
  const s = held(overcommit2, EVERY);
  expect(s.outcome.ending).toBe('no-oom');
  expect(lineOf(s, 'was refused')).toBe('careful: block 30 of 4096 kB was refused (ENOMEM) after 122880 kB');
});
