/**
 * What section 2 of the captures' README says of notifiers and starvation, figure by figure, beside the model: the same blocks as in probe_figures.ts, summed up as that
 * text does. Of two CPUs of an emulator it promises "counts and orders of magnitude only", of one CPU that counts its instructions about a hundredth.
 */
import { blocksOf, furtherKills, kindOf, type KernelFigures, meets, type Row } from './probe_figures.ts';

/** `equal`: what the rules alone decide. `quarter`: a time that a sleep or one counting CPU decides, and a jiffy. `twice`: a count. `order`: an order of magnitude. */
export type Rule = 'equal' | 'quarter' | 'twice' | 'order';
const NEAR: Readonly<Record<Rule, { readonly factor: number; readonly slack: number }>> = { equal: { factor: 1, slack: 0 }, quarter: { factor: 1.25, slack: 4 }, twice: { factor: 2, slack: 0 }, order: { factor: 10, slack: 0 } };

export interface Sentence {
  readonly says: string;
  readonly rule: Rule;
  /** As the text has it: one figure, or from .. to. */
  readonly kernel: readonly number[];
  /** The blocks it speaks of, and the column of probe_figures.ts. */
  readonly capture: string; readonly blocks: RegExp; readonly column: string;
}
const SLEEP = '6.1-2-mod_notifier_sleep', FREE = '6.1-2-mod_notifier_free', OWN = '6.1n-2-mod_notifier_sleep', OWN_FREE = '6.1n-2-mod_notifier_free', STARVE = '6.1-2-mod_starve', ONE = '6.1-1-mod_starve', OWN_STARVE = '6.1n-2-mod_starve';
const HOLD = 'longest hold, ms', KILL = 'first kill, ms', FAILED = 'failed trylocks', RECLAIMS = 'direct reclaims', SIDE = 'side by side', LAST = 'last task left, ms', CALLS = 'calls', FREER = 'pages to the freer, of 12';
/** Columns of sums over all blocks of a capture, those of two runs together. */
export const FURTHER = 'kills after the first', NEEDLESS = 'of them with more than HIGH free';

const say = (capture: string, blocks: RegExp, column: string, rule: Rule, says: string, ...kernel: readonly number[]): Sentence => ({ says, rule, kernel, capture, blocks, column });
const starved = (capture: string, policy: string, where: string, rule: Rule, figures: readonly (readonly number[])[]): Sentence[] =>
  [1, 4, 8, 16].map((loopers, i) => say(capture, new RegExp(`^${policy}_L${loopers}$`), KILL, rule, `${where}, ${loopers} that try: first kill, ms`, ...figures[i]));

