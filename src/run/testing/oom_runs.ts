/** Runs for the tests of the OOM path: workloads of captures of real kernels, on the machines of the stories. */
import type { MachineSpec, Scenario, WorkloadSpec } from '../../format/scenario.ts';
import { small256, two256 } from '../../scenarios/machines.ts';

const run = (id: string, machine: MachineSpec, workloads: readonly WorkloadSpec[], seconds: number, more: Partial<Scenario> = {}): Scenario => ({
  id, title: id, text: [], profile: 'v6.1', seed: 1, machine, sysctl: { 'vm.min_free_kbytes': 1848 }, knobs: {}, workloads, untilNs: seconds * 1e9, ends: 'oom-kill', ...more,
});
/** The trace ring of the captures: their machines have 2 MiB a CPU less than they show. */
const ring = (cpus: number): WorkloadSpec => ({ type: 'kernelbuf', name: 'trace', kb: 2048 * cpus });

/** Capture 256M-1-sysrq_f: two processes, plenty of memory, SysRq-f at 3 s. */
export const sysrqF = run('sysrq-f', small256, [
  ring(1), { type: 'anon', name: 'a', mb: 60, rate: 100, start: 100 }, { type: 'anon', name: 'b', mb: 30, rate: 100, start: 100, hot: 1, hot_s: 6, hold: 0 }, { type: 'sysrq', start: 3000 },
], 7);
/** Capture 256M-1-vfork: a parent that sleeps while its child grows in the memory of both. */
export const vforkHog = run('vfork', small256, [ring(1), { type: 'vfork', name: 'parent', mb: 2048, rate: 100, start: 500 }], 4);
/** Capture 256M-1-vmshare: a task in the memory of init grows beside a small process. */
export const vmshare = run('vmshare', small256, [ring(1), { type: 'anon', name: 'small', mb: 10, rate: 100 }, { type: 'clonevm', mb: 2048, start: 1000 }], 3);
/** Capture 256M-1-overcommit2: nothing may be overcommitted, and 60 % of memory may be promised. */
export const overcommit2 = run('overcommit2', { ...small256, committed: 477 }, [ring(1), { type: 'overcommit', name: 'careful', step: 4, start: 500 }], 2, {
  ends: 'no-oom', sysctl: { 'vm.min_free_kbytes': 1848, 'vm.overcommit_memory': 2, 'vm.overcommit_ratio': 60, 'vm.user_reserve_kbytes': 6488 },
});
/** Captures 256M-2-reap_ok and -reap_fail: a victim that a real-time task keeps from its CPU, and a hog on the other. */
const starved = (id: string, spinner: WorkloadSpec, hogStart: number, victim: Partial<WorkloadSpec>, profile: Scenario['profile'], seconds: number): Scenario => run(id, two256, [
  ring(2), { type: 'anon', name: 'victim', mb: 120, rate: 200, cpu: 1, ...victim } as WorkloadSpec, spinner, { type: 'anon', name: 'hog', mb: 2048, rate: 60, start: hogStart, cpu: 0, adj: -500 },
], seconds, { profile });
/** It computes, and holds no lock. */
export const reapOk = starved('reap-ok', { type: 'spin', name: 'spinner', cpu: 1, prio: 50, start: 2000, for_s: 8, adj: -1000 }, 2300, { hot: -1 }, 'v6.12', 6);
/** A thread of it is in mprotect(), and holds mmap_lock for writing. */
export const reapFail = starved('reap-fail', { type: 'spin', name: 'spinner', cpu: 1, prio: 50, start: 2500, for_s: 9, adj: -1000 }, 2800, { mprot: 1 }, 'v6.1', 12.5);
