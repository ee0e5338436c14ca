import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PAGE_COUNTER_MAX, PageCounter, pageCounterCharge, pageCounterTryCharge, pageCounterUncharge } from './page_counter.ts';

const step = fc.record({ who: fc.integer({ min: 0, max: 2 }), pages: fc.integer({ min: 1, max: 40 }), how: fc.constantFrom('try', 'force', 'back') });
test('a charge goes all the way up or not at all, and names the limit in its way', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), fc.array(fc.integer({ min: 10, max: 200 }), { minLength: 3, maxLength: 3 }), (steps, limits) => {
    const root = new PageCounter(null), outer = new PageCounter(root), inner = new PageCounter(outer), all = [root, outer, inner], held = [0, 0, 0]; // pages that each was charged with itself
    all.forEach((c, i) => { c.max = limits[i]; });
    for (const { who, pages, how } of steps) {
      const below = (i: number): number => held.slice(i).reduce((a, b) => a + b, 0), before = all.map((c) => c.usage);
      if (how === 'force') { pageCounterCharge(all[who], pages); held[who] += pages; }
      else if (how === 'back') { const back = Math.min(pages, held[who]); pageCounterUncharge(all[who], back); held[who] -= back; }
      else {
        const refused = [...all.keys()].filter((i) => i <= who && below(i) + pages > limits[i]).at(-1), limit = pageCounterTryCharge(all[who], pages); // the lowest one on its way up
        expect(limit).toBe(refused === undefined ? null : all[refused]);
        if (limit === null) held[who] += pages; else expect(all.map((c) => c.usage)).toEqual(before);
      }
      expect(all.map((c) => c.usage)).toEqual(all.map((_, i) => below(i)));
      all.forEach((c, i) => expect(c.watermark).toBeGreaterThanOrEqual(below(i)));
    }
  }));
});
test('a counter without a limit is printed as the captures print it', () => expect(PAGE_COUNTER_MAX * 4).toBe(9007199254740988));
