import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dirtyPollInterval, positionRatio, RATIO_ONE } from './dirty_limits.ts';

test('the position ratio is 1 at the set point, 2 at the free run and 0 at the limit', () => {
  const freerun = 15_000, limit = 20_000, setpoint = (freerun + limit) / 2;
  expect(positionRatio(setpoint, setpoint, limit)).toBe(RATIO_ONE);
  expect(positionRatio(setpoint, freerun, limit)).toBeGreaterThan(1.99 * RATIO_ONE);
  expect(positionRatio(setpoint, limit, limit)).toBeLessThan(0.01 * RATIO_ONE);
});
test('more dirty pages never let a task go faster', () => {
  fc.assert(fc.property(fc.integer({ min: 100, max: 100_000 }), fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 0, max: 250_000 }), fc.integer({ min: 0, max: 1000 }), (setpoint, span, dirty, more) => {
    expect(positionRatio(setpoint, dirty + more, setpoint + span)).toBeLessThanOrEqual(positionRatio(setpoint, dirty, setpoint + span));
  }), { numRuns: 300 });
});
test('a task looks again after the square root of what is left, about: 64 pages for 4,096 (ilog2 halved)', () => {
  expect(dirtyPollInterval(1000, 1000 + 4096)).toBe(64);
  expect(dirtyPollInterval(5000, 5000)).toBe(1);
  expect(dirtyPollInterval(6000, 5000)).toBe(1);
});
