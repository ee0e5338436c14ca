/**
 * The figures that real kernels gave to the questions about the OOM notifiers (fixtures/probe/notifier_v6.1.csv: two runs of each block, 6.1.176 of Debian and a
 * 6.1.176 of our own whose chain can be moved; notifier_again_v6.1.csv: the same asked again in further boots, docs/decisions/own_caches.md), beside those of the model: which
 * blocks there are, what is compared, and how near is near enough.
 */
import { must } from '../../base/units.ts';
import { VCPU_IDLE_EXIT_US } from '../../format/machine_knobs.ts';
import { type Block, type BlockFigures, runBlock } from './probe_block.ts';
import { debian1, debian2, own2, type ProbeMachine } from './probe_machines.ts';

/** One block in one run of a kernel. */
export interface KernelFigures extends Pick<BlockFigures, 'calls' | 'markAfterFirstCbUs' | 'marks' | 'drTotal' | 'lockFail' | 'lockMaxUs' | 'freeAtMarks' | 'atOnce' | 'toTheFreer'> {
  readonly capture: string; readonly name: string; readonly lastLeftUs: number;
}
export function readKernelFigures(csv: string): KernelFigures[] {
  const [head, ...lines] = csv.trim().split('\n').map((l) => l.split(','));
  return lines.map((l) => {
    const at = (name: string): string => l[head.indexOf(name)], n = (name: string): number => Number(at(name)), [freer, watched] = at('to_the_freer').split('/').map(Number);
    return {
      capture: at('capture'), name: at('name'), calls: n('calls'), markAfterFirstCbUs: n('mark_after_first_cb_us'), marks: n('marks'), drTotal: n('dr_total'), lockFail: n('lock_fail'),
      lockMaxUs: n('lock_max_us'), freeAtMarks: at('free_at_marks') === '' ? [] : at('free_at_marks').split(' ').map(Number), atOnce: n('at_once'),
      toTheFreer: at('to_the_freer') === '' ? null : Math.round((12 * freer) / watched), lastLeftUs: Number(at('leaves_ms').split(' ').at(-1)) * 1000,
    };
  });
}
/** What a capture's name says of the machine, of where the chain is called, and of the load. */
interface Kind { readonly machine: ProbeMachine; readonly high: number; readonly knobs: Block['knobs']; readonly icount: boolean; readonly starve: boolean; readonly heavy: boolean; readonly callbackMs: number; readonly lockSeen: boolean }
const VARIANTS: readonly (readonly [string, Block['knobs']])[] = [['outside_nomutex', { 'oom.notifierPlace': 'outside-rwsem' }], ['outside', { 'oom.notifierPlace': 'outside-mutex' }], ['inside_wait', { 'oom.waiters': 'block' }]];
export function kindOf(capture: string): Kind {
  const own = capture.startsWith('6.1n'), one = capture.startsWith('6.1-1-');
  return {
    machine: own ? own2 : one ? debian1 : debian2, high: own ? 687 : one ? 642 : 639, knobs: { ...VARIANTS.find(([v]) => capture.endsWith(v))?.[1], ...(own ? { 'reclaim.vmpressure': 'off', 'sched.sharedCache': 'off' } : {}), ...(one ? {} : { 'cpu.idleExit': VCPU_IDLE_EXIT_US }) }, icount: one, starve: capture.includes('starve'),
    heavy: capture.includes('heavy') || capture.includes('long'), callbackMs: capture.includes('long') ? 1000 : 20, lockSeen: !capture.endsWith('inside_wait'),
  };
}
const NOTHING: Block['callback'] = { sleepMs: 0, pages: 0, kept: 0, claimMs: 0 };
/** `sleep100free256_A4`, `free64x20_A1`, `claim300_A16`, `count_A8`, `idle_L4`: what the module was told. */
function callbackOf(name: string): Block['callback'] {
  const sleep = /sleep(\d+)/.exec(name), free = /free(\d+)(?:x(\d+))?/.exec(name), claim = /claim(\d+)/.exec(name), pages = Number(free?.[1] ?? 0);
  return { sleepMs: Number(sleep?.[1] ?? 0), pages, kept: pages * Number(free?.[2] ?? 1), claimMs: Number(claim?.[1] ?? 0) };
}
/** The block that each capture began with. */
const FIRST = / (?:count_A1|free1_A1|normal_L0)$|_long\S* normal_L1$/;
export function blockOf(capture: string, name: string, run: number): Block {
  const kind = kindOf(capture), tasks = Number(must(/_[AL](\d+)$/.exec(name), `a block names its tasks: ${name}`)[1]);
  return {
    machine: kind.machine.machine, minFreeKbytes: kind.machine.minFreeKbytes, knobs: kind.knobs, seed: run, allocators: tasks, heavy: kind.heavy, reports: run === 1, first: FIRST.test(`${capture} ${name}`), gathered: run % 2 === 0,
    holder: kind.starve ? (name.startsWith('idle') ? 'idle' : 'normal') : 'none', callback: kind.starve ? { ...NOTHING, sleepMs: kind.callbackMs } : callbackOf(name),
  };
}

