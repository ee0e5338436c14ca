/**
 * A scenario from a capture's directory: its machine, sysctls and workload, as `oomscope replay` runs them.
 * t = 0 is the start of the workload; the machine is the one that the files show just before.
 */
import { VCPU_IDLE_EXIT_US } from '../format/machine_knobs.ts';
import type { MachineSpec, Scenario, SysctlValue, WorkloadSpec } from '../format/scenario.ts';
import { validateScenario } from '../format/scenario_schema.ts';
import { SYSCTLS } from '../format/sysctl.ts';
import { bad, good, type Result } from '../base/result.ts';
import { type CaptureMeta, parseMeta, profileOfKernel } from './capture_meta.ts';
import { type FileResult, machineFromProc, type ProcFiles } from './machine.ts';
import { parseSysctls } from './proc_tables.ts';
import { parseSlabinfo } from './slabinfo.ts';
import { quote } from './text.ts';

export interface CaptureFiles extends ProcFiles {
  readonly meta: string;
  readonly slabinfo?: string | null;
  readonly sysctl?: string | null;
}
export interface Capture {
  readonly scenario: Scenario;
  /** How often the capture looked at its machine. */
  readonly sampleMs: number;
  /** How often its trace was read while it ran; 0 = at the end. */
  readonly drainMs: number;
}
/** Seed of every replay: free blocks are laid out by it. */
const REPLAY_SEED = 1;
/** From one look at a captured machine to the next, where its meta.json does not say. */
const SAMPLE_MS = 20;
const PAGES_PER_MIB = 256;
const MIB = 1048576;

export function scenarioFromCapture(files: CaptureFiles): FileResult<Capture> {
  const meta = parseMeta(files.meta);
  if (!meta.ok) return { ok: false, file: 'meta.json', problem: meta.problem };
  const profile = profileOfKernel(meta.value.kernel);
  if (!profile.ok) return { ok: false, file: 'meta.json', problem: profile.problem };
  const listed = parseSysctls(files.sysctl ?? 'vm.oom_dump_tasks = 1');
  if (!listed.ok) return { ok: false, file: 'sysctl_vm', problem: listed.problem };
  if (files.slabinfo !== null && files.slabinfo !== undefined) {
    const slab = parseSlabinfo(files.slabinfo);
    if (!slab.ok) return { ok: false, file: 'slabinfo', problem: slab.problem };
  }
  const setup = readSetup(meta.value.workload.setup ?? []);
  // whoever listed the sysctls read lowmem_reserve_ratio after zoneinfo, and reading it computes the reserve anew
  const freshReserve = Object.hasOwn(listed.value, 'vm.lowmem_reserve_ratio');
  const machine = machineFromProc(files, { name: `${meta.value.mem}, ${meta.value.smp} CPU${meta.value.smp > 1 ? 's' : ''}`, preempt: /PREEMPT_RT/.test(meta.value.kernel) ? 'rt' : 'none', freshReserve });
  if (!machine.ok) return machine;
  const workloads = readWorkloads(meta.value, setup);
  if (!workloads.ok) return { ok: false, file: 'meta.json', problem: workloads.problem };
  const sysctl = { ...Object.fromEntries(Object.entries(listed.value).filter(([name]) => Object.hasOwn(SYSCTLS, name))), ...setup.sysctl };
  const generations = profile.value === 'v6.12', threads = meta.value.smp > 1 && meta.value.emulation?.accel === 'mttcg'; // 6.1 has generations too, but not modelled
  const mglru = setup.lruGen === null ? /MGLRU on/.test(meta.value.lru ?? '') : setup.lruGen === 'on';
  const left = [...(setup.left.length === 0 ? [] : [`Not simulated of the set-up: ${setup.left.join('; ')}.`]), ...(mglru && !generations ? ['The kernel had the multi-generational LRU on; the classic one is simulated.'] : [])];
  const lingerMs = optionMs(meta.value, 'linger_ms', 0), spec = withDevices(machine.value, meta.value, setup);
  const scenario: Scenario = {
    id: `capture-${meta.value.scenario.toLowerCase().replace(/[^a-z0-9._-]/g, '-')}`, title: `Capture: ${meta.value.scenario} on ${spec.name}`,
    text: left, profile: profile.value, seed: REPLAY_SEED, machine: spec, sysctl,
    knobs: { ...(generations ? { 'lru.gen': mglru ? 'on' : 'off' } : {}), ...(threads ? { 'cpu.idleExit': VCPU_IDLE_EXIT_US } : {}) }, workloads: workloads.value, untilNs: (optionMs(meta.value, 'dur_ms', 20_000) + lingerMs) * 1e6, lingerNs: lingerMs * 1e6, ends: !fills(workloads.value, spec) ? 'no-oom' : Number(sysctl['vm.panic_on_oom'] ?? 0) > 0 ? 'panic' : 'oom-kill',
  };
  const checked = validateScenario(scenario);
  if (!checked.ok) return { ok: false, file: 'meta.json', problem: checked.problem };
  return { ok: true, value: { scenario: checked.value, sampleMs: optionMs(meta.value, 'sample_ms', SAMPLE_MS), drainMs: optionMs(meta.value, 'drain_ms', 0) } };
}

function optionMs(meta: CaptureMeta, name: string, otherwise: number): number {
  const n = Number(meta.workload.options?.[name] ?? otherwise);
  return Number.isFinite(n) && n >= 0 ? n : otherwise;
}

