/** What a card opens: runs of its variants, at the address of the link that holds them, so that Back leads to the cards again. */
import { scenarioOf, type Tried } from '../experiments/evaluate.ts';
import type { Experiment } from '../experiments/experiment.ts';
import type { Scenario } from '../format/scenario.ts';
import { goToFirstDifference } from './compare.ts';
import { runFragment } from './fragment.ts';
import { lookAt } from './look.ts';
import { openAddress } from './open.ts';
import type { Wish } from './run.ts';
import { scheduleWish } from './schedule.ts';
import { partOf } from './sides.ts';
import { type AppState, store, timeOf } from './store.ts';

async function open(scenario: Scenario, compared: Scenario | null, cursor: { readonly event: number; readonly timeNs: number } | null = null, where: Wish | null = null): Promise<void> {
  const fragment = await runFragment(scenario, compared, scenario.id, cursor);
  history.pushState(null, '', fragment);
  await openAddress(where);
  if (where === null) leadOn(fragment, compared !== null);
}
/** Two that differ as they boot part somewhere in the first moments: that is nothing to look at. */
const BOOT_NS = 1e6;
/** Goes to what is to be seen, once it is known: where two runs part, or else the first kill. true = it has gone, or there is nothing. */
function led({ trace, running, phase, compare }: AppState, two: boolean): boolean {
  const b = compare?.other, first = compare?.first ?? null;
  if (two && first !== null && timeOf(trace, first) > BOOT_NS) {
    goToFirstDifference();
    return true;
  }
  if (trace === null || running || phase.kind !== 'ended' || (two && (b === undefined || b.trace === null || b.running))) return phase.kind === 'failed' || phase.kind === 'stopped';
  const { kills, userKills } = trace.series.marks, [kill] = [kills, userKills].filter((k) => k.length > 0);
  if (kill !== undefined) lookAt(kill.row.data[0] + 1);
  return true;
}
/** Whoever steps or plays before that, or opens something else, is left alone. */
function leadOn(fragment: string, two: boolean): void {
  const { draft } = store.getState();
  let booted = false, due = false;
  const look = (): void => {
    const now = store.getState();
    due = false;
    booted ||= partOf(now, 'A')?.scenario === draft;
    if (location.hash !== fragment || (booted && (now.cursor > 0 || now.playing)) || (booted && led(now, two))) stop();
  };
  // what follows from a change is set a moment after it
  const stop = store.subscribe(() => {
    if (!due) queueMicrotask(look);
    due = true;
  });
}
const claim = (seed: number) => ({ control: null, seed });

/** Two variants side by side; the first alone where `b` is it. By their index. */
export function showVariants(e: Experiment, b: number, seed: number): Promise<void> {
  const [first] = e.variants, other = e.variants[b];
  return open(scenarioOf(e, first, claim(seed)), other === first ? null : scenarioOf(e, other, claim(seed)));
}
/** The first variant, and beside it the same without the cause that a control removes. */
export function breakIt(e: Experiment, control: number, seed: number): Promise<void> {
  const [first] = e.variants;
  return open(scenarioOf(e, first, claim(seed)), scenarioOf(e, first, { control, seed }));
}
/** The bad schedule that was found of a variant, as a run that stands where it is bad. */
export async function showSchedule(e: Experiment, variant: number, tried: Tried): Promise<void> {
  const bad = tried.explored[variant]?.bad, scenario = scenarioOf(e, e.variants[variant], tried);
  if (bad) await open({ ...scenario, choices: bad.choices }, null, { event: bad.event, timeNs: bad.timeNs }, scheduleWish(scenario, bad.event));
}
