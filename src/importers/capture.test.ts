import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CaptureFiles, scenarioFromCapture } from './capture.ts';
import { machineFromProc } from './machine.ts';

const read = (folder: string, name: string): string => readFileSync(new URL(`../../fixtures/captures/${folder}/${name}`, import.meta.url), 'utf8');
const filesOf = (folder: string): CaptureFiles => ({
  meta: read(folder, 'meta.json'), zoneinfo: read(folder, 'zoneinfo.txt'), buddyinfo: read(folder, 'buddyinfo.txt'), pagetypeinfo: read(folder, 'pagetypeinfo.txt'), meminfo: read(folder, 'meminfo.txt'),
  vmstat: read(folder, 'vmstat.txt'), sysctl: read(folder, 'sysctl_vm.txt'),
});
/** meta.json with another workload, as the other captures have it. */
const withWorkload = (change: object): CaptureFiles => {
  const files = filesOf('6.1-256M-1-hog'), meta: Record<string, unknown> = JSON.parse(files.meta);
  return { ...files, meta: JSON.stringify({ ...meta, workload: { ...(meta.workload as object), ...change } }) };
};
function scenario(files: CaptureFiles) {
  const r = scenarioFromCapture(files);
  if (!r.ok) throw new Error(`${r.file}: ${r.problem.message}`);
  return r.value.scenario;
}

describe('a machine from /proc', () => {
  it('has the free blocks of pagetypeinfo and as many free pages', () => {
    const { machine } = scenario(filesOf('6.1-256M-1-hog'));
    expect(machine.zones.map((z) => [z.name, z.free, z.pcp])).toEqual([['DMA', 3808, [0]], ['DMA32', 45262, [58]]]);
    expect(machine.zones[0].blocks?.[0]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0]);
    expect(machine.usage).toMatchObject({ unevictable: 435, slabReclaimable: 2249, kernelStack: 184, pageTables: 73 }); // 736 kB of stacks
  });
  it('comes from zoneinfo alone too: boot values as shown, blocks left to the engine', () => {
    const r = machineFromProc({ zoneinfo: read('6.1-4G-4-idle', 'zoneinfo.txt') });
    if (!r.ok) throw new Error(r.problem.message);
    expect(r.value).toMatchObject({ name: 'imported: 3926 MiB, 4 CPUs', cpus: 4, preempt: 'none', boot: { minLowHigh: [[64, 80, 96], [12729, 15911, 19093], [4101, 5126, 6151]], reserve: [[0, 2951, 3902, 3902, 3902], [0, 0, 951, 951, 951], [0, 0, 0, 0, 0]] } });
    expect(r.value.zones.map((z) => z.blocks)).toEqual([undefined, undefined, undefined]);
    expect(r.value.zones[1].pcp).toEqual([9, 987, 1159, 106]);
    expect(r.value.usage.kernelStack).toBe(280); // nr_kernel_stack 1120 kB
  });
  it('says which file was at fault', () => {
    const r = scenarioFromCapture({ ...filesOf('6.1-256M-1-hog'), buddyinfo: 'Node 0, zone DMA x' });
    expect(r.ok ? '' : `${r.file}:${r.problem.line}`).toBe('buddyinfo:1');
  });
});