export const SENTENCES: readonly Sentence[] = [
  ...([[10, 22], [100, 108], [1000, 1024]] as const).flatMap(([ms, held]) => [
    say(SLEEP, new RegExp(`^sleep${ms}_`), HOLD, 'quarter', `as shipped, callback of ${ms} ms: oom_lock held at most, ms`, held),
    say(SLEEP, new RegExp(`^sleep${ms}_`), KILL, 'quarter', `the same: first kill, ms`, held),
    say(`${OWN}_outside`, new RegExp(`^sleep${ms}_`), HOLD, 'order', `outside, callback of ${ms} ms: oom_lock held at most, ms`, 0.3, 12),
    say(`${OWN}_outside`, new RegExp(`^sleep${ms}_`), KILL, 'quarter', `the same: first kill, ms`, held),
  ]),
  ...([[1, 0, 34], [4, 342, 5848], [16, 1202, 20528]] as const).flatMap(([tasks, failed, reclaims]) => [
    say(SLEEP, new RegExp(`^sleep1000_A${tasks}$`), FAILED, 'twice', `as shipped, 1000 ms, ${tasks} who allocate: failed trylocks`, failed),
    say(SLEEP, new RegExp(`^sleep1000_A${tasks}$`), RECLAIMS, 'twice', `the same: direct reclaims`, reclaims),
  ]),
  say(`${OWN}_outside`, /^sleep1000_A16$/, RECLAIMS, 'equal', 'outside under its mutex, 1000 ms, 16 who allocate: direct reclaims', 289),
  say(`${OWN}_outside`, /^sleep1000_A16$/, FAILED, 'equal', 'the same: failed trylocks', 0),
  say(`${OWN}_outside`, /^sleep1000_A16$/, SIDE, 'equal', 'the same: callbacks side by side', 1),
  say(`${OWN}_outside`, /^sleep1000_A16$/, LAST, 'quarter', 'the same: the last of them leaves after, ms', 17420),
  say(`${OWN}_outside_nomutex`, /^sleep1000_A16$/, SIDE, 'equal', 'outside without a mutex, 1000 ms, 16 who allocate: callbacks side by side', 16),
  say(`${OWN}_outside_nomutex`, /^sleep1000_A16$/, LAST, 'quarter', 'the same: the last of them leaves after, ms', 2050),
  say(SLEEP, /./, FURTHER, 'twice', 'as shipped, 28 blocks twice: kills after the first', 20),
  say(SLEEP, /./, NEEDLESS, 'twice', 'the same: with more than HIGH free', 20),
  say(`${OWN}_inside`, /./, FURTHER, 'twice', 'own kernel, inside: kills after the first', 20),
  say(`${OWN}_inside`, /./, NEEDLESS, 'twice', 'the same: with more than HIGH free', 18),
  say(`${OWN}_outside`, /./, FURTHER, 'order', 'outside under its mutex: kills after the first', 1),
  say(`${OWN}_outside`, /./, NEEDLESS, 'order', 'the same: with more than HIGH free', 0),
  say(`${OWN}_outside_nomutex`, /./, FURTHER, 'twice', 'outside without a mutex: kills after the first', 7),
  say(`${OWN}_outside_nomutex`, /./, NEEDLESS, 'twice', 'the same: with more than HIGH free', 6),
  say(`${OWN}_outside_nomutex`, /^sleep/, NEEDLESS, 'equal', 'the same, where the callback sleeps: with more than HIGH free', 0),
  say(`${OWN}_outside`, /^sleep/, NEEDLESS, 'equal', 'outside under its mutex, where the callback sleeps: with more than HIGH free', 0),
  ...([1, 16, 64] as const).map((pages) => say(FREE, new RegExp(`^free${pages}_A`), FREER, 'equal', `callback gives ${pages} pages back: to the freer, of 12`, 0)),
  say(FREE, /^free256_A/, FREER, 'twice', 'callback gives 256 pages back: to the freer, of 12', 6),
  say(FREE, /^free1024_A1$/, FREER, 'equal', 'callback gives 1024 pages back, one who allocates: to the freer, of 12', 12),
  say(FREE, /^free1024_A(?:4|16)$/, FREER, 'equal', 'the same, 4 and 16: to the freer, of 12', 1, 11),
  ...([[300, 187, 3180, 301], [2000, 1159, 19703, 2002]] as const).flatMap(([claim, calls, reclaims, kill]) => [
    say(FREE, new RegExp(`^claim${claim}_A1$`), KILL, 'quarter', `callback claims for ${claim} ms: first kill, ms`, kill),
    say(FREE, new RegExp(`^claim${claim}_A1$`), CALLS, 'twice', 'the same: calls', calls),
    say(FREE, new RegExp(`^claim${claim}_A1$`), RECLAIMS, 'twice', 'the same: direct reclaims', reclaims),
    say(`${OWN_FREE}_outside`, new RegExp(`^claim${claim}_A1$`), KILL, 'order', 'the same outside: first kill, ms', 0.2, 1),
  ]),
  say(FREE, /^free64x20_A/, KILL, 'order', 'callback gives 20 times 64 pages back: first kill, ms', 18, 36),
  say(`${OWN_FREE}_outside`, /^free64x20_A/, KILL, 'order', 'the same outside: first kill, ms', 0.2),
  say(`${OWN_FREE}_outside`, /^claim300_A16$/, CALLS, 'order', 'outside, callback claims for 300 ms, 16 who allocate: calls', 83, 91),
  say(`${OWN_FREE}_outside`, /^free64_A16$/, CALLS, 'order', 'outside, callback gives 64 pages back, 16 who allocate: calls', 19, 113),
  ...starved(ONE, 'normal', 'one CPU', 'quarter', [[28], [28], [35], [63]]),
  ...starved(ONE, 'idle', 'one CPU, holder SCHED_IDLE', 'quarter', [[27], [28, 29], [50, 29], [203, 202]]),
  ...starved(STARVE, 'idle', 'two CPUs, holder SCHED_IDLE', 'order', [[25], [25, 27], [34, 31], [35, 45]]),
  ...starved(`${STARVE}_heavy`, 'idle', 'the same under heavy reclaim', 'order', [[28], [28], [66, 65], [255, 450]]),
  say(`${STARVE}_long`, /^idle_L4$/, KILL, 'order', 'the same, callback of 1000 ms, 4 that try: first kill, ms', 1012, 1762),
  say(`${STARVE}_long`, /^idle_L16$/, KILL, 'order', 'the same, 16 that try: first kill, ms', 1020, 4390),
  say(`${OWN_STARVE}_long_inside`, /./, KILL, 'quarter', 'own kernel, inside, callback of 1000 ms: first kill, ms', 1014, 1034),
  ...(['inside_wait', 'outside'] as const).flatMap((variant) => [
    say(`${OWN_STARVE}_long_${variant}`, /./, KILL, 'quarter', `${variant === 'outside' ? 'outside' : 'waiting for oom_lock'}, callback of 1000 ms: first kill, ms`, 1006, 1034),
    say(`${OWN_STARVE}_long_${variant}`, /_L16$/, RECLAIMS, 'quarter', 'the same, 16 that try: direct reclaims', 290),
  ]),
  say(`${OWN_STARVE}_heavy_inside_wait`, /^idle_L16$/, KILL, 'order', 'waiting for oom_lock under heavy reclaim, 16 that try: first kill, ms', 318, 447),
];

