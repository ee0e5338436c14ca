/** Every program that a scenario may run: one file and one line each. */
import { anon } from './anon.ts';
import { asker } from './asker.ts';
import { atomic } from './atomic.ts';
import { callrcu } from './callrcu.ts';
import { cgroup } from './cgroup.ts';
import { clonevm } from './clonevm.ts';
import { dropslab } from './dropslab.ts';
import { fork } from './fork.ts';
import { fread } from './fread.ts';
import { fwrite } from './fwrite.ts';
import { hot } from './hot.ts';
import { isolate } from './isolate.ts';
import { kernelbuf } from './kernelbuf.ts';
import { kernelloop } from './kernelloop.ts';
import { killer } from './killer.ts';
import { kvload } from './kvload.ts';
import { mmunotifier } from './mmunotifier.ts';
import { notifier } from './notifier.ts';
import { overcommit } from './overcommit.ts';
import { sampler } from './sampler.ts';
import { spin } from './spin.ts';
import { stop } from './stop.ts';
import { suspend } from './suspend.ts';
import { sysrq } from './sysrq.ts';
import { vfork } from './vfork.ts';
import type { Workload } from './workload.ts';

export const workloads: readonly Workload[] = [cgroup, anon, hot, fread, fwrite, fork, vfork, clonevm, overcommit, spin, asker, notifier, mmunotifier, atomic, kernelbuf, sampler, sysrq, suspend, callrcu, kernelloop, dropslab, isolate, killer, kvload, stop];
