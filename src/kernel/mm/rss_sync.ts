/** mm/memory.c, v6.1: SPLIT_RSS_COUNTING. Faults are counted by task and carried over to the mm after 64 of them. */
import type { Kernel } from '../kernel.ts';
import { ROW } from './constants.ts';
import { RSS, RSS_CELLS_COUNT } from './rss.ts';

/** TASK_RSS_EVENTS_THRESH. */
export const RSS_EVENTS = 64;

/** Writes the counters of an mm into the trace where they have changed. */
export function syncRss(k: Kernel, mmId: number): void {
  const m = k.mm.mms[mmId];
  m.rss[RSS.tables] = Math.trunc(m.pgtablesBytes / 4096);
  for (let cell = 0; cell < RSS_CELLS_COUNT; cell++) {
    if (m.traced[cell] === m.rss[cell]) continue;
    m.traced[cell] = m.rss[cell];
    k.trace(ROW.rss, mmId, cell, m.rss[cell]);
  }
}
