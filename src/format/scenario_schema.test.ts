import { describe, expect, it } from 'vitest';
import { stories } from '../scenarios/index.ts';
import type { Scenario } from './scenario.ts';
import { MAX_FRAMES, validateScenario } from './scenario_schema.ts';
import { parseSysctlValue, withSysctl } from './sysctl.ts';

const [story] = stories;
/** A story with one thing changed, by path. */
function changed(path: readonly (string | number)[], value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(story));
  let at = copy;
  for (const step of path.slice(0, -1)) at = at[step];
  at[path[path.length - 1]] = value;
  return copy;
}
const message = (path: readonly (string | number)[], value: unknown): string => {
  const r = validateScenario(changed(path, value));
  return r.ok ? 'taken' : r.problem.message;
};

describe('a scenario from outside', () => {
  it.each(stories.map((s) => [s.id, s] as const))('the story %s is one', (_, s) => expect(validateScenario(JSON.parse(JSON.stringify(s)))).toEqual({ ok: true, value: s }));
  it('no CPU, too many CPUs', () => {
    expect(message(['machine', 'cpus'], 0)).toBe('machine.cpus: expected >=1, found 0');
    expect(message(['machine', 'cpus'], 65)).toBe('machine.cpus: expected <=32, found 65');
    expect(message(['machine', 'cpus'], 1.5)).toBe('machine.cpus: expected a whole number below 2^53, found 1.5');
  });
  it('choices without a stretch to make them in, or out of bounds; a stretch with a wrong beginning', () => {
    const explore = { bad: 'no-progress', from: 'oom_notify_begin', untilNs: 1e9, steps: 100, deviations: 1 };
    expect(message(['choices'], [0, 1])).toBe("choices: expected a field 'explore' that says where the choices begin, found none");
    expect(message(['explore'], explore)).toBe('taken');
    expect(message(['explore'], { ...explore, from: 5e6, schedules: 0 })).toBe('taken');
    expect(message(['explore'], { ...explore, from: 'NO SUCH' })).toContain('explore.from: expected');
    expect(message(['explore'], { ...explore, steps: 20_001 })).toBe('explore.steps: expected <=20000, found 20001');
    expect(message(['explore'], { ...explore, deviations: 17 })).toBe('explore.deviations: expected <=16, found 17');
    expect(validateScenario({ ...story, explore, choices: [0, 1] }).ok).toBe(true);
    for (const choices of [[1000], [-1], [0.5], Array.from({ length: 20_001 }, () => 0)]) expect(validateScenario({ ...story, explore, choices }).ok).toBe(false);
  });
  it('a zone of no pages, or of more than it has', () => {
    expect(message(['machine', 'zones', 0, 'spanned'], 0)).toBe('machine.zones[0].spanned: expected >=1, found 0');
    expect(message(['machine', 'zones', 0, 'managed'], 0)).toBe('machine.zones[0].managed: expected >=1, found 0');
    expect(message(['machine', 'zones', 0, 'managed'], 4000)).toBe('machine.zones[0].managed: expected at most the 3998 present pages, found 4000');
    expect(message(['machine', 'zones', 0, 'present'], 5000)).toBe('machine.zones[0].present: expected at most the 4095 spanned pages, found 5000');
    expect(message(['machine', 'zones', 1, 'free'], 51816)).toBe('machine.zones[1].free: expected at most the 51816 managed pages, found 51874 with the per-CPU lists');
    expect(message(['machine', 'zones', 1, 'free'], 45261)).toBe('machine.zones[1].blocks: expected blocks of 45261 pages in all, as free has it, found 45262');
  });
  it('zones that overlap, stand in another order, have no slot, or end beyond what is kept', () => {
    expect(message(['machine', 'zones', 1, 'startPfn'], 4000)).toBe('machine.zones[1].startPfn: expected at least 4096, where zone DMA ends, found 4000');
    expect(message(['machine', 'zones', 1, 'name'], 'DMA')).toContain('found DMA of node 0 after DMA of node 0');
    expect(message(['machine', 'zones', 1, 'name'], 'HighMem')).toContain('machine.zones[1].name: expected one of the slots');
    expect(message(['machine', 'zones', 1, 'startPfn'], MAX_FRAMES)).toContain('(256 GiB)');
  });
  it('a watermark above its zone, or below another', () => {
    const boot = (...marks: number[]): string => message(['machine', 'boot'], { minLowHigh: [marks, [428, 535, 642]] });
    expect(boot(33, 41, 3841)).toBe('machine.boot.minLowHigh[0]: expected min <= low <= high <= the 3840 managed pages of zone DMA, found 33, 41, 3841');
    expect(boot(50, 41, 60)).toContain('expected min <= low');
    expect(message(['sysctl', 'vm.min_free_kbytes'], 4 * (3840 + 51816) + 1)).toBe('sysctl.vm.min_free_kbytes: expected at most the 222624 kB that the zones have, found 222625 kB');
    expect(message(['sysctl', 'vm.watermark_scale_factor'], 3001)).toBe('sysctl.vm.watermark_scale_factor: expected 1 to 3000 for vm.watermark_scale_factor, found 3001');
    expect(message(['sysctl', 'vm.percpu_pagelist_high_fraction'], 7)).toContain('expected 0, or 8 to');
  });
  it('more in use than is not free', () => expect(message(['machine', 'usage', 'slabReclaimable'], 60000)).toContain('machine.usage: expected at most the 6528 pages that are not free, found'));
  it('fields that nobody knows, and fields that are missing', () => {
    expect(message(['colour'], 'red')).toBe('the scenario: expected no field "colour", found it');
    expect(message(['machine', 'zones', 0, 'fre'], 1)).toBe('machine.zones[0]: expected no field "fre", found it');
    expect(message(['machine', 'hz'], undefined)).toBe("machine: expected a field 'hz', found none");
    expect(validateScenario(null)).toMatchObject({ ok: false });
    expect(validateScenario([])).toMatchObject({ ok: false });
  });
  it('texts and lists that have no end', () => {
    expect(message(['title'], 'x'.repeat(201))).toBe('title: expected a length of <=200, found 201');
    expect(message(['text'], new Array(41).fill(''))).toContain('text: expected a length of <=40');
    expect(message(['knobs'], Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`k${i}`, 1])))).toBe('knobs: expected at most 100 entries');
    expect(message(['workloads', 0, 'mb'], Number.POSITIVE_INFINITY)).not.toBe('taken');
    expect(message(['workloads', 0, 'mb'], { deep: 1 })).toContain('workloads[0].mb: expected');
  });
  it('names that would reach into objects are left behind', () => {
    const r = validateScenario(JSON.parse(JSON.stringify(story).replace('"knobs":{}', '"knobs":{"__proto__":{"a":1}}').replace('{"type"', '{"__proto__":{"a":1},"type"')));
    if (!r.ok) throw new Error(r.problem.message);
    for (const o of [r.value.knobs, r.value.workloads[0]]) expect([Object.getPrototypeOf(o), Object.hasOwn(o, '__proto__'), 'a' in o]).toEqual([Object.prototype, false, false]);
  });
});

