/**
 * A scenario: everything a run follows from. Data only; the same scenario, seed and engine give the same hash.
 * Stories (src/scenarios) are scenarios with a text and an expectation. share/ puts the difference from a story into a link,
 * and validates what comes from outside against `scenarioSchema` (scenario_schema.ts).
 */
export type ProfileName = 'v4.13' | 'v4.17' | 'v5.9' | 'v6.1' | 'v6.12';
export const PROFILES: readonly ProfileName[] = ['v4.13', 'v4.17', 'v5.9', 'v6.1', 'v6.12'];
export type Ending = 'oom-kill' | 'no-oom' | 'panic' | 'deadlock' | 'livelock' | 'starvation' | 'limit';
export const ENDINGS: readonly Ending[] = ['oom-kill', 'no-oom', 'panic', 'deadlock', 'livelock', 'starvation', 'limit'];

export type ZoneName = 'DMA' | 'DMA32' | 'Normal' | 'HighMem' | 'Movable' | 'Device';
export const ZONE_NAMES: readonly ZoneName[] = ['DMA', 'DMA32', 'Normal', 'HighMem', 'Movable', 'Device'];

/** One populated zone as /proc shows it on an idle machine. All counts in pages. */
export interface ZoneSpec {
  readonly node: number;
  readonly name: ZoneName;
  readonly startPfn: number;
  readonly spanned: number;
  readonly present: number;
  readonly managed: number;
  /** Free pages in the buddy lists. */
  readonly free: number;
  /** Pages on the per-CPU lists, by CPU; absent = 0. */
  readonly pcp?: readonly number[];
  /** What the per-CPU lists' limit had become by CPU, where the kernel tunes it as it runs (6.7 on); absent = its lower bound. */
  readonly pcpHigh?: readonly number[];
  /** Free blocks: blocks[type][order], types as MT (rows.ts). Absent = laid out from `free` as a freshly booted machine has it. */
  readonly blocks?: readonly (readonly number[])[];
  /** Number of pageblocks by type, as /proc/pagetypeinfo has it. Absent = from `blocks`. */
  readonly pageblocks?: readonly number[];
}
/** What is in use before the workload starts, in pages of the whole machine. What is managed and neither free nor named is `kernel`. */
export interface UsageSpec {
  readonly inactiveAnon: number;
  readonly activeAnon: number;
  readonly inactiveFile: number;
  readonly activeFile: number;
  readonly unevictable: number;
  readonly shmem: number;
  readonly mapped: number;
  readonly slabReclaimable: number;
  readonly slabUnreclaimable: number;
  readonly kernelStack: number;
  readonly pageTables: number;
}
export interface MachineSpec {
  readonly name: string;
  readonly cpus: number;
  readonly hz: number;
  readonly preempt: 'none' | 'full' | 'rt';
  /** Zone slots the kernel was configured with, in index order; lowmem_reserve has one entry for each. */
  readonly slots: readonly ZoneName[];
  readonly zones: readonly ZoneSpec[];
  readonly usage: UsageSpec;
  /** Committed_AS before the workload starts, in pages: what is promised to private writable mappings. Absent = 0. */
  readonly committed?: number;
  /** Nanoseconds an instruction takes, times 1000: 1000 = the emulated machine of the captures (1 ns each). */
  readonly speed: number;
  /** Values of lowmem_reserve and watermarks as the kernel had computed them at boot, where they differ from what sizes give now. */
  readonly boot?: { readonly reserve?: readonly (readonly number[])[]; readonly minLowHigh?: readonly (readonly [number, number, number])[] };
  readonly swap?: { readonly kind: 'disk' | 'zram'; readonly pages: number };
  readonly disk?: { readonly mbPerS: number; readonly requestsPerS: number };
}
export type WorkloadSpec = { readonly type: string } & { readonly [parameter: string]: string | number | boolean };
export type SysctlValue = number | readonly number[];

/**
 * What `explore` asks of a scenario. Until `from` the run is the ordinary one; then comes a stretch of at most `steps` steps in which
 * whatever is armed may come next, the periodic tick is off and locks let others in before they are taken; then it goes on as usual.
 */
export interface ExploreSpec {
  /** What makes a schedule bad: the name of a tracepoint that comes, or `no-progress`: a ring of waits. */
  readonly bad: string;
  /** Where the stretch begins: an instant in ns, or the name of a tracepoint, behind whose first row it does. */
  readonly from: number | string;
  /** What is armed for later takes no part, ns. */
  readonly untilNs: number;
  readonly steps: number;
  /** Deviations from the timed order up to which every schedule is tried, where no other bound is asked for. */
  readonly deviations: number;
  /** Schedules that a search of all orders may try before it gives up; absent = 1000. */
  readonly schedules?: number;
}
export const NO_PROGRESS = 'no-progress';

export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** Own words: what is shown, why it matters; one paragraph an entry. */
  readonly text: readonly string[];
  /** A mail it belongs to: author, date, subject. */
  readonly mail?: string;
  readonly profile: ProfileName;
  readonly seed: number;
  readonly machine: MachineSpec;
  /** By name below /proc/sys: `vm.min_free_kbytes`. */
  readonly sysctl: Readonly<Record<string, SysctlValue>>;
  readonly knobs: Readonly<Record<string, string | number>>;
  readonly workloads: readonly WorkloadSpec[];
  readonly untilNs: number;
  /** How long the run goes on after its last process has gone; absent = 500 ms. */
  readonly lingerNs?: number;
  /** What must come of it. */
  readonly ends: Ending;
  /** What can be asked about its schedules. */
  readonly explore?: ExploreSpec;
  /**
   * One schedule of `explore`: at each choice of the stretch, in their order, which of the possible was taken; behind the list's end 0,
   * which is the timed order. Absent = the ordinary run.
   */
  readonly choices?: readonly number[];
}

/** What can be said of a run that has ended; `run` of INTERFACES.md less what the caller knows. */
export interface Outcome {
  readonly ending: Ending;
  /** For the status line: `out of memory: killed hog (pid 79)`. */
  readonly text: string;
  readonly endNs: number;
  readonly events: number;
  readonly hash: string;
  readonly kills: readonly Kill[];
  /** By programs, as lmkd does: the OOM killer had no part in them. */
  readonly userKills: readonly UserKill[];
  readonly counters: Readonly<Record<string, number>>;
  readonly firsts: { readonly kswapdWakeNs: number | null; readonly directReclaimNs: number | null; readonly oomNs: number | null; readonly killNs: number | null; readonly reapNs: number | null };
  readonly locks: readonly LockSummary[];
  readonly deadlocks: readonly { readonly kind: string; readonly tasks: readonly string[]; readonly locks: readonly string[]; readonly edges: readonly { readonly from: string; readonly to: string; readonly blocking: boolean; readonly queued?: true }[] }[];
}
export interface Kill {
  readonly timeNs: number;
  readonly row: number;
  readonly pid: number;
  readonly comm: string;
  readonly points: number;
  readonly oomScoreAdj: number;
  readonly constraint: string;
  readonly order: number;
  readonly gfp: string;
}
export interface UserKill {
  readonly timeNs: number;
  /** The program that killed. */
  readonly by: string;
  readonly pid: number;
  readonly comm: string;
}
export interface LockSummary {
  readonly name: string;
  readonly holds: number;
  readonly longestHoldNs: number;
  readonly longestHoldStack: readonly string[];
  readonly trylockMisses: number;
}
