import { describe, expect, test } from 'vitest';
import { axisOf, stepFor } from './axis.ts';
import { count, duration, mib, seconds, signed } from './format.ts';

describe('a number', () => {
  test('has thousands apart by a narrow space and a true minus sign', () => {
    expect([count(0), count(999), count(116_049), count(-1234), signed(12), signed(-21), signed(0)]).toEqual(['0', '999', '116\u202f049', '\u22121\u202f234', '+12', '\u221221', '0']);
  });
  test('of time since boot has its digits in threes', () => {
    expect([seconds(2_159_821_000), seconds(0), seconds(1_500_000_000, 1), seconds(2_659_821_003, 9)]).toEqual(['2.159\u202f821 s', '0.000\u202f000 s', '1.5 s', '2.659\u202f821\u202f003 s']);
  });
  test('of a length of time takes the unit that fits, also just below the next one', () => {
    expect([duration(430), duration(4_000_000), duration(98_800_000), duration(999_499), duration(999_600), duration(12e9), duration(261e6)]).toEqual(['430 ns', '4.00 ms', '98.8 ms', '999 µs', '1.00 ms', '12.00 s', '261 ms']);
  });
  test('of memory is said in MiB', () => {
    expect([mib(256), mib(108_032), mib(1)]).toEqual(['1.00 MiB', '422.0 MiB', '0.00 MiB']);
  });
});

describe('an axis', () => {
  test('has labelled ticks at least as far apart as asked, at 1, 2 or 5 times a power of ten', () => {
    for (const span of [300, 7e3, 1e6, 48e7, 17e9]) {
      const step = stepFor(span, 900, 72), digit = Number(String(step)[0]);
      expect([1, 2, 5]).toContain(digit);
      expect((step / span) * 900).toBeGreaterThanOrEqual(72);
      expect((step / span) * 900).toBeLessThan(72 * 2.6);
    }
  });
  test('labels with no more digits than its step needs', () => {
    const labels = axisOf(2.096e9, 2.576e9, 650).ticks.flatMap((t) => (t.label === null ? [] : [t.label]));
    expect(labels).toEqual(['2.1', '2.2', '2.3', '2.4', '2.5']);
  });
});
