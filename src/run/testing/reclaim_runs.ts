/** Runs for the tests of reclaim: workloads of the captures of real kernels, on the machine of the stories. */
import type { MachineSpec, Scenario, WorkloadSpec } from '../../format/scenario.ts';
import { small256 } from '../../scenarios/machines.ts';

/** The small machine with `cpus` CPUs. */
const machine = (cpus: number, more: Partial<MachineSpec>): MachineSpec => ({ ...small256, cpus, preempt: cpus > 1 ? 'full' : 'none', zones: small256.zones.map((z) => ({ ...z, pcp: [z.pcp?.[0] ?? 0, ...new Array<number>(cpus - 1).fill(0)] })), ...more });
const run = (id: string, spec: MachineSpec, workloads: readonly WorkloadSpec[], seconds: number, more: Partial<Scenario> = {}): Scenario => ({
  id, title: id, text: [], profile: 'v6.1', seed: 1, machine: spec, sysctl: { 'vm.min_free_kbytes': 1848 }, knobs: {}, workloads, untilNs: seconds * 1e9, ends: 'no-oom', ...more,
});

/** Capture 256M-1-swap_zram: a hog of 40 MiB/s, a worker that keeps using its 40 MiB, zram of 96 MiB. */
export const swapZram = run('swap-zram', machine(1, { swap: { kind: 'zram', pages: 24_575 } }), [
  { type: 'anon', name: 'hog', mb: 2048, rate: 40, start: 500, fillw: 256 }, { type: 'hot', name: 'worker', mb: 40, rate: 200, start: 100, hot: 40, fillw: 64 },
], 7, { ends: 'oom-kill' });
/** Capture 256M-2-swap_disk: swap of 128 MiB on a disk of 40 MB/s and 1500 requests/s. */
export const swapDisk = run('swap-disk', machine(2, { swap: { kind: 'disk', pages: 32_767 }, disk: { mbPerS: 40, requestsPerS: 1500 } }), [
  { type: 'anon', name: 'hog', mb: 2048, rate: 20, start: 500 }, { type: 'hot', name: 'worker', mb: 60, rate: 200, start: 100, hot: 20 },
], 24, { ends: 'oom-kill' });
/** Capture 256M-2-cache: a file read at 25 MiB/s from a disk of 100 MB/s, and a process that grows to 80 MiB. */
export const cache = run('cache', machine(2, { disk: { mbPerS: 100, requestsPerS: 1e6 } }), [
  { type: 'fread', name: 'reader', mb: 400, rate: 25, start: 300, loops: 100 }, { type: 'anon', name: 'hog', mb: 80, rate: 8, start: 1500 },
], 14);
/** The same on one CPU, as Debian's kernels preempt. The tools of the captures recorded it under icount (6.1.176, scenario cache, accelerator icount0). */
export const cacheOneCpu = { ...cache, id: 'cache-one-cpu', machine: machine(1, { disk: { mbPerS: 100, requestsPerS: 1e6 } }) };
/** Capture 256M-2-dirty: a writer as fast as it may, on a disk of 15 MB/s, and a process that grows to 110 MiB. */
export const dirty = run('dirty', machine(2, { disk: { mbPerS: 15, requestsPerS: 1e6 } }), [
  { type: 'fwrite', name: 'writer', mb: 150, start: 300, loops: 100, trunc: 0 }, { type: 'anon', name: 'hog', mb: 110, rate: 15, start: 1500 },
], 16);
/** Nothing but dirty pages at the end of the file list: limits so high that the flusher sleeps until reclaim asks for it. */
export const allDirty = run('all-dirty', machine(2, { disk: { mbPerS: 15, requestsPerS: 1e6 } }), [
  { type: 'fwrite', name: 'writer', mb: 120, start: 0, loops: 1, trunc: 0 }, { type: 'anon', name: 'hog', mb: 150, rate: 100, start: 2000 },
], 16, { sysctl: { ...dirty.sysctl, 'vm.dirty_ratio': 95, 'vm.dirty_background_ratio': 90 } });
/** Capture 256M-2-cache_mmap: a mapped file is walked again and again while a hog grows. */
export const cacheMmap = run('cache-mmap', machine(2, { disk: { mbPerS: 60, requestsPerS: 1e6 } }), [
  { type: 'fread', mmap: 1, name: 'mapper', mb: 150, rate: 80, start: 300, loops: 100 }, { type: 'anon', name: 'hog', mb: 2048, rate: 15, start: 2500 },
], 16, { ends: 'oom-kill' });
/** Swap on a disk that never answers. */
export const hungDisk = run('hung-disk', machine(2, { swap: { kind: 'disk', pages: 32_767 } }), [
  { type: 'anon', name: 'hog', mb: 2048, rate: 100, start: 500 }, { type: 'hot', name: 'worker', mb: 60, rate: 200, start: 100, hot: 20 },
], 6, { knobs: { 'io.device': 'hung' } });

/** A small mixed run for random parameters: swap, files read, mapped and written, all at once. */
export function mixed(o: { seed: number; cpus: number; preempt: MachineSpec['preempt']; swap: 'disk' | 'zram' | 'none'; device: string; queue?: string; profile: Scenario['profile']; workloads: readonly WorkloadSpec[]; ms: number }): Scenario {
  const spec = machine(o.cpus, { preempt: o.preempt, ...(o.swap === 'none' ? {} : { swap: { kind: o.swap, pages: 8000 } }) });
  return run('mixed', spec, o.workloads, o.ms / 1000, { seed: o.seed, profile: o.profile, knobs: { 'io.device': o.device, ...(o.queue !== undefined && o.profile.startsWith('v4') ? { 'io.queue': o.queue, 'io.nrRequests': 16 } : {}) } });
}