interface Setup {
  readonly sysctl: Record<string, SysctlValue>;
  readonly cgroups: Map<string, Record<string, number>>;
  lruGen: 'on' | 'off' | null;
  zramKb: number;
  /** Lines that nothing here stands for. */
  readonly left: string[];
}
function readSetup(lines: readonly string[]): Setup {
  const s: Setup = { sysctl: {}, cgroups: new Map(), lruGen: null, zramKb: 0, left: [] };
  for (const line of lines) if (!readSetupLine(s, line)) s.left.push(line);
  return s;
}
/** Whether the line has a meaning for the simulation. */
function readSetupLine(s: Setup, line: string): boolean {
  let m: RegExpExecArray | null;
  if ((m = /^echo \/proc\/sys\/(\S+) ([-\d\s]+)$/.exec(line))) {
    const numbers = m[2].trim().split(/\s+/).map(Number);
    s.sysctl[m[1].replaceAll('/', '.')] = numbers.length > 1 ? numbers : numbers[0];
    return true;
  }
  if ((m = /^echo \/sys\/kernel\/mm\/lru_gen\/enabled ([yn0-9])/.exec(line))) { s.lruGen = /[n0]/.test(m[1]) ? 'off' : 'on'; return true; }
  if ((m = /^mkswap \/dev\/zram\d+ (\d+)$/.exec(line))) { s.zramKb = Number(m[1]); return true; }
  if ((m = /^mkdir \/cg\/(\w+)$/.exec(line))) { s.cgroups.set(m[1], {}); return true; }
  if ((m = /^echo \/cg\/(\w+)\/memory\.(max|oom\.group) (\d+)$/.exec(line))) {
    const group = s.cgroups.get(m[1]);
    if (group === undefined) return false;
    if (m[2] === 'max') group.max = Number(m[3]) / MIB; else group.oom_group = Number(m[3]);
    return true;
  }
  return /^(waitdev|swapon|mount cgroup2|echo \/cg\/cgroup\.subtree_control|echo \/sys\/block\/zram|mount debugfs|echo \/sys\/kernel\/debug\/sched\/fair_server)/.test(line);
}

/** Groups, the trace ring, the processes with all their parameters, and what is done at set times. */
function readWorkloads(meta: CaptureMeta, setup: Setup): Result<WorkloadSpec[]> {
  const out: WorkloadSpec[] = meta.workload.processes.map((p) => ({ ...p }));
  const ringKb = optionMs(meta, 'buf_kb', 0) * meta.smp; // the trace ring: allocated after the files were read, before t = 0
  if (ringKb > 0) out.unshift({ type: 'kernelbuf', name: 'trace', kb: ringKb });
  out.unshift({ type: 'sampler', name: 'sampler', every: optionMs(meta, 'sample_ms', SAMPLE_MS), table: optionMs(meta, 'table_ms', 0), drain: optionMs(meta, 'drain_ms', 0) });
  out.push({ type: 'stop', name: 'driver', start: optionMs(meta, 'dur_ms', 20_000) });
  for (const [name, limits] of setup.cgroups) out.unshift({ type: 'cgroup', name, ...limits });
  for (const action of meta.workload.actions ?? []) {
    const [verb, ...rest] = action.do.split(' ');
    if (verb === 'table') continue; // it only looked
    if (verb === 'clonevm') out.push({ type: 'clonevm', name: 'init', mb: Number(rest[0]), start: action.at_ms });
    else if (action.do === 'write /proc/sysrq-trigger f') out.push({ type: 'sysrq', name: 'sysrq', start: action.at_ms });
    else return bad(`workload.actions: expected 'clonevm MB', 'table NAME' or 'write /proc/sysrq-trigger f', found ${quote(action.do)}`);
  }
  return good(out);
}

/** Swap and disk, from the set-up and from how the emulator was told to hold the disk back. */
function withDevices(m: MachineSpec, meta: CaptureMeta, setup: Setup): MachineSpec {
  const swapPages = m.swap?.pages ?? Math.floor(setup.zramKb / 4) - 1;
  const swap = setup.zramKb > 0 ? { kind: 'zram' as const, pages: swapPages } : m.swap;
  const limits = meta.emulation?.disks?.[0]?.[1] ?? '';
  const bytes = /throttling\.bps-(?:total|write|read)=(\d+)/.exec(limits), requests = /throttling\.iops-(?:total|write|read)=(\d+)/.exec(limits);
  const disk = bytes === null ? undefined : { mbPerS: Math.max(1, Math.round(Number(bytes[1]) / 1e6)), requestsPerS: requests === null ? UNLIMITED_REQUESTS : Number(requests[1]) };
  return { ...m, ...(swap === undefined ? {} : { swap }), ...(disk === undefined ? {} : { disk }) };
}
const UNLIMITED_REQUESTS = 1_000_000;

/** Whether the processes ask for more than there is: then somebody must die. */
function fills(workloads: readonly WorkloadSpec[], m: MachineSpec): boolean {
  const mb = anonMb(workloads);
  const have = m.zones.reduce((sum, z) => sum + z.managed, 0) + (m.swap?.pages ?? 0);
  return mb * PAGES_PER_MIB > have || workloads.some((w) => w.type === 'sysrq' || (w.type === 'cgroup' && fillsGroup(workloads, w)));
}
/** MiB that programs of these workloads touch in all. */
const anonMb = (workloads: readonly WorkloadSpec[]): number => workloads.reduce((sum, w) => sum + (/^(anon|vfork|fork|clonevm)$/.test(w.type) ? Number(w.mb ?? 0) * Number(w.n ?? 1) : 0), 0);
const fillsGroup = (workloads: readonly WorkloadSpec[], group: WorkloadSpec): boolean => group.max !== undefined && anonMb(workloads.filter((w) => w.cg === group.name)) > Number(group.max);