/** A figure that is compared. Near: within `factor` of what the kernel's runs span, and `slack` more, in the figure's unit. */
export interface Column { readonly name: string; readonly of: (f: Comparable) => number | null; readonly near: (k: Kind) => { readonly factor: number; readonly slack: number } }
type Comparable = Omit<KernelFigures, 'capture' | 'name'>;
const ms = (us: number): number => Math.round(us / 100) / 10;
/** Two CPUs of an emulator on two busy ones of its host: counts and orders of magnitude. One CPU that counts its instructions: a quarter. */
const counted = (slack: number) => (k: Kind): { factor: number; slack: number } => ({ factor: k.icount ? 1.25 : k.starve ? 3 : 2, slack });
const timed = (k: Kind): { factor: number; slack: number } => ({ factor: k.starve && !k.icount && k.callbackMs < 1000 ? 3 : 1.25, slack: 4 });
const COLUMNS: Readonly<Record<'sleep' | 'free' | 'starve', readonly Column[]>> = {
  sleep: [
    { name: 'longest hold, ms', of: (f) => ms(f.lockMaxUs), near: timed }, { name: 'first kill, ms', of: (f) => ms(f.markAfterFirstCbUs), near: timed }, { name: 'failed trylocks', of: (f) => f.lockFail, near: counted(2) },
    { name: 'direct reclaims', of: (f) => f.drTotal, near: counted(34) }, { name: 'kills', of: (f) => f.marks, near: () => ({ factor: 1, slack: 0 }) }, { name: 'side by side', of: (f) => f.atOnce, near: () => ({ factor: 1, slack: 0 }) },
    { name: 'last task left, ms', of: (f) => ms(f.lastLeftUs), near: timed },
  ],
  free: [
    { name: 'calls', of: (f) => f.calls, near: counted(2) }, { name: 'first kill, ms', of: (f) => ms(f.markAfterFirstCbUs), near: timed }, { name: 'direct reclaims', of: (f) => f.drTotal, near: counted(34) },
    { name: 'kills', of: (f) => f.marks, near: () => ({ factor: 1, slack: 0 }) }, { name: 'pages to the freer, of 12', of: (f) => f.toTheFreer, near: () => ({ factor: 1, slack: 3 }) },
  ],
  starve: [
    { name: 'first kill, ms', of: (f) => ms(f.markAfterFirstCbUs), near: timed }, { name: 'direct reclaims', of: (f) => f.drTotal, near: counted(34) }, { name: 'failed trylocks', of: (f) => f.lockFail, near: counted(4) },
    { name: 'kills', of: (f) => f.marks, near: () => ({ factor: 1, slack: 0 }) },
  ],
};
export const columnsOf = (capture: string): readonly Column[] => COLUMNS[kindOf(capture).starve ? 'starve' : capture.includes('notifier_free') ? 'free' : 'sleep'].filter((c) => kindOf(capture).lockSeen || c.name !== 'failed trylocks');
/** Whether the spans meet, the kernel's widened. */
export function meets(kernel: readonly number[], model: readonly number[], { factor, slack }: { readonly factor: number; readonly slack: number }): boolean {
  return Math.max(...model) >= Math.min(...kernel) / factor - slack && Math.min(...model) <= Math.max(...kernel) * factor + slack;
}
const span = (values: readonly number[]): string => (Math.min(...values) === Math.max(...values) ? String(values[0]) : `${Math.min(...values)}..${Math.max(...values)}`);