/** `again`: not as near to the text as the rule asks, but inside of what further boots of the same kernel come to. */
export interface Told extends Sentence { readonly model: readonly number[]; readonly near: boolean; readonly again: boolean }
const isSum = (s: Sentence): boolean => s.column === FURTHER || s.column === NEEDLESS;
function sumOf(s: Sentence, free: readonly (readonly number[])[]): number {
  const { further, needless } = furtherKills(free, kindOf(s.capture).high);
  return s.column === FURTHER ? further : needless;
}
function modelOf(s: Sentence, rows: readonly Row[]): readonly number[] {
  const of = rows.filter((r) => r.capture === s.capture && s.blocks.test(r.name));
  if (isSum(s)) return [sumOf(s, of.flatMap((r) => r.modelFree))];
  return of.flatMap((r) => r.cells.filter((c) => c.column === s.column).flatMap((c) => c.model));
}
/** A sum of two runs, as each two further boots give it: a kill more or less is luck, and two runs do not say how much of it. Empty: no sum, or fewer than two boots. */
function sumsAgain(s: Sentence, again: readonly KernelFigures[]): readonly number[] {
  if (!isSum(s)) return [];
  const blocks = [...blocksOf(again, s.capture)].filter(([name]) => s.blocks.test(name)).map(([, boots]) => boots), boots = Math.min(...blocks.map((b) => b.length));
  const ofBoot = blocks.length === 0 ? [] : Array.from({ length: boots }, (_, i) => sumOf(s, blocks.map((b) => b[i].freeAtMarks)));
  return ofBoot.flatMap((one, i) => ofBoot.slice(i + 1).map((other) => one + other));
}
/**
 * Each sentence beside what the model says in the same blocks. Of an order of magnitude the spans must meet: a tenth to ten times. A sum that misses is held against further boots of
 * the same kernel (`again`), as cells of probe_figures.ts are: inside of the span of text and boots as it is, without any slack.
 */
export const tell = (rows: readonly Row[], sentences: readonly Sentence[] = SENTENCES, again: readonly KernelFigures[] = []): Told[] =>
  sentences.map((s) => {
    const model = modelOf(s, rows), near = model.length > 0 && meets(s.kernel, model, NEAR[s.rule]), more = near ? [] : sumsAgain(s, again), inside = more.length > 0 && meets([...s.kernel, ...more], model, NEAR.equal);
    return { ...s, model, near: near || inside, again: inside };
  });
const span = (values: readonly number[]): string => [...new Set([Math.min(...values), Math.max(...values)])].join('..');
/** The table of docs/fidelity.md; a star where the model says otherwise, a ~ where only further boots say as the model. */
export const sentenceTable = (told: readonly Told[]): string =>
  ['| what the captures\' README says | kernel | model | near is |', '|---|---|---|---|', ...told.map((t) => `| ${t.says} | ${span(t.kernel)} | ${t.model.length === 0 ? 'none' : span(t.model)}${t.again ? ' ~' : t.near ? '' : ' *'} | ${t.rule} |`)].join('\n');
