/**
 * What RCU of one version does otherwise than 4.17's, which the rest of this room stands for (rcu reference 1.1 to 1.9): one line a profile.
 * Releases and figures that the reference has from memory, or not at all, are named in docs/model.md.
 */
import { must } from '../../base/units.ts';
import type { Kernel } from '../kernel.ts';

/** LONG_MAX: a batch without a limit. */
export const NO_LIMIT = Infinity;
export interface RcuRules {
  /** kfree_rcu()'s callbacks are counted apart, and an idle CPU that has no others sleeps longer (3.4 to 5.5, CONFIG_RCU_FAST_NO_HZ). */
  readonly countsLazy: boolean;
  /** Reports since 4.19: `rcu: ` before each line, and one sequence number for both counts. */
  readonly oneSequence: boolean;
  /** What a flood of callbacks sets blimit to: LONG_MAX, DEFAULT_MAX_RCU_BLIMIT since. */
  readonly floodBlimit: number;
  /** rcu_divisor: a batch may take so many times less than all that are done, if that is more than blimit, as a power of two; Infinity: never. */
  readonly divisor: number;
  /** rcu_resched_ns: the longest that a softirq's batch of more than BIG_BATCH takes; Infinity: as long as it takes. */
  readonly batchNs: number;
  /** qovld / qhimark (5.7 on): a CPU with so many callbacks makes looks come sooner, and presses the others at once; Infinity: no such thing. */
  readonly overload: number;
  /** Are readers preemptible whatever the machine's preemption is? Debian's kernels with PREEMPT_DYNAMIC say so as they boot (captures 6.1-* and 6.12-*, dmesg: `Dynamic Preempt: voluntary`, `Preemptible hierarchical RCU`). */
  readonly alwaysPreemptible: boolean;
  /** Offloaded callbacks with their bypass list (knob rcu.nocbs). The threads of 4.17 are not modelled. */
  readonly nocb: boolean;
  /** CONFIG_RCU_LAZY (6.2 on; knob rcu.lazy): call_rcu() of an offloaded CPU is lazy, call_rcu_hurry() is not. */
  readonly lazy: boolean;
}
/** Batches above this are timed, with a look at the clock every CLOCK_EVERY callbacks. */
export const BIG_BATCH = 100, CLOCK_EVERY = 32;

const v417: RcuRules = { countsLazy: true, oneSequence: false, floodBlimit: NO_LIMIT, divisor: Infinity, batchNs: Infinity, overload: Infinity, alwaysPreemptible: false, nocb: false, lazy: false };
const v59: RcuRules = { countsLazy: false, oneSequence: true, floodBlimit: 10_000, divisor: 7, batchNs: 3e6, overload: 2, alwaysPreemptible: false, nocb: true, lazy: false };
const v61: RcuRules = { ...v59, alwaysPreemptible: true };
/** By profile. */
export const rcuRules: Readonly<Record<string, RcuRules>> = { 'v4.13': v417, 'v4.17': v417, 'v5.9': v59, 'v6.1': v61, 'v6.12': { ...v61, lazy: true } };
/** A machine without memory is as old as its RCU. */
export const rulesOf = (k: Kernel): RcuRules => (k.mm === null ? v417 : must(rcuRules[k.mm.era.profile], `profile ${k.mm.era.profile} says how its RCU goes`));
