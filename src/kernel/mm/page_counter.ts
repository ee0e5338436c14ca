/** mm/page_counter.c, v6.1: a hierarchical counter of pages with a limit. Left out: protection (min, low), the lockless races that let it pass its limit for a moment. */

/** PAGE_COUNTER_MAX on 64 bits: what an unlimited counter is printed as, 9007199254740988 kB. */
export const PAGE_COUNTER_MAX = 2251799813685247;

export class PageCounter {
  readonly parent: PageCounter | null;
  usage: number;
  max: number;
  high: number;
  failcnt: number;
  watermark: number; // the most there was: memory.peak
  constructor(parent: PageCounter | null) {
    this.parent = parent; this.usage = 0; this.max = PAGE_COUNTER_MAX; this.high = PAGE_COUNTER_MAX; this.failcnt = 0; this.watermark = 0;
  }
}
/** page_counter_charge(): past any limit. */
export function pageCounterCharge(counter: PageCounter, nrPages: number): void {
  for (let c: PageCounter | null = counter; c !== null; c = c.parent) {
    c.usage += nrPages;
    c.watermark = Math.max(c.watermark, c.usage);
  }
}
/** page_counter_try_charge(): all the way up or not at all. The counter whose limit is in the way; null: charged. */
export function pageCounterTryCharge(counter: PageCounter, nrPages: number): PageCounter | null {
  for (let c: PageCounter | null = counter; c !== null; c = c.parent) {
    if (c.usage + nrPages <= c.max) continue;
    c.failcnt++;
    return c;
  }
  pageCounterCharge(counter, nrPages);
  return null;
}
/** page_counter_uncharge(). */
export function pageCounterUncharge(counter: PageCounter, nrPages: number): void {
  for (let c: PageCounter | null = counter; c !== null; c = c.parent) c.usage -= nrPages;
}