describe('sysctls', () => {
  const booted: Scenario = { ...story, machine: { ...story.machine, boot: { reserve: [[0, 193, 193, 193, 193], [0, 0, 0, 0, 0]], minLowHigh: [[33, 41, 49], [428, 535, 642]] } } };
  it('a write makes what was computed at boot void, and only that', () => {
    expect(withSysctl(booted, 'vm.min_free_kbytes', 4096).machine.boot).toEqual({ reserve: booted.machine.boot?.reserve });
    expect(withSysctl(booted, 'vm.lowmem_reserve_ratio', [64, 64]).machine.boot).toEqual({ minLowHigh: booted.machine.boot?.minLowHigh });
    expect(withSysctl(withSysctl(booted, 'vm.watermark_scale_factor', 20), 'vm.lowmem_reserve_ratio', [64]).machine.boot).toBeUndefined();
    expect(withSysctl(booted, 'vm.swappiness', 1).machine).toBe(booted.machine);
  });
  it('values as text', () => {
    expect(parseSysctlValue('vm.lowmem_reserve_ratio', '256 256\t32 0 0')).toEqual({ ok: true, value: [256, 256, 32, 0, 0] });
    expect(parseSysctlValue('vm.swappiness', ' 10 ')).toEqual({ ok: true, value: 10 });
    for (const bad of ['', 'x', '1 2', '1e3', '201']) expect(parseSysctlValue('vm.swappiness', bad).ok).toBe(false);
  });
});
