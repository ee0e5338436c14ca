import { beforeEach, describe, expect, it, vi } from 'vitest';
import { must } from '../base/units.ts';
import type { Catalog } from '../format/protocol.ts';
import type { Scenario } from '../format/scenario.ts';

vi.mock('../client/client.ts', () => ({ Client: class { run(): number { return 1; } cancel(): void {} close(): void {} } }));
const { oneHog } = await import('../scenarios/one_hog.ts');
const { editField } = await import('./edit.ts');
const { fieldsOf } = await import('./fields.ts');
const { memoryMib } = await import('./resize.ts');
const { store } = await import('./store.ts');

const catalog: Catalog = { engine: '0', profiles: ['v6.1'], knobs: [], workloads: [], sysctls: [{ name: 'vm.min_free_kbytes', values: [], min: 0, max: 262_144, default: 0, unit: 'kB', profiles: ['v6.1'], doc: '' }] };
const type = (name: string, text: string): void => editField(must(fieldsOf(store.getState().draft, catalog).find((f) => f.name === name), `there is a field ${name}`), text);
const minFree = (): unknown => store.getState().draft.sysctl['vm.min_free_kbytes'];
const story: Scenario = { ...oneHog, machine: { ...oneHog.machine, boot: { minLowHigh: oneHog.machine.zones.map(() => [1, 2, 3]) } } };

describe('memory that is changed by hand', () => {
  beforeEach(() => store.setState({ story, draft: story, scenario: story, catalog, problems: {} }));

  it('has its watermarks computed by the kernel: neither what the story writes nor what the machine had at boot is of that size', () => {
    expect([minFree(), story.machine.boot]).not.toContain(undefined);
    type('machine.memory', '65536');
    expect([memoryMib(store.getState().draft.machine), minFree(), store.getState().draft.machine.boot]).toEqual([65_536, undefined, undefined]);
  });
  it('keeps a value that was written by hand', () => {
    type('vm.min_free_kbytes', '4096');
    type('machine.memory', '512');
    expect(minFree()).toBe(4096);
  });
  it('is the story again when it is put back, with every key of the way there', () => {
    const mib = String(memoryMib(story.machine));
    for (const text of ['6', '64', '6', mib.slice(0, 2), mib]) type('machine.memory', text);
    expect([store.getState().draft, store.getState().problems]).toEqual([story, {}]);
    expect(store.getState().draft).toBe(story);
  });
  it('and 0 kB mean what the field says: as the kernel computes it', () => {
    type('vm.min_free_kbytes', '0');
    expect(minFree()).toBeUndefined();
  });
});
