/**
 * What kvfree_rcu() has otherwise in later versions, as one row a version (rcu reference 2.1, 2.3, 2.4, 7), and where its bulk pages come from (2.5) as a knob.
 * Before 5.8 there are no bulk pages: kfree_rcu() is a lazy callback of its own for each object, and there is no form without an rcu_head.
 */
import type { Knobs } from '../kernel.ts';

/** Who gives a bulk page. `own-pool` is the form that was merged; `none` never gives one. */
export type PageSource = 'inline-nowait' | 'pcp-lockless' | 'pcp-lockless-min' | 'own-pool' | 'own-pool-grow' | 'rescue-pool' | 'none';

export interface KvfreeRules {
  /** Words before the pointers of a bulk page: count and next; later a list head, a snapshot of the grace period, and the count. */
  readonly headerWords: number;
  /** KFREE_DRAIN_JIFFIES: from the first object to its grace period. */
  drainJiffies(hz: number): number;
  /** A full page of pointers on one CPU shortens that to one jiffy. */
  readonly drainsFullSoon: boolean;
  /** rcu_min_cached_objs. */
  readonly cachedPages: number;
  /** Who asks with one argument may allocate a page itself, after it has let go of the lock. */
  readonly singleAllocates: boolean;
  /** The monitor first frees pages whose own grace period is over. */
  readonly drainsReady: boolean;
  /** Monitor and worker run on any CPU. */
  readonly unbound: boolean;
  /** The shrinker counts cached pages too, takes them, and keeps refills back for a while. */
  readonly shrinksCache: boolean;
}
const v5_9: KvfreeRules = {
  headerWords: 2, drainJiffies: (hz) => Math.floor(hz / 50), drainsFullSoon: false, cachedPages: 2, singleAllocates: false, drainsReady: false, unbound: false, shrinksCache: false,
};
const v6_1: KvfreeRules = { ...v5_9, drainJiffies: (hz) => 5 * hz, drainsFullSoon: true, cachedPages: 5, singleAllocates: true, shrinksCache: true };
const v6_12: KvfreeRules = { ...v6_1, headerWords: 5, drainsReady: true, unbound: true };
/** rcu_min_cached_objs with refills by a worker, whatever the version. */
export const POOL_PAGES = 5;

const RULES: Readonly<Record<string, KvfreeRules>> = { 'v5.9': v5_9, 'v6.1': v6_1, 'v6.12': v6_12 };
/** null: a version without bulk pages. */
export const kvfreeRulesOf = (profile: string): KvfreeRules | null => RULES[profile] ?? null;
/** A machine without knobs has the source of its version. */
export const pageSourceOf = (knobs: Knobs, rules: KvfreeRules): PageSource => (knobs['kvfree.pageSource'] ?? (rules.singleAllocates ? 'own-pool' : 'inline-nowait')) as PageSource;
/** Sources that are refilled by a worker. */
export const hasWorker = (s: PageSource): boolean => s === 'own-pool' || s === 'own-pool-grow' || s === 'rescue-pool';

const PAGE_BYTES = 4096;
/** KVFREE_BULK_MAX_ENTR: pointers of a bulk page. `pointerBytes`: 8, or 4 on a machine of 32 bits. */
export const bulkPointers = (headerWords: number, pointerBytes: number): number => Math.floor((PAGE_BYTES - headerWords * pointerBytes) / pointerBytes);
