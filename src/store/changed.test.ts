import { describe, expect, it } from 'vitest';
import type { Catalog } from '../format/protocol.ts';
import type { Scenario } from '../format/scenario.ts';
import { oneHog } from '../scenarios/one_hog.ts';
import { changeCount, isChanged } from './changed.ts';
import { fieldsOf } from './fields.ts';

/** Two knobs whose default is another in each of two versions. */
const catalog: Catalog = {
  engine: '0', profiles: ['v6.1', 'v6.12'], sysctls: [], workloads: [],
  knobs: ['oom.sleepAfterKill', 'oomReaper.oomLock'].map((name) => ({ name, values: ['on', 'off'], default: 'on', defaults: { 'v6.12': 'off' }, profiles: ['v6.1', 'v6.12'], doc: '' })),
};
const marked = (draft: Scenario): string[] => fieldsOf(draft, catalog).filter((f) => isChanged(f, draft, oneHog)).map((f) => f.name);
const counted = (draft: Scenario): number => changeCount(fieldsOf(draft, catalog), draft, oneHog);

describe('what is changed', () => {
  it('is one thing where the profile is another, whatever defaults it brings', () => {
    const draft: Scenario = { ...oneHog, profile: 'v6.12' };
    expect(fieldsOf(draft, catalog).some((f) => f.read(draft) !== f.read(oneHog))).toBe(true); // a default is another
    expect([marked(draft), counted(draft)]).toEqual([[], 1]);
  });
  it('is a knob that was turned, with the profile or without', () => {
    const knobs = { 'oom.sleepAfterKill': 'off' };
    expect([marked({ ...oneHog, knobs }), counted({ ...oneHog, knobs })]).toEqual([['oom.sleepAfterKill'], 1]);
    expect(counted({ ...oneHog, profile: 'v6.12', knobs })).toBe(2);
  });
  it('is a field of the machine, and a workload more or less', () => {
    expect([marked({ ...oneHog, seed: 9 }), counted({ ...oneHog, seed: 9 })]).toEqual([['seed'], 1]);
    expect(counted({ ...oneHog, workloads: [] })).toBe(1);
    expect(counted(oneHog)).toBe(0);
  });
});