describe('a scenario from a capture', () => {
  it('has idle CPUs that answer late where each CPU is a thread of an emulator, which its host wakes', () => {
    const files = filesOf('6.1-256M-1-hog'), at = (smp: number, accel: string): unknown => scenario({ ...files, meta: JSON.stringify({ ...JSON.parse(files.meta), smp, emulation: { accel } }) }).knobs['cpu.idleExit'];
    expect([at(2, 'mttcg'), at(1, 'mttcg'), at(2, 'icount0')]).toEqual([91, undefined, undefined]);
  });
  it('runs the capture\'s process on its kernel for its time', () => {
    const s = scenario(filesOf('6.1-256M-1-hog_slow'));
    expect(s).toMatchObject({ profile: 'v6.1', seed: 1, untilNs: 63.5e9, lingerNs: 3.5e9, ends: 'oom-kill' });
    // what watches it and 2 MiB of trace ring (options.buf_kb) are taken between the reading of /proc and the start
    expect(s.workloads).toEqual([{ type: 'sampler', name: 'sampler', every: 50, table: 0, drain: 0 }, { type: 'kernelbuf', name: 'trace', kb: 2048 }, { type: 'anon', name: 'hog', mb: 2048, rate: 10, start: 500, thp: 'never' }, { type: 'stop', name: 'driver', start: 60000 }]);
    expect(scenario(filesOf('6.12-256M-1-hog')).profile).toBe('v6.12');
  });
  it('has the watermarks of boot but the reserve of now: listing the sysctls computed it anew', () => {
    const { boot } = scenario(filesOf('6.1-256M-1-hog')).machine;
    expect(boot).toEqual({ minLowHigh: [[33, 41, 49], [428, 535, 642]] });
    const { sysctl, ...unread } = filesOf('6.1-256M-1-hog');
    expect(sysctl).toContain('lowmem_reserve_ratio');
    expect(scenario(unread).machine.boot?.reserve).toEqual([[0, 193, 193, 193, 193], [0, 0, 0, 0, 0]]);
  });
  it('expects a panic where vm.panic_on_oom says so, as capture 6.12-256M-1-panic_on_oom ended', () => {
    expect(scenario(withWorkload({ setup: ['echo /proc/sys/vm/panic_on_oom 1'] })).ends).toBe('panic');
    expect(scenario(withWorkload({ setup: ['echo /proc/sys/vm/panic_on_oom 0'] })).ends).toBe('oom-kill');
  });
  it('reads zram, sysctls and groups from the set-up, and what is done at set times', () => {
    const s = scenario(withWorkload({
      setup: ['waitdev /dev/zram0', 'echo /sys/block/zram0/disksize 96M', 'mkswap /dev/zram0 98304', 'swapon /dev/zram0', 'echo /proc/sys/vm/oom_kill_allocating_task 1', 'mkdir /cg/box', 'echo /cg/box/memory.max 67108864', 'echo /cg/box/memory.oom.group 1', 'mount /dev/vda /mnt ext4'],
      actions: [{ at_ms: 2500, do: 'table before' }, { at_ms: 3000, do: 'write /proc/sysrq-trigger f' }, { at_ms: 1000, do: 'clonevm 2048' }],
    }));
    expect(s.machine.swap).toEqual({ kind: 'zram', pages: 24575 }); // 98304 kB less the header's page
    expect(s.sysctl['vm.oom_kill_allocating_task']).toBe(1);
    expect(s.workloads.map((w) => w.type)).toEqual(['cgroup', 'sampler', 'kernelbuf', 'anon', 'stop', 'sysrq', 'clonevm']);
    expect(s.workloads[0]).toEqual({ type: 'cgroup', name: 'box', max: 64, oom_group: 1 });
    expect(s.text).toEqual(['Not simulated of the set-up: mount /dev/vda /mnt ext4.']);
  });
  it('counts what was promised before the run', () => expect(scenario(filesOf('6.1-256M-1-hog')).machine.committed).toBe(445)); // Committed_AS 1780 kB
  it('takes the real-time settings of the set-up as given: there is no throttling, and no fair server', () => {
    const s = scenario(withWorkload({ setup: ['echo /proc/sys/kernel/sched_rt_runtime_us -1', 'mount debugfs /sys/kernel/debug debugfs', 'echo /sys/kernel/debug/sched/fair_server/cpu1/runtime 0'] }));
    expect([s.text, s.sysctl['kernel.sched_rt_runtime_us']]).toEqual([[], -1]);
  });
  it('expects a panic where the set-up asks for one instead of a kill', () => expect(scenario(withWorkload({ setup: ['echo /proc/sys/vm/panic_on_oom 1'] })).ends).toBe('panic'));
  it('expects a kill where the processes of a group ask for more than its limit, however much the machine has', () => {
    const ends = (mb: number): string => scenario(withWorkload({ setup: ['mkdir /cg/box', 'echo /cg/box/memory.max 67108864'], processes: [{ name: 'a', type: 'anon', mb: 30, cg: 'box' }, { name: 'b', type: 'anon', mb, cg: 'box' }, { name: 'c', type: 'anon', mb: 40 }] })).ends;
    expect([ends(30), ends(40)]).toEqual(['no-oom', 'oom-kill']);
  });
  it('expects no kill where the processes fit', () => expect(scenario(withWorkload({ processes: [{ name: 'a', type: 'anon', mb: 60 }] })).ends).toBe('no-oom'));
  it.each([
    ['a broken text', (m: string) => m.slice(0, 300), 'found the end of the text'], ['another kernel', (m: string) => m.replaceAll('6.1.0-50', '5.10.0-9'), 'expected a kernel from 6.1 on'],
    ['no workload', (m: string) => m.replace('"workload"', '"work"'), "expected a field 'workload', found none"], ['a process without a type', (m: string) => m.replace('"type": "anon",\n', ''), "workload.processes[0]: expected a field 'type', found none"],
  ])('meta.json with %s is one clear line', (_, change, message) => {
    const files = filesOf('6.1-256M-1-hog'), r = scenarioFromCapture({ ...files, meta: change(files.meta) });
    expect(r.ok ? '' : r.problem.message).toContain(message);
    expect(r.ok ? '' : r.file).toBe('meta.json');
  });
});
