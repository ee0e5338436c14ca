/** The experiments, in the order in which they are offered. One file and one line each. */
import { callbackFloodClaim } from './callback_flood.ts';
import { commonPoolAbuseClaim } from './common_pool_abuse.ts';
import type { Experiment } from './experiment.ts';
import { growAfterEmergencyClaim } from './grow_after_emergency.ts';
import { kswapdSlowedClaim } from './kswapd_slowed.ts';
import { kvfreePageSourceClaim } from './kvfree_page_source.ts';
import { lazyRcuShrinkerClaim } from './lazy_rcu_shrinker.ts';
import { notifierAfterSuspendClaim } from './notifier_after_suspend.ts';
import { notifierLastChanceClaim } from './notifier_last_chance.ts';
import { notifierSerialisedClaim } from './notifier_serialised.ts';
import { notifierUnderOomLockClaim } from './notifier_under_oom_lock.ts';
import { oomGatesClaim } from './oom_gates.ts';
import { oomLockAbbaClaim } from './oom_lock_abba.ts';
import { oomLockStarvationClaim } from './oom_lock_starvation.ts';
import { rawLockNestingClaim } from './raw_lock_nesting.ts';
import { reaperBlockingNotifierClaim } from './reaper_blocking_notifier.ts';
import { reaperCheckRaceClaim } from './reaper_check_race.ts';
import { reaperMmuNotifierClaim } from './reaper_mmu_notifier.ts';
import { reaperTrylockRetriesClaim } from './reaper_trylock_retries.ts';
import { pagePer510Claim } from './page_per_510.ts';
import { pcpDrainedClaim } from './pcp_drained.ts';
import { pcpMonopolyClaim } from './pcp_monopoly.ts';
import { rcuOomHookClaim } from './rcu_oom_hook.ts';
import { reservedPagesWasteClaim } from './reserved_pages_waste.ts';
import { shrinkerCountIsAGuessClaim } from './shrinker_count_is_a_guess.ts';
import { stalledCpuClaim } from './stalled_cpu.ts';
import { synchronizeInlineClaim } from './synchronize_inline.ts';
import { sysrqAndPagefaultOomClaim } from './sysrq_and_pagefault_oom.ts';
import { victimAlreadyDyingClaim } from './victim_already_dying.ts';
import { workerLatencyClaim } from './worker_latency.ts';
import { whyLazyCallbacksSitClaim } from './why_lazy_callbacks_sit.ts';

export const experiments: readonly Experiment[] = [
  notifierUnderOomLockClaim,
  oomLockStarvationClaim,
  oomLockAbbaClaim,
  notifierLastChanceClaim,
  oomGatesClaim,
  sysrqAndPagefaultOomClaim,
  notifierAfterSuspendClaim,
  notifierSerialisedClaim,
  victimAlreadyDyingClaim,
  reaperMmuNotifierClaim,
  reaperCheckRaceClaim,
  reaperBlockingNotifierClaim,
  reaperTrylockRetriesClaim,
  whyLazyCallbacksSitClaim,
  lazyRcuShrinkerClaim,
  rcuOomHookClaim,
  shrinkerCountIsAGuessClaim,
  stalledCpuClaim,
  callbackFloodClaim,
  kvfreePageSourceClaim,
  pcpMonopolyClaim,
  pcpDrainedClaim,
  kswapdSlowedClaim,
  workerLatencyClaim,
  growAfterEmergencyClaim,
  pagePer510Claim,
  synchronizeInlineClaim,
  rawLockNestingClaim,
  commonPoolAbuseClaim,
  reservedPagesWasteClaim,
];
