import { expect, test } from 'vitest';
import { ns } from '../base/units.ts';
import { viewOf } from '../experiments/view.ts';
import type { MachineSpec, Scenario } from '../format/scenario.ts';
import { FRAME } from '../kernel/mm/constants.ts';
import { bootScenario } from '../run/boot.ts';
import { runScenario } from '../run/run.ts';
import { made192, made48 } from '../scenarios/machines.ts';

/** A million objects a second for 200 ms: 200,000 / 510 = 392 pages, now closer and now further apart. */
const load = (source: string): Scenario => ({
  id: 'load', title: '', text: [], profile: 'v5.9', seed: 1, machine: made48(1), sysctl: {}, knobs: {}, workloads: [{ type: 'kvload', rate: 1e6, source, start: 20, until: 220 }], untilNs: 300e6, lingerNs: 50e6, ends: 'no-oom',
});
function pages(source: string, others: Scenario['workloads'] = [], machine: MachineSpec = made48(1)): { readonly asked: number; readonly got: number } {
  const s = load(source), { outcome, trace } = runScenario({ ...s, machine, workloads: [...s.workloads, ...others] }), marks = viewOf(outcome, trace).marks('kvfree_page');
  return { asked: marks.length, got: marks.filter((m) => m.b >= 0).length };
}
test('a page for each 510 objects, all of which the allocator has', () => {
  const { asked, got } = pages('inline-nowait');
  expect(asked).toBeGreaterThan(392 * 0.85);
  expect(asked).toBeLessThan(392 * 1.15);
  expect(got).toBe(asked);
});
test('none is taken from nowhere, and as many objects come', () => {
  const { asked, got } = pages('none');
  expect(got).toBe(0);
  expect(asked).toBeGreaterThan(392 * 0.85);
});
test('off the per-CPU lists there are only those that others have put there', () => {
  const app = { type: 'anon', name: 'app', mb: 4, start: 20, rate: 20, hold: 0 };
  expect(pages('pcp-lockless').got).toBe(0); // at rest they are empty
  expect(pages('pcp-lockless', [app]).got).toBe(0); // a zone of 30 MiB is refilled page by page (batch 1), and the app takes each itself
  const { asked, got } = pages('pcp-lockless', [app], made192(1)); // in one of 165 MiB seven at a time: six stay for others, but for the first pages
  expect(got).toBeGreaterThan(asked / 2);
  expect(got).toBeLessThan(asked);
});
test('each is held for 33 ms, and given back', () => {
  const { k } = bootScenario(load('inline-nowait'), 'none'), held = (): number => k.mm.word.reduce((n, w) => n + (w === FRAME.kernel ? 1 : 0), 0), before = held();
  k.runUntil(ns(150e6));
  expect(held() - before).toBeGreaterThan(65 * 0.75); // 1961 pages a second for 33 ms are 65
  expect(held() - before).toBeLessThan(65 * 1.25);
  k.runUntil(ns(300e6));
  expect(held()).toBe(before);
});
