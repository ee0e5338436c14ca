import { expect, test } from 'vitest';
import { bulkPointers, kvfreeRulesOf, pageSourceOf } from './kvfree_rules.ts';

const rules = (profile: string) => { const r = kvfreeRulesOf(profile); if (r === null) throw new Error(profile); return r; };
// rcu reference 2.1: 16 bytes of header on 64 bits from 5.8 to about 6.1, 40 bytes from 6.6 on; its table gives 510, 1022 and 507
test.each([['v5.9', 8, 510], ['v6.1', 8, 510], ['v5.9', 4, 1022], ['v6.12', 8, 507]] as const)('a bulk page of %s with pointers of %d bytes takes %d of them', (profile, pointer, capacity) => {
  expect(bulkPointers(rules(profile).headerWords, pointer)).toBe(capacity);
});
// rcu reference 2.3 and 7; that 6.1 has 5*HZ, shortened to a jiffy by a full page: capture 6.1-256M-1-mod_kvfree has objects back 16 ms after the burst, less than HZ/50
test.each([['v5.9', 20, false], ['v6.1', 5000, true], ['v6.12', 5000, true]] as const)('the monitor of %s waits %d ms, less after a full page: %s', (profile, ms, soon) => {
  for (const hz of [100, 250, 1000]) expect((rules(profile).drainJiffies(hz) * 1000) / hz).toBe(ms);
  expect(rules(profile).drainsFullSoon).toBe(soon);
});
test('2 pages are kept on a CPU in 5.9, 5 since a worker refills them (rcu reference 2.1)', () => {
  expect(['v5.9', 'v6.1', 'v6.12'].map((p) => rules(p).cachedPages)).toEqual([2, 5, 5]);
});
test('5.9 asks the allocator, later ones have a pool; a version before 5.8 has no pages at all', () => {
  expect(['v5.9', 'v6.1', 'v6.12'].map((p) => pageSourceOf({}, rules(p)))).toEqual(['inline-nowait', 'own-pool', 'own-pool']);
  expect(kvfreeRulesOf('v4.17')).toBeNull();
});
