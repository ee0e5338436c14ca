/** Evaluates claims: every variant of an experiment for every seed, and its controls. */
import type { Scenario } from '../../format/scenario.ts';
import { exploreWhole } from '../../explore/story.ts';
import type { Explored } from '../../format/exploration.ts';
import type { Experiment, Variant } from '../../experiments/experiment.ts';
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
const scenarioOf = (base: Scenario, v: Variant, seed: number): Scenario => ({ ...base, seed, knobs: { ...base.knobs, ...v.knobs } });
function look(e: Experiment, s: Scenario): View {
  const { outcome, trace } = runScenario(s), view = viewOf(outcome, trace);
  return e.explores === true ? { ...view, explored: exploreWhole(s) } : view;
}
const decided = (e: Experiment, edit: (s: Scenario) => Scenario, seed: number): { readonly views: readonly View[]; readonly holds: boolean } => {
  const views = e.variants.map((v) => look(e, scenarioOf(edit(v.story ?? e.story), v, seed)));
  return { views, holds: e.predicate(views) };
};

interface Answer {
  readonly id: string; readonly mail: string; readonly claim: string; readonly verdict: string; readonly because: string; readonly enumeration: boolean;
  readonly held: number; readonly failed: readonly number[];
  readonly controls: readonly { readonly change: string; readonly seeds: number; readonly flipped: number }[];
  readonly variants: readonly { readonly name: string; readonly figures: Readonly<Record<string, number>>; readonly explored: Explored | null; readonly run: { readonly story: string; readonly knobs: Readonly<Record<string, string | number>>; readonly seed: number; readonly hash: string } }[];
}
function evaluate(e: Experiment, asked: readonly number[], step: () => void): Answer {
  const failed: number[] = [], seeds = e.enumeration ? asked.slice(0, 1) : asked;
  let first: readonly View[] = [];
  for (const seed of seeds) {
    const { views, holds } = decided(e, (s) => s, seed);
    if (seed === seeds[0]) first = views;
    if (!holds) failed.push(seed);
    step();
  }
  const controls = e.controls.map((c) => {
    let flipped = 0;
    for (let seed = 1; seed <= c.seeds; seed++, step()) if (!decided(e, c.edit, seed).holds) flipped++;
    return { change: c.change, seeds: c.seeds, flipped };
  });
  return {
    id: e.id, mail: e.mail, claim: e.claim, verdict: e.verdict, because: e.because, enumeration: e.enumeration ?? false, held: seeds.length - failed.length, failed, controls,
    variants: e.variants.map((v, i) => ({ name: v.name, figures: e.figures(first[i]), explored: first[i].explored ?? null, run: { story: (v.story ?? e.story).id, knobs: v.knobs, seed: seeds[0], hash: first[i].outcome.hash } })),
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
    const seeds = seedsOf(args.value('seeds')), picked = chosen(args.positional, output), total = picked.reduce((n, e) => n + (e.enumeration ? 1 : seeds.length) + e.controls.reduce((s, c) => s + c.seeds, 0), 0);
    let done = 0;
    const answers = picked.map((e) => evaluate(e, seeds, () => output.progress(++done / total, e.id)));
    output.progress(1, '');
    output.print(output.json ? JSON.stringify(answers) : words(answers, seeds.length));
    return answers.every(asExpected) ? 0 : 1;
  },
};
