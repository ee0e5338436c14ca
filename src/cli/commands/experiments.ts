/** Evaluates claims: every variant of an experiment for every seed, and its controls. */
import type { Scenario } from '../../format/scenario.ts';
import { exploreWhole } from '../../explore/story.ts';
import type { Explored } from '../../format/exploration.ts';
import { decide, type Figures, scenarioOf, sumOf, trialsOf } from '../../experiments/evaluate.ts';
import type { Experiment } from '../../experiments/experiment.ts';
import { experiments as all } from '../../experiments/index.ts';
import { type View, viewOf } from '../../experiments/view.ts';
import { runScenario } from '../../run/run.ts';
import { badArgument } from '../args.ts';
import type { Command, Output } from '../command.ts';
import { table } from '../table.ts';

const MOST_SEEDS = 10_000;
function seedsOf(text: string | undefined): number[] {
  const m = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(text ?? '1..10');
  const from = Number(m?.[1]), to = Number(m?.[2] ?? m?.[1]);
  if (m === null || from < 1 || to < from || to - from >= MOST_SEEDS) return badArgument(1, `expected --seeds A..B with 1 <= A <= B, ${MOST_SEEDS} at most, found '${text}'`);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
function look(e: Experiment, s: Scenario): View {
  const { outcome, trace } = runScenario(s), view = viewOf(outcome, trace);
  return e.explores === true ? { ...view, explored: exploreWhole(s) } : view;
}

export interface Answer {
  readonly id: string; readonly mail: string; readonly claim: string; readonly verdict: string; readonly because: string; readonly real: string | null; readonly enumeration: boolean;
  readonly held: number; readonly failed: readonly number[];
  readonly controls: readonly { readonly change: string; readonly seeds: number; readonly flipped: number }[];
  readonly variants: readonly { readonly name: string; readonly figures: Figures; readonly explored: Explored | null; readonly run: { readonly story: string; readonly knobs: Readonly<Record<string, string | number>>; readonly seed: number; readonly hash: string } }[];
}
/** All trials of an experiment: the claim with the seeds asked for, each control with its own. `step` is called before each. */
export function evaluate(e: Experiment, asked: readonly number[], step: () => void): Answer {
  const tried = trialsOf(e, asked).map((trial) => { step(); return decide(e, trial, e.variants.map((v) => look(e, scenarioOf(e, v, trial)))); }), [first] = tried, sum = sumOf(e, tried);
  return {
    id: e.id, mail: e.mail, claim: e.claim, verdict: e.verdict, because: e.because, real: e.real ?? null, enumeration: e.enumeration ?? false, held: sum.held, failed: sum.failed,
    controls: e.controls.map((c, i) => ({ change: c.change, seeds: c.seeds, flipped: sum.controls[i].flipped })),
    variants: e.variants.map((v, i) => ({ name: v.name, figures: first.figures[i], explored: first.explored[i], run: { story: (v.story ?? e.story).id, knobs: v.knobs, seed: first.seed, hash: first.hashes[i] } })),
  };
}
const asExpected = (a: Answer): boolean => a.failed.length === 0 && a.controls.every((c) => c.flipped === c.seeds);

function words(answers: readonly Answer[], seeds: number): string {
  const rows = answers.flatMap((a): (string | number)[][] => [
    [a.id, a.verdict, a.enumeration ? `an enumeration: ${a.held === 1 ? 'as said' : 'not as said'}` : `as said for ${a.held} of ${seeds} seeds`],
    ...a.controls.map((c) => ['', 'control', `${c.change}: comes out the other way for ${c.flipped} of ${c.seeds} seeds`]),
    ...a.variants.map((v) => ['', v.name, Object.entries(v.figures).map(([name, x]) => `${name} ${Number.isInteger(x) ? x : x.toFixed(3)}`).join(', ')]),
    ...a.variants.flatMap((v) => (v.explored === null ? [] : [['', v.name, v.explored.words]])),
  ]);
  return table(rows);
}
function chosen(ids: readonly string[], output: Output): readonly Experiment[] {
  const picked = ids.map((id, i) => all.find((e) => e.id === id) ?? badArgument(i + 2, `expected an experiment (${all.map((e) => e.id).join(', ')}), found '${id}'`));
  if (picked.length === 0) output.note(`${all.length} experiments`);
  return picked.length === 0 ? all : picked;
}

export const experiments: Command = {
  name: 'experiments',
  usage: 'experiments [ID...] [--seeds A..B]',
  doc: 'evaluates every claim with its controls',
  args: { positional: ['ID?...'], values: ['seeds'] },
  run(args, output) {
    const seeds = seedsOf(args.value('seeds')), picked = chosen(args.positional, output), total = picked.reduce((n, e) => n + trialsOf(e, seeds).length, 0);
    let done = 0;
    const answers = picked.map((e) => evaluate(e, seeds, () => output.progress(++done / total, e.id)));
    output.progress(1, '');
    output.print(output.json ? JSON.stringify(answers) : words(answers, seeds.length));
    return answers.every(asExpected) ? 0 : 1;
  },
};
