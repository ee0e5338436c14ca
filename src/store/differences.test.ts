import { describe, expect, it, vi } from 'vitest';
import type { Catalog } from '../format/protocol.ts';
import { oneHog } from '../scenarios/one_hog.ts';

vi.mock('../scenarios/index.ts', () => ({ stories: [{ id: 'none' }] }));
const { differences } = await import('./differences.ts');

const catalog: Catalog = {
  engine: '0', profiles: ['v6.1', 'v6.12'], knobs: [],
  sysctls: [{ name: 'vm.min_free_kbytes', values: [], min: 128, max: 262144, unit: 'kB', default: 0, profiles: ['v6.1', 'v6.12'], doc: 'kept free' }],
  workloads: [{ id: 'anon', doc: '', parameters: [{ name: 'mb', unit: 'MiB', default: 64, doc: 'how much' }] }],
};
const told = (b: typeof oneHog): string[] => differences(oneHog, b, catalog).map((d) => `${d.name}: ${d.a} / ${d.b}`);

describe('the difference of two scenarios', () => {
  it('is empty for one and the same, whatever it is called', () => expect(told({ ...oneHog, title: 'Another', id: 'x' })).toEqual([]));
  it('has names, both values and their units, the profile first', () => {
    expect(told({ ...oneHog, profile: 'v6.12', seed: 7, sysctl: { 'vm.min_free_kbytes': 4096 } })).toEqual(['profile: v6.1 / v6.12', 'seed: 1 / 7', 'vm.min_free_kbytes: 1848 kB / 4096 kB']);
  });
  it('says of min_free_kbytes that is not written that it is computed', () => {
    expect(told({ ...oneHog, sysctl: {} })).toEqual(['vm.min_free_kbytes: 1848 kB / computed']);
  });
  it('says when only one has a program, or its parameter', () => {
    expect(told({ ...oneHog, workloads: [...oneHog.workloads, { type: 'anon', mb: 9 }] })).toEqual(['anon.2.mb: null / 9 MiB', 'workloads: anon / anon, anon']);
  });
  it('says that the machine is another where no single value tells', () => {
    expect(told({ ...oneHog, machine: { ...oneHog.machine, name: 'mine', usage: { ...oneHog.machine.usage, shmem: 1 } } })).toEqual(['machine: 256 MiB, 1 CPU / mine']);
  });
});
