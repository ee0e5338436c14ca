import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { must } from '../base/units.ts';
import type { Catalog, KnobInfo } from '../format/protocol.ts';
import type { Scenario } from '../format/scenario.ts';
import { validateScenario } from '../format/scenario_schema.ts';
import { catalog as real } from '../run/catalog.ts';
import { stories } from '../scenarios/index.ts';
import { type Field, fieldsOf, parseNumber } from './fields.ts';
import { memoryMib } from './resize.ts';

const usage = { inactiveAnon: 0, activeAnon: 500, inactiveFile: 200, activeFile: 100, unevictable: 0, shmem: 0, mapped: 50, slabReclaimable: 100, slabUnreclaimable: 300, kernelStack: 50, pageTables: 20 };
/** 512 MiB: DMA of 3 998 frames, DMA32 of 126 944. */
const scenario: Scenario = {
  id: 'sample', title: 'Sample', text: [], profile: 'v6.1', seed: 1, untilNs: 5e9, ends: 'oom-kill', sysctl: { 'vm.swappiness': 60 }, knobs: {},
  workloads: [{ type: 'hog', mib: 300 }, { type: 'hog', mib: 20 }],
  machine: {
    name: 'sample', cpus: 2, hz: 250, preempt: 'none', slots: ['DMA', 'DMA32', 'Normal', 'Movable', 'Device'], speed: 1000, usage,
    zones: [
      { node: 0, name: 'DMA', startPfn: 1, spanned: 4095, present: 3998, managed: 3840, free: 3840 },
      { node: 0, name: 'DMA32', startPfn: 4096, spanned: 126_944, present: 126_944, managed: 116_000, free: 110_000, pcp: [300, 200] },
    ],
  },
};
const catalog: Catalog = {
  engine: '0', profiles: ['v6.1', 'v6.12'],
  knobs: [
    { name: 'oom.waiters', values: ['trylock', 'block'], default: 'trylock', profiles: ['v6.1', 'v6.12'], doc: '' },
    { name: 'lru.gen', values: ['off', 'on'], default: 'on', profiles: ['v6.12'], doc: '' },
    { name: 'preempt', values: ['full', 'none', 'rt'], default: 'full', profiles: ['v6.1', 'v6.12'], doc: '' },
  ],
  sysctls: [
    { name: 'vm.swappiness', values: [], min: 0, max: 200, default: 60, profiles: ['v6.1', 'v6.12'], doc: '' },
    { name: 'vm.lowmem_reserve_ratio', values: [], min: 0, default: '256 256 32 0 0', profiles: ['v6.1', 'v6.12'], doc: '' },
  ],
  workloads: [{ id: 'hog', doc: '', parameters: [{ name: 'mib', unit: 'MiB', default: 100, doc: '' }, { name: 'touch', unit: '', default: true, doc: '' }] }],
};
const field = (name: string): Field => must(fieldsOf(scenario, catalog).find((f) => f.name === name), `there is a field ${name}`);
const write = (name: string, text: string): Scenario => {
  const r = field(name).write(scenario, text);
  if (!r.ok) throw new Error(r.problem.message);
  return r.value;
};

describe('fields', () => {
  it('of a sysctl that marks follow from make void what the kernel had computed at boot', () => {
    const booted: Scenario = { ...scenario, machine: { ...scenario.machine, boot: { minLowHigh: [[1, 2, 3]] } } }, info = { ...catalog.sysctls[0], name: 'vm.min_free_kbytes', max: 262144 };
    const min = must(fieldsOf(booted, { ...catalog, sysctls: [info] }).find((f) => f.name === 'vm.min_free_kbytes'), 'there is such a field'), written = min.write(booted, '4096');
    expect(written).toMatchObject({ ok: true, value: { sysctl: { 'vm.min_free_kbytes': 4096 } } });
    expect(written.ok && written.value.machine.boot).toBeUndefined();
  });
  it('are those of the machine, of each workload, of each sysctl and of the knobs that the profile has', () => {
    const names = fieldsOf(scenario, catalog).map((f) => f.name);
    expect(names).toEqual(expect.arrayContaining(['machine.cpus', 'seed', 'hog.1.mib', 'hog.2.mib', 'vm.swappiness', 'oom.waiters']));
    expect(names).not.toContain('lru.gen');
    expect(names.filter((n) => n === 'preempt')).toHaveLength(1);
  });
  it('read what the scenario says, or the default', () => {
    expect(field('vm.swappiness').read(scenario)).toBe('60');
    expect(field('oom.waiters').read(scenario)).toBe('trylock');
    expect(field('hog.2.mib').read(scenario)).toBe('20');
    expect(field('hog.1.touch').read(scenario)).toBe('true');
  });
  it('read the default that the profile has where it has one of its own', () => {
    const sleep: KnobInfo = { name: 'oom.sleepAfterKill', values: ['on', 'off'], default: 'on', defaults: { 'v6.1': 'off' }, profiles: ['v4.17', 'v6.1'], doc: '' };
    const reads = (s: Scenario): string | undefined => fieldsOf(s, { ...catalog, knobs: [sleep] }).find((f) => f.name === sleep.name)?.read(s);
    expect((['v4.17', 'v6.1', 'v6.12'] as const).map((profile) => reads({ ...scenario, profile }))).toEqual(['on', 'off', undefined]);
    expect(reads({ ...scenario, knobs: { 'oom.sleepAfterKill': 'on' } })).toBe('on');
  });
  it('change nothing but their own part', () => {
    expect(write('vm.swappiness', '0')).toEqual({ ...scenario, sysctl: { 'vm.swappiness': 0 } });
    expect(write('hog.2.mib', '40').workloads).toEqual([{ type: 'hog', mib: 300 }, { type: 'hog', mib: 40 }]);
    expect(write('vm.lowmem_reserve_ratio', '256 32').sysctl['vm.lowmem_reserve_ratio']).toEqual([256, 32]);
    expect(write('oom.waiters', 'block').knobs).toEqual({ 'oom.waiters': 'block' });
    expect(write('until', '2.5').untilNs).toBe(2_500_000_000);
  });
  it('give back the default when they are emptied', () => {
    expect(write('vm.swappiness', ' ').sysctl).toEqual({});
  });
  it('say in one line what was expected and what was found', () => {
    const r = field('vm.swappiness').write(scenario, '6x2');
    expect(r.ok ? '' : r.problem.message).toBe('expected a whole number from 0 to 200, found “6x2”');
    const choice = field('oom.waiters').write(scenario, 'maybe');
    expect(choice.ok ? '' : choice.problem.message).toBe('expected trylock, block, found “maybe”');
  });
  it('read numbers with their thousands apart', () => {
    expect(parseNumber('2 736', 0, 1e6, true)).toEqual({ ok: true, value: 2736 });
    expect(parseNumber('2\u202f736', 0, 1e6, true)).toEqual({ ok: true, value: 2736 });
  });
});

