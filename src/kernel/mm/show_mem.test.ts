/** Mem-Info on machines that no one-hog report shows, and the report of an allocation that failed. Line formats: captures 6.12-256M-1-frag_nounev, 6.12-4G-1-hog_big, 6.1-512M-4-forkstorm. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ns } from '../../base/units.ts';
import { machineFromProc } from '../../importers/machine.ts';
import type { MachineSpec, ProfileName } from '../../format/scenario.ts';
import { bootScenario } from '../../run/boot.ts';
import type { Timed } from '../../sim/kfn.ts';
import type { Kernel } from '../kernel.ts';
import { spawn } from '../sched/core.ts';
import { clockNanosleep } from '../sched/timer.ts';
import { FRAME, GFP, GFP_KERNEL } from './constants.ts';
import { prepareAllocPages } from './page_alloc.ts';
import { memInfo, warnAlloc } from './show_mem.ts';

function machineOf(capture: string): MachineSpec {
  const r = machineFromProc({ zoneinfo: readFileSync(new URL(`../../../fixtures/captures/${capture}/zoneinfo.txt`, import.meta.url), 'utf8') });
  if (!r.ok) throw new Error(r.problem.message);
  return r.value;
}
const boot = (machine: MachineSpec, profile: ProfileName = 'v6.1'): Kernel =>
  bootScenario({ id: 'test', title: 'test', text: [], profile, seed: 1, machine, sysctl: {}, knobs: {}, workloads: [], untilNs: 30e9, ends: 'no-oom' }, 'none').k;
const MACHINE = machineOf('6.1-4G-4-idle');
/** The second half of the Normal zone on a node of its own. */
function twoNodes(m: MachineSpec): MachineSpec {
  const zones = m.zones.map((z) => ({ node: z.node, name: z.name, startPfn: z.startPfn, spanned: z.spanned, present: z.present, managed: z.managed, free: z.free })), last = zones[zones.length - 1];
  const start = Math.ceil((last.startPfn + last.spanned) / 1024) * 1024;
  const { boot: _computed, ...rest } = m;
  return { ...rest, zones: [...zones, { ...last, node: 1, startPfn: start }] };
}
const texts = (k: Kernel): string[] => k.recorder.log.map((l) => l.text);

describe('__show_mem()', () => {
  it('has one zone line and one buddy line a zone, each with a reserve for every slot', () => {
    const k = boot(MACHINE), lines = [...memInfo(k, k.mm.slots.length - 1)];
    expect(lines.filter((l) => / free:\d+kB boost:/.test(l)).map((l) => l.split(' ')[2])).toEqual(['DMA', 'DMA32', 'Normal']);
    expect(lines.filter((l) => / \d+\*4kB /.test(l)).map((l) => l.split(' ')[2])).toEqual(['DMA:', 'DMA32:', 'Normal:']);
    for (const l of lines.filter((t) => t.startsWith('lowmem_reserve[]:'))) expect(l).toMatch(/^lowmem_reserve\[\]:( \d+){5}$/);
  });
  it('leaves out zones above the one that the request may use, and sums them all the same', () => {
    const k = boot(MACHINE), all = [...memInfo(k, k.mm.slots.length - 1)], low = [...memInfo(k, k.mm.slots.indexOf('DMA32'))];
    expect(low.some((l) => l.startsWith('Node 0 Normal'))).toBe(false);
    expect(low.length).toBe(all.length - 3);
    const total = (lines: string[]): (string | undefined)[] => [lines.find((l) => l.endsWith('pages RAM')), /free:\d+/.exec(lines.find((l) => l.startsWith(' free:')) ?? '')?.[0]];
    expect(total(low)).toEqual(total(all));
  });
  it('sums the per-CPU lists of all CPUs as free_pcp, and calls the list of the CPU that prints local', () => {
    const k = boot(MACHINE), normal = k.mm.zones[2], sum = normal.pcp.reduce((n, p) => n + p.count, 0);
    for (const cpu of k.cpus) {
      k.cpu = cpu;
      const line = [...memInfo(k, 4)].find((l) => l.startsWith('Node 0 Normal free:'));
      expect(line).toContain(` free_pcp:${4 * sum}kB local_pcp:${4 * normal.pcp[cpu.index].count}kB `);
    }
    expect(sum).toBeGreaterThan(0);
  });
  it('has a line a node, and huge page lines for each', () => {
    const lines = [...memInfo(boot(twoNodes(MACHINE)), 4)];
    expect(lines.filter((l) => / active_anon:\d+kB .*all_unreclaimable\? no$/.test(l)).map((l) => l.slice(0, 6))).toEqual(['Node 0', 'Node 1']);
    expect(lines.filter((l) => l.includes('hugepages_total')).length).toBe(4);
  });
});

