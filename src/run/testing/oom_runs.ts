/** Runs for the tests of the OOM path: workloads of captures of real kernels, on the machines of the stories. */
import type { MachineSpec, Scenario, WorkloadSpec } from '../../format/scenario.ts';
import { small256 } from '../../scenarios/machines.ts';

const run = (id: string, machine: MachineSpec, workloads: readonly WorkloadSpec[], seconds: number, more: Partial<Scenario> = {}): Scenario => ({
  id, title: id, text: [], profile: 'v6.1', seed: 1, machine, sysctl: { 'vm.min_free_kbytes': 1848 }, knobs: {}, workloads, untilNs: seconds * 1e9, ends: 'oom-kill', ...more,
});
/** The trace ring of the captures: their machines have 2 MiB a CPU less than they show. */
const ring = (cpus: number): WorkloadSpec => ({ type: 'kernelbuf', name: 'trace', kb: 2048 * cpus });

/** Capture 256M-1-sysrq_f: two processes, plenty of memory, SysRq-f at 3 s. */
export const sysrqF = run('sysrq-f', small256, [
  ring(1), { type: 'anon', name: 'a', mb: 60, rate: 100, start: 100 }, { type: 'anon', name: 'b', mb: 30, rate: 100, start: 100, hot: 1, hot_s: 6, hold: 0 }, { type: 'sysrq', start: 3000 },
], 7);
/** Capture 256M-1-overcommit2: nothing may be overcommitted, and 60 % of memory may be promised. */
export const overcommit2 = run('overcommit2', { ...small256, committed: 477 }, [ring(1), { type: 'overcommit', name: 'careful', step: 4, start: 500 }], 2, {
  ends: 'no-oom', sysctl: { 'vm.min_free_kbytes': 1848, 'vm.overcommit_memory': 2, 'vm.overcommit_ratio': 60, 'vm.user_reserve_kbytes': 6488 },
});