describe('numbers', () => {
  const refused = (text: string): string => { const r = parseNumber(text, 0, 1e9, false); return r.ok ? `read as ${r.value}` : r.problem.message; };
  it('have a comma only between thousands', () => {
    expect(['1,500', '12,345,678', '1,500.5'].map((text) => parseNumber(text, 0, 1e9, false))).toEqual([1500, 12_345_678, 1500.5].map((value) => ({ ok: true, value })));
    for (const text of ['0,5', '1,5', '1,50', '1,5000', '1500,000', ',500', '1,500,00']) expect(refused(text)).toBe(`expected a point before decimals, and a comma between thousands alone, found “${text}”`);
  });
});

describe('parameters of workloads', () => {
  // the names, units and words of the engine's own
  const known = real();
  const said = (id: string, name: string, text: string): string => {
    const s = must(stories.find((one) => one.id === id), `${id} is a story`), f = must(fieldsOf(s, known).find((one) => one.name === name), `${id} has a field ${name}`), r = f.write(s, text);
    return r.ok ? 'fine' : r.problem.message;
  };
  it('are refused in place where the machine could not follow', () => {
    expect(said('one-hog', 'anon.adj', '5000')).toBe('expected a whole number from -1000 to 1000, found “5000”');
    expect(said('one-hog', 'anon.mb', '-5')).toBe('expected a number from 0 to 524288, found “-5”');
    expect(said('one-hog', 'anon.mb', '99999999999')).toBe('expected a number from 0 to 524288, found “99999999999”');
    expect(said('one-hog', 'anon.cpu', '7')).toBe('expected a whole number from -1 to 0, found “7”');
    expect(said('one-hog', 'anon.mlock', '2')).toBe('expected a whole number from 0 to 1, found “2”');
    expect(said('one-hog', 'anon.cg', 'box')).toContain('expected the name of a workload cgroup');
    expect(said('one-hog', 'anon.mb', '0.25')).toBe('fine');
  });
  it('are accepted as every story has them', () => {
    for (const s of stories) for (const f of fieldsOf(s, known)) if (f.group === 'Workload') { const r = f.write(s, f.read(s)); expect(r.ok ? '' : `${s.id}, ${f.name}: ${r.problem.message}`).toBe(''); }
  });
  it('are accepted with the value that they have where nothing is said', () => {
    for (const w of known.workloads) for (const p of w.parameters) {
      const s: Scenario = { ...scenario, workloads: [{ type: w.id }] }, f = must(fieldsOf(s, known).find((one) => one.name === `${w.id}.${p.name}`), p.name), r = f.write(s, String(p.default));
      expect(r.ok ? '' : `${f.name}: ${r.problem.message}`).toBe('');
    }
  });
});

describe('a machine of another size', () => {
  const valid = (s: Scenario): string => { const r = validateScenario(s); return r.ok ? '' : r.problem.message; };
  it('is a valid machine with the memory that was asked for, from the least to the most', () => {
    expect(valid(scenario)).toBe('');
    fc.assert(fc.property(fc.integer({ min: 128, max: 65_536 }), (mib) => {
      const s = write('machine.memory', String(mib));
      expect(valid(s)).toBe('');
      // 16 MiB of DMA are short of 98 frames that the firmware keeps, so a MiB may be rounded
      expect(Math.abs(memoryMib(s.machine) - mib)).toBeLessThanOrEqual(1);
    }), { numRuns: 100 });
  });
  it('keeps what is in use, less the rounding of two zones', () => {
    const used = (s: Scenario): number => s.machine.zones.reduce((n, z) => n + z.managed - z.free - (z.pcp ?? []).reduce((a, b) => a + b, 0), 0);
    expect(Math.abs(used(write('machine.memory', '8192')) - used(scenario))).toBeLessThanOrEqual(2);
  });
  it('has a zone Normal only above what DMA32 can hold', () => {
    const names = (mib: string): string[] => write('machine.memory', mib).machine.zones.map((z) => z.name);
    expect(names('1024')).toEqual(['DMA', 'DMA32']);
    expect(names('8192')).toEqual(['DMA', 'DMA32', 'Normal']);
  });
  it('is refused when what is in use would not fit', () => {
    const r = field('machine.memory').write(scenario, '20');
    expect(r.ok).toBe(false);
  });
  it('puts the pages of lists back when CPUs change', () => {
    const s = write('machine.cpus', '8');
    expect(s.machine.zones[1].free).toBe(110_500);
    expect(valid(s)).toBe('');
  });
});
