import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseBuddyinfo, parsePagetypeinfo, zoneKey } from './buddy_tables.ts';
import { parseMeminfo, parseSysctls, parseVmstat } from './proc_tables.ts';
import { parseSlabinfo } from './slabinfo.ts';

const file = (name: string): Buffer => readFileSync(new URL(`../../fixtures/captures/6.1-256M-1-hog/${name}`, import.meta.url));
const text = (name: string): string => file(name).toString('utf8');
function value<T>(r: { ok: true; value: T } | { ok: false; problem: { message: string } }): T {
  if (!r.ok) throw new Error(r.problem.message);
  return r.value;
}

// expected figures: the files themselves, fixtures/captures/6.1-256M-1-hog
describe('the tables of a real machine', () => {
  it('meminfo, in kB', () => {
    const m = value(parseMeminfo(text('meminfo.txt')));
    expect([m.get('MemTotal'), m.get('Active(anon)'), m.get('HugePages_Total')]).toEqual([222624, 20, 0]);
  });
  it('vmstat', () => expect(value(parseVmstat(text('vmstat.txt'))).get('nr_slab_reclaimable')).toBe(2249));
  it('sysctls: one number, a list, and nothing for an empty or a word', () => {
    const s = value(parseSysctls(text('sysctl_vm.txt')));
    expect([s['vm.min_free_kbytes'], s['vm.lowmem_reserve_ratio'], s['vm.stat_refresh'], s['vm.numa_zonelist_order']]).toEqual([1848, [256, 256, 32, 0, 0], undefined, undefined]);
    expect(value(parseSysctls('kernel.panic = 10\nvm.swappiness=1\n'))).toEqual({ 'kernel.panic': 10, 'vm.swappiness': 1 });
  });
  it('buddyinfo', () => expect(value(parseBuddyinfo(text('buddyinfo.txt'))).get(zoneKey(0, 'DMA'))).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 0, 1, 3]));
  it('pagetypeinfo: its blocks are those of buddyinfo, by type', () => {
    const buddy = value(parseBuddyinfo(text('buddyinfo.txt')));
    for (const [key, zone] of value(parsePagetypeinfo(text('pagetypeinfo.txt')))) {
      const orders = buddy.get(key) ?? [];
      expect(orders.map((_, order) => (zone.blocks ?? []).reduce((sum, byOrder) => sum + byOrder[order], 0))).toEqual(orders);
    }
    expect(value(parsePagetypeinfo(text('pagetypeinfo.txt'))).get(zoneKey(0, 'DMA32'))?.pageblocks).toEqual([8, 106, 6, 0, 0]);
  });
  it('slabinfo', () => {
    const caches = value(parseSlabinfo(gunzipSync(file('slabinfo.txt.gz')).toString('utf8')));
    expect(caches.length).toBeGreaterThan(50);
    expect(caches.find((c) => c.name === 'kmalloc-4k')).toMatchObject({ objectBytes: 4096, objectsPerSlab: 8, pagesPerSlab: 8 });
  });
});

describe('what is not as expected is said with its place', () => {
  it('a count that the kernel did not finish leaves the blocks of that zone unknown', () => {
    const capped = text('pagetypeinfo.txt').replace('DMA32, type      Movable      0', 'DMA32, type      Movable >100000');
    const zones = value(parsePagetypeinfo(capped));
    expect([zones.get(zoneKey(0, 'DMA'))?.blocks === null, zones.get(zoneKey(0, 'DMA32'))?.blocks]).toEqual([false, null]);
  });
  it.each([
    ['meminfo', parseMeminfo, 'MemTotal: 1 kB\nwhat', 2], ['meminfo', parseMeminfo, 'MemTotal: 9007199254740992 kB', 1], ['vmstat', parseVmstat, 'nr_free_pages 1\nnr_free_pages 2', 2], ['vmstat', parseVmstat, '', 1],
    ['buddyinfo', parseBuddyinfo, 'Node 0, zone DMA 1 2 3', 1], ['pagetypeinfo', parsePagetypeinfo, 'Node 0, zone DMA, type Odd 1 2', 1], ['pagetypeinfo', parsePagetypeinfo, 'Node 0, zone DMA 1 2 3', 1],
    ['slabinfo', parseSlabinfo, 'slabinfo - version: 2.1\nkmalloc 1 2', 2], ['sysctls', parseSysctls, 'vm.swappiness = 60\nvm.swappiness', 2], ['sysctls', parseSysctls, 'watermark_scale_factor = 0', 1],
  ])('%s', (_, parse, bad, line) => {
    const r = parse(bad);
    if (r.ok) throw new Error('the text was taken');
    expect([r.problem.line, r.problem.message.startsWith('expected')]).toEqual([line, true]);
  });
});