/** A task that runs `program`, on a machine that does nothing else. */
function run(k: Kernel, program: () => Timed<void>, untilNs: number): void {
  spawn(k, 'frag', program, {});
  k.runUntil(ns(untilNs));
}
const failure = (k: Kernel, gfp: number, order: number): ReturnType<typeof warnAlloc> => warnAlloc(k, prepareAllocPages(k, gfp, order, FRAME.kernel));

describe('warn_alloc()', () => {
  it('prints one line, the stack and Mem-Info', () => {
    const k = boot(machineOf('6.12-256M-1-idle_scale'), 'v6.12');
    run(k, function* (): Timed<void> { yield* failure(k, GFP_KERNEL | GFP.COMP, 9); }, 1e9);
    const lines = texts(k);
    expect(lines[0]).toBe('frag: page allocation failure: order:9, mode:0x40cc0(GFP_KERNEL|__GFP_COMP), nodemask=(null),cpuset=/,mems_allowed=0'); // of the capture
    expect(lines[1]).toMatch(/^CPU: 0 UID: 0 PID: \d+ Comm: frag Not tainted 6\.12\./);
    expect(lines.slice(3, 8)).toEqual(['Call Trace:', ' <TASK>', ' dump_stack_lvl', ' warn_alloc', ' </TASK>']);
    expect(lines[8]).toBe('Mem-Info:');
    expect(lines.at(-1)).toBe('0 pages hwpoisoned');
  });
  it('says nothing for __GFP_NOWARN', () => {
    const k = boot(MACHINE);
    run(k, function* (): Timed<void> { yield* failure(k, GFP_KERNEL | GFP.NOWARN, 0); }, 1e9);
    expect(texts(k)).toEqual([]);
  });
  it('prints once in ten seconds, and then says how many it kept back', () => {
    const k = boot(MACHINE);
    run(k, function* (): Timed<void> {
      for (let i = 0; i < 3; i++) yield* failure(k, GFP_KERNEL, 0);
      yield* clockNanosleep(k, ns(11e9));
      yield* failure(k, GFP_KERNEL, 0);
    }, 20e9);
    const said = texts(k).filter((t) => /page allocation failure|suppressed/.test(t)).map((t) => t.replace(/^frag: | order.*$/g, ''));
    expect(said).toEqual(['page allocation failure:', 'warn_alloc: 2 callbacks suppressed', 'page allocation failure:']);
  });
  it('keeps the frames of an interrupt apart from those of the task below', () => {
    const k = boot(MACHINE), timer = k.timer('test', () => k.cpus[0].interrupt({ call: () => failure(k, GFP.KSWAPD_RECLAIM, 0), quiet: false }));
    k.agenda.arm(timer, ns(1e6));
    k.runUntil(ns(1e9));
    const lines = texts(k);
    expect(lines[0]).toMatch(/^\S+: page allocation failure: order:0, mode:0x800\(GFP_NOWAIT\)/);
    expect(lines.slice(3, lines.indexOf(' <TASK>'))).toEqual(['Call Trace:', ' <IRQ>', ' dump_stack_lvl', ' warn_alloc', ' </IRQ>']);
  });
});
