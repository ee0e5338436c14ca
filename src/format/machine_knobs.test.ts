import { expect, test } from 'vitest';
import { oneHog } from '../scenarios/one_hog.ts';
import { withKnobs } from './machine_knobs.ts';

test('preempt and hz go into the machine, whoever names them; other knobs stay where they are', () => {
  const s = withKnobs({ ...oneHog, knobs: { hz: '1000', 'oom.waiters': 'block' } }, { preempt: 'rt', 'lru.gen': 'off' });
  expect([s.machine.hz, s.machine.preempt, s.knobs]).toEqual([1000, 'rt', { 'oom.waiters': 'block', 'lru.gen': 'off' }]);
  expect({ ...s, machine: oneHog.machine, knobs: {} }).toEqual({ ...oneHog, knobs: {} });
});
test('a scenario without them is as it was', () => {
  expect(withKnobs(oneHog)).toEqual(oneHog);
  expect(withKnobs(oneHog, { 'oom.waiters': 'block' })).toEqual({ ...oneHog, knobs: { ...oneHog.knobs, 'oom.waiters': 'block' } });
});
