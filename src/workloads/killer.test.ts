import { expect, test } from 'vitest';
import { must, ns } from '../base/units.ts';
import type { Scenario } from '../format/scenario.ts';
import { bootScenario } from '../run/boot.ts';
import { made48 } from '../scenarios/machines.ts';
import { worstOf } from './killer.ts';

/** Processes of some size (MiB) and adj, all of which have what they want after 200 ms; then a choice is made. */
function chosen(processes: readonly (readonly [name: string, mb: number, adj: number])[], byAdj: boolean, minAdj: number): string | null {
  const s: Scenario = {
    id: 'choice', title: '', text: [], profile: 'v6.1', seed: 1, machine: made48(2), sysctl: {}, knobs: {}, untilNs: 1e9, ends: 'no-oom',
    workloads: [{ type: 'killer', name: 'lmkd' }, ...processes.map(([name, mb, adj]) => ({ type: 'anon', name, mb, adj, start: 0 }))],
  };
  const { k } = bootScenario(s, 'none');
  k.runUntil(ns(2e8));
  return worstOf(k, { byAdj, minAdj })?.comm ?? null;
}
const apps = [['large', 4, 0], ['old', 1, 900], ['worst', 2, 900], ['service', 3, 500], ['exempt', 5, -1000]] as const;
test('by adj: the highest level dies first, and the largest of it', () => expect(chosen(apps, true, 0)).toBe('worst'));
test('by rss: the largest of those that are not exempt', () => expect(chosen(apps, false, 0)).toBe('large'));
test('nobody below min_adj, by either', () => {
  expect(chosen(apps, false, 400)).toBe('service'); // 3 MiB is more than 2 and 1
  expect(chosen(apps, true, 901)).toBe(null);
  expect(chosen(apps, false, -1000)).toBe('large'); // who is exempt stays so
});
test('its own pages are locked, so that it needs none to kill', () => {
  const { k } = bootScenario({ id: 'locked', title: '', text: [], profile: 'v6.1', seed: 1, machine: made48(2), sysctl: {}, knobs: {}, untilNs: 1e9, ends: 'no-oom', workloads: [{ type: 'killer', name: 'lmkd' }] }, 'none');
  k.runUntil(ns(2e8));
  const m = k.mm.mms[must(k.tasks.find((t) => t.comm === 'lmkd'), 'lmkd').mmId];
  expect([m.vmas.every((v) => v.locked), m.vmas.length]).toEqual([true, 1]);
});
