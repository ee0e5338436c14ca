/** The stories, in the order in which they are offered. One file and one line each. */
import type { Scenario } from '../format/scenario.ts';
import { atomicBurst } from './atomic_burst.ts';
import { blank } from './blank.ts';
import { cacheSlowHog } from './cache_slow_hog.ts';
import { dirtyWriter } from './dirty_writer.ts';
import { forkStorm } from './fork_storm.ts';
import { hogSwapDisk } from './hog_swap_disk.ts';
import { hogSwapZram } from './hog_swap_zram.ts';
import { notifierAfterSuspend } from './notifier_after_suspend.ts';
import { notifierLastChance, notifierLastChanceMany } from './notifier_last_chance.ts';
import { notifierSerialised } from './notifier_serialised.ts';
import { notifierUnderOomLock } from './notifier_under_oom_lock.ts';
import { oneHog } from './one_hog.ts';
import { oomGates, oomGates61 } from './oom_gates.ts';
import { oomLockAbba } from './oom_lock_abba.ts';
import { oomLockStarvation, oomLockStarvationFew, oomLockStarvationNormal, oomLockStarvationOne } from './oom_lock_starvation.ts';
import { sysrqAndPagefaultOom } from './sysrq_and_pagefault_oom.ts';
import { victimAlreadyDying, victimAlreadyDying61 } from './victim_already_dying.ts';
import { victims } from './victims.ts';

export const stories: readonly Scenario[] = [oneHog, hogSwapDisk, hogSwapZram, cacheSlowHog, dirtyWriter, victims, forkStorm, atomicBurst, blank, notifierUnderOomLock, notifierSerialised, oomLockStarvation, oomLockStarvationFew, oomLockStarvationOne, oomLockStarvationNormal, oomLockAbba, notifierLastChance, notifierLastChanceMany, oomGates, oomGates61, sysrqAndPagefaultOom, notifierAfterSuspend, victimAlreadyDying, victimAlreadyDying61];
