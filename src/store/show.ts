/** What a card opens: runs of its variants, at the address of the link that holds them, so that Back leads to the cards again. */
import { scenarioOf, type Tried } from '../experiments/evaluate.ts';
import type { Experiment } from '../experiments/experiment.ts';
import type { Scenario } from '../format/scenario.ts';
import { openAddress } from './open.ts';
import { store } from './store.ts';
import { allStories } from './stories.ts';

async function open(scenario: Scenario, compared: Scenario | null, cursor: { readonly event: number; readonly timeNs: number } | null = null): Promise<void> {
  const [{ encodeLink }, stories] = await Promise.all([import('../share/link.ts'), allStories()]), story = stories.find((s) => s.id === scenario.id);
  const fragment = await encodeLink({
    scenario, story: story?.id ?? null, cursor, view: null, notes: [], compared, beside: null, engine: store.getState().catalog?.engine ?? '', stateHash: '',
  }, stories);
  history.pushState(null, '', fragment);
  await openAddress();
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
  const bad = tried.explored[variant]?.bad;
  if (bad) await open({ ...scenarioOf(e, e.variants[variant], tried), choices: bad.choices }, null, { event: bad.event, timeNs: bad.timeNs });
}
