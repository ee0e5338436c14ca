import { expect, test } from 'vitest';
import { PROFILES } from '../format/scenario.ts';
import { knobDefaults, knobs } from './knobs.ts';

test('a knob begins with its first value, or with what its profile has: 4.x sleeps and reaps under oom_lock and waits by congestion_wait()', () => {
  const names = ['reclaim.throttle', 'oom.sleepAfterKill', 'oomReaper.oomLock'], of = (profile: (typeof PROFILES)[number]): unknown[] => names.map((n) => knobDefaults(profile)[n]);
  expect(PROFILES.map(of)).toEqual([['congestion-wait', 'on', 'held'], ['congestion-wait', 'on', 'held'], ['congestion-wait', 'off', 'free'], ['throttle', 'off', 'free'], ['throttle', 'off', 'free']]);
  expect(knobDefaults('v4.17')['pcp.drainOnReclaim']).toBe('on');
});
test('every default is one of the values, and only profiles that have the knob name one', () => {
  for (const k of knobs) {
    for (const value of [k.default, ...Object.values(k.defaults ?? {})]) if (k.values.length > 0) expect(k.values).toContain(value);
    for (const profile of Object.keys(k.defaults ?? {})) expect(k.profiles).toContain(profile);
  }
});
