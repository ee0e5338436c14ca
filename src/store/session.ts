/** Work in progress survives a reload: what is run, and where we stand in it, kept for this tab. Never the trace: it is run again. */
import { ALIGNMENTS } from '../analysis/compare.ts';
import type { Scenario } from '../format/scenario.ts';
import type { Placed } from './compare.ts';
import { cardOf, hashOfRun } from './pages.ts';
import { partOf, type Side } from './sides.ts';
import { store, type Tab, TABS } from './store.ts';
import { allStories } from './stories.ts';
import type { View } from './view.ts';

const KEY = 'oomscope.work';
const SAVE_AFTER_MS = 400;

export interface Work {
  readonly scenario: Scenario;
  readonly story: string;
  /** The scenario is not the story as it is written. */
  readonly edited: boolean;
  readonly cursor: number;
  readonly view: View | null;
  readonly tab: Tab;
  /** Lanes that are not shown, and the order of all of them. */
  readonly hidden: readonly string[];
  readonly order: readonly string[];
  /** The second run of a comparison, and how the two stood; null = there was none. */
  readonly compared: Scenario | null;
  readonly placed: Placed | null;
  /** The run's address when it was kept: a link opened since then is newer work. */
  readonly hash: string;
}

function save(): void {
  const state = store.getState(), { story, view, fitted, tab, hidden, order, compare } = state, { scenario, cursor } = partOf(state, 'A') ?? state, b = compare === null ? null : partOf(state, 'B');
  const second = compare === null || b === null || b.trace === null ? null : { scenario: b.scenario, placed: { a: cursor, b: b.cursor, shown: compare.shown, lead: compare.lead, align: compare.align } };
  const work: Work = {
    scenario, story: story.id, edited: scenario !== story, cursor, view: fitted ? null : view, tab, hidden, order, hash: hashOfRun(), compared: second?.scenario ?? null, placed: second?.placed ?? null,
  };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(work));
  } catch {
    // no room, or storage is switched off: then it does not survive, and nothing else is lost
  }
}

/** Keeps the work from now on, a little after each change. */
export function keepWork(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  store.subscribe((now, before) => {
    if (now.scenario === before.scenario && now.address === before.address && now.cursor === before.cursor && now.compare === before.compare && now.view === before.view && now.tab === before.tab && now.hidden === before.hidden && now.order === before.order) return;
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  });
  window.addEventListener('pagehide', () => { if (store.getState().trace !== null) save(); });
}

const whole = (x: unknown): number => (typeof x === 'number' && Number.isSafeInteger(x) && x >= 0 ? x : 0);
function viewOf(x: unknown): View | null {
  if (typeof x !== 'object' || x === null || !('fromNs' in x) || !('toNs' in x)) return null;
  const { fromNs, toNs } = x;
  return typeof fromNs === 'number' && typeof toNs === 'number' && Number.isFinite(fromNs) && fromNs < toNs ? { fromNs, toNs } : null;
}

const namesOf = (x: unknown): readonly string[] => (Array.isArray(x) ? x.filter((name) => typeof name === 'string') : []);
function placedOf(x: unknown): Placed | null {
  if (typeof x !== 'object' || x === null) return null;
  const kept: Partial<Record<string, unknown>> = { ...x }, side = (name: string): Side => (kept[name] === 'B' ? 'B' : 'A');
  return { a: whole(kept['a']), b: whole(kept['b']), shown: side('shown'), lead: side('lead'), align: ALIGNMENTS.find((how) => how === kept['align']) ?? 'divergence' };
}

/** The work that was kept, if it is whole and belongs to this address; the cards' address belongs to any. What was written by another version is left aside. */
export async function keptWork(): Promise<Work | null> {
  let kept: unknown;
  try {
    kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
  } catch {
    return null;
  }
  if (typeof kept !== 'object' || kept === null || !('scenario' in kept) || !('hash' in kept) || typeof kept.hash !== 'string' || (kept.hash !== location.hash && cardOf(location.hash) === undefined)) return null;
  const fields: Partial<Record<string, unknown>> = { ...kept };
  const [{ validateScenario }, stories] = await Promise.all([import('../format/scenario_schema.ts'), allStories()]);
  const scenario = validateScenario(kept.scenario);
  if (!scenario.ok) return null;
  const story = stories.find((s) => s.id === fields['story'])?.id ?? '', second = validateScenario(fields['compared']);
  return {
    scenario: scenario.value, story, edited: story === '' || fields['edited'] !== false, cursor: whole(fields['cursor']), view: viewOf(fields['view']), tab: TABS.find((t) => t === fields['tab']) ?? 'State', hidden: namesOf(fields['hidden']), order: namesOf(fields['order']), hash: kept.hash,
    compared: second.ok ? second.value : null, placed: placedOf(fields['placed']),
  };
}