/** `again`: not as near to the two runs as is allowed, but inside of what further boots of the same kernel said of the same block. */
export interface Cell { readonly column: string; readonly kernel: readonly number[]; readonly model: readonly number[]; readonly near: boolean; readonly again: boolean }
export interface Row { readonly capture: string; readonly name: string; readonly cells: readonly Cell[]; readonly kernelFree: readonly (readonly number[])[]; readonly modelFree: readonly (readonly number[])[] }
const EXACTLY = { factor: 1, slack: 0 };
/** Runs of the model on two CPUs, each from another moment between two ticks: a victim whose exit a tick falls into waits for the turns of all others (free1_A16: 4 calls or 40), which two moments may both meet or both miss. */
const MOMENTS = 4;
/** One block, all runs of both. `again`: the same block in further boots of such a kernel, all that were made: what it may say, as it is, without any slack. */
export function compareBlock(capture: string, name: string, kernel: readonly KernelFigures[], again: readonly KernelFigures[] = []): Row {
  const runs = kindOf(capture).icount ? kernel.length : MOMENTS;
  const model = Array.from({ length: runs }, (_, i): Comparable => { const f = runBlock(blockOf(capture, name, i + 1)); return { ...f, lastLeftUs: f.leavesUs.at(-1) ?? 0 }; });
  const cells = columnsOf(capture).flatMap((c): Cell[] => {
    const values = [kernel, model].map((all) => all.map(c.of).filter((n) => n !== null));
    if (values[0].length === 0 || values[1].length === 0) return [];
    const more = again.map(c.of).filter((n) => n !== null), near = meets(values[0], values[1], c.near(kindOf(capture))), inside = !near && more.length > 0 && meets(more, values[1], EXACTLY);
    return [{ column: c.name, kernel: values[0], model: values[1], near: near || inside, again: inside }];
  });
  return { capture, name, cells, kernelFree: kernel.map((f) => f.freeAtMarks), modelFree: model.slice(0, kernel.length).map((f) => f.freeAtMarks) };
}
/** Kills after the first of their block, and those of them that came when more than HIGH was free. */
export function furtherKills(free: readonly (readonly number[])[], high: number): { readonly further: number; readonly needless: number } {
  const later = free.flatMap((f) => f.slice(1));
  return { further: later.length, needless: later.filter((n) => n > high).length };
}
/** Blocks of a capture in the order in which they were asked. */
export function blocksOf(rows: readonly KernelFigures[], capture: string): ReadonlyMap<string, readonly KernelFigures[]> {
  const out = new Map<string, KernelFigures[]>();
  for (const r of rows) if (r.capture === capture) out.set(r.name, [...(out.get(r.name) ?? []), r]);
  return out;
}
/** A table of one capture in the words of docs/fidelity.md: kernel / model, with a star where they are further apart than is allowed, and with ~ where only further boots say as the model. */
export function tableOf(capture: string, rows: readonly Row[]): string {
  const names = columnsOf(capture).map((c) => c.name).filter((n) => rows.some((r) => r.cells.some((c) => c.column === n)));
  const line = (r: Row): string => `| ${r.name} | ${names.map((n) => { const c = r.cells.find((x) => x.column === n); return c === undefined ? '' : `${span(c.kernel)} / ${span(c.model)}${c.again ? ' ~' : c.near ? '' : ' *'}`; }).join(' | ')} |`;
  return [`| ${capture} | ${names.join(' | ')} |`, `|---|${names.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
