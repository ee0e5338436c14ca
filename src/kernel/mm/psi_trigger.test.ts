/** Triggers on memory pressure. What is to come follows from the rules in the docstrings and the arithmetic beside each test. */
import { describe, expect, test } from 'vitest';
import { ns } from '../../base/units.ts';
import type { Scenario } from '../../format/scenario.ts';
import { bootScenario } from '../../run/boot.ts';
import { made48 } from '../../scenarios/machines.ts';
import type { Timed } from '../../sim/kfn.ts';
import { startProcess } from '../../workloads/process.ts';
import { kfn, type Kernel, spend } from '../kernel.ts';
import { clockNanosleep } from '../sched/timer.ts';
import { psiMemstallEnter, psiMemstallLeave } from './psi.ts';
import { type PsiKind, psiTriggerCreate, psiTriggerPoll } from './psi_trigger.ts';
import { PsiWindow } from './psi_window.ts';

const MS = 1e6;
describe('the growth over a window', () => {
  test('is what has been added, plus the share of the window before it that is still in sight', () => {
    const w = new PsiWindow(1000);
    w.reset(0, 0, 0);
    expect(w.update(400, 100)).toBe(100); // nothing before it
    expect(w.update(1001, 300)).toBe(300); // more than 1000 have passed: this window is over, with 300 in it
    expect(w.update(1251, 340)).toBe(40 + 225); // 250 into the next: 750 of the last 1000 lie in the one before, 300 * 0.75 = 225
    expect(w.update(2001, 400)).toBe(100); // 1000 into it, which is not more: nothing left of the one before
    expect(w.update(2002, 400)).toBe(100); // over, with 100
    expect(w.update(2502, 400)).toBe(50); // half of the 100
  });
});

const scenario: Scenario = { id: 'pressure', title: '', text: [], profile: 'v6.1', seed: 1, machine: made48(2), sysctl: {}, knobs: {}, workloads: [], untilNs: 1e10, ends: 'no-oom' };
const stall = kfn('stall', function* (k: Kernel, ms: number): Timed<void> {
  psiMemstallEnter(k);
  yield* clockNanosleep(k, ns(k.now + ms * MS));
  psiMemstallLeave(k, k.current);
});
/** Stalls from .. to, ms, and the times at which a trigger of so many ms in a second was seen to fire, in ms. */
function firedAt(stalls: readonly (readonly [from: number, to: number])[], thresholdMs: number, options: { kind?: PsiKind; busy?: boolean } = {}): number[] {
  const { k } = bootScenario(scenario, 'none'), seen: number[] = [];
  startProcess(k, { name: 'watcher' }, function* (k): Timed<void> {
    const t = psiTriggerCreate(k, options.kind ?? 'some', thresholdMs * 1000, 1e6);
    while (t !== null && (yield* psiTriggerPoll(k, t))) seen.push(k.now / MS);
  });
  startProcess(k, { name: 'staller' }, function* (k): Timed<void> {
    for (const [from, to] of stalls) {
      yield* clockNanosleep(k, ns(from * MS));
      yield* stall(k, to - from);
    }
  });
  if (options.busy === true) startProcess(k, { name: 'busy', cpu: 1 }, function* (): Timed<void> { yield spend(ns(1e10)); });
  k.runUntil(ns(9e9));
  return seen;
}
/** HZ is 250: psimon comes at most three jiffies after a stall begins, and counts from there; then it looks every 100 ms, a jiffy more, and the one that the timer wheel adds. */
const LATE_MS = 12, LOOK_MS = 108;

describe('a trigger of 100 ms in a second', () => {
  test('does not fire for 90 ms, whenever they were', () => {
    expect(firedAt([[100, 190]], 100)).toEqual([]);
    expect(firedAt([[100, 145], [600, 645]], 100)).toEqual([]);
  });
  const eachSecond = (ms: number): (readonly [number, number])[] => [100, 1100, 2100, 3100, 4100].map((at) => [at, at + ms] as const);
  test('nor for 45 ms in every second', () => expect(firedAt(eachSecond(45), 100)).toEqual([])); // two of them are 90
  test('but 80 ms in every second may be enough: a window is over at the first look behind its second, and may have begun inside one and end inside the next', () => {
    const [first] = firedAt(eachSecond(80), 100); // the window begins at the first look, about 108, with 72 to come; ten looks later, about 1188, all of the next 80 are in it too
    expect(first).toBeGreaterThanOrEqual(1128);
    expect(first).toBeLessThanOrEqual(100 + LATE_MS + 10 * LOOK_MS);
  });
  test('fires for 130 ms within a second, at the first look behind them; not if they are further apart', () => {
    const [first, ...others] = firedAt([[100, 170], [300, 360]], 100); // looks at about 108, 216, 324, 432: by 324 there are 62 + 24
    expect(others).toEqual([]);
    expect(first).toBeGreaterThanOrEqual(330); // not before 100 ms of it
    expect(first).toBeLessThanOrEqual(360 + LOOK_MS + LATE_MS);
    expect(firedAt([[100, 170], [2500, 2570]], 100)).toEqual([]);
  });
  test('fires once a second at most, however long the stall is', () => {
    const at = firedAt([[100, 5100]], 100), gaps = at.slice(1).map((t, i) => t - at[i]);
    expect(at).toHaveLength(6); // at the second look, about 216; then at every tenth, 1080 ms later: 1296, 2376, 3456, 4536; and 5616 for what came behind that
    for (const gap of gaps) { expect(gap).toBeGreaterThanOrEqual(1000); expect(gap).toBeLessThanOrEqual(1000 + LOOK_MS); }
  });
  test('is not forgotten if it comes too soon after an event: it fires when the second is over', () => {
    const [first, second, ...others] = firedAt([[100, 170], [300, 360], [600, 660]], 100); // the first at about 432, and 60 ms more behind it
    expect(others).toEqual([]);
    expect(second - first).toBeGreaterThanOrEqual(1000); // nobody stalls any more by then
    expect(second - first).toBeLessThanOrEqual(1000 + 2 * LOOK_MS);
  });
  test('of kind full needs that nobody works meanwhile', () => {
    expect(firedAt([[100, 170], [300, 360]], 100, { kind: 'full' })).toHaveLength(1);
    expect(firedAt([[100, 170], [300, 360]], 100, { kind: 'full', busy: true })).toEqual([]);
    expect(firedAt([[100, 170], [300, 360]], 100, { busy: true })).toHaveLength(1);
  });
});
test.each([['a window below 500 ms', 1000, 499_999], ['a window above 10 s', 1000, 10_000_001], ['no threshold', 0, 1e6], ['a threshold above its window', 1_000_001, 1e6]])('%s is refused', (_, threshold, window) => {
  expect(psiTriggerCreate(bootScenario(scenario, 'none').k, 'some', threshold, window)).toBe(null);
});
test('so is any on a kernel without pressure information', () => expect(psiTriggerCreate(bootScenario({ ...scenario, profile: 'v4.17' }, 'none').k, 'some', 1000, 1e6)).toBe(null));
