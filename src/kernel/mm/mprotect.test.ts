import { expect, test } from 'vitest';
import { must, ns } from '../../base/units.ts';
import { bootScenario } from '../../run/boot.ts';
import { reapFail } from '../../run/testing/oom_runs.ts';

test('a task that a real-time task stops inside mprotect() holds mmap_lock for writing until it has its CPU back', () => {
  const { k } = bootScenario(reapFail, 'none');
  k.runUntil(ns(2.6e9)); // the spinner has had the CPU since 2.5 s, and keeps it to 11.5 s
  const thread = must(k.tasks.find((t) => t.comm === 'mprotector'), 'it was born'), lock = k.mm.sync.mmapLocks[thread.mmId];
  expect([lock.writer, thread.onCpu, thread.cpuIndex]).toEqual([thread, false, 1]);
  const { used } = thread;
  k.runUntil(ns(3.5e9));
  expect([lock.writer, thread.used]).toEqual([thread, used]);
});
test('changing 30,720 pages takes the time that the captures show, some 3 ms', () => {
  const { k } = bootScenario(reapFail, 'none');
  k.runUntil(ns(1.5e9)); // alone on its CPU, after its target
  const thread = must(k.tasks.find((t) => t.comm === 'mprotector'), 'it was born'), lock = k.mm.sync.mmapLocks[thread.mmId], begun: number[] = [];
  for (let held = lock.writer; k.now < 1.52e9; held = lock.writer) {
    k.step();
    if (held === null && lock.writer === thread) begun.push(k.now);
  }
  const each = begun.slice(1).map((t, i) => t - begun[i]);
  expect(each.length).toBeGreaterThan(3);
  for (const t of each) expect(Math.abs(t - 3.1e6)).toBeLessThan(0.7e6); // 377 and 251 pairs in 1.9 s: 2.5 and 3.7 ms a call
});
