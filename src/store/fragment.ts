/** What stands in the address: the link of what is on screen, or of a run from its start. */
import type { Trace } from '../analysis/trace.ts';
import type { Scenario } from '../format/scenario.ts';
import type { LinkBeside, LinkContent } from '../share/link.ts';
import { type Compare, partOf, type RunPart } from './sides.ts';
import { stateHash } from './state_hash.ts';
import { type AppState, store, timeOf } from './store.ts';
import { allStories } from './stories.ts';

type Told = Omit<LinkContent, 'story' | 'engine'>;
async function encode(told: Told, id: string): Promise<string> {
  const [{ encodeLink }, stories] = await Promise.all([import('../share/link.ts'), allStories()]);
  return encodeLink({ ...told, story: stories.some((known) => known.id === id) ? id : null, engine: store.getState().catalog?.engine ?? '' }, stories);
}
const besideOf = ({ trace, cursor, compare: { shown, lead, align } }: RunPart & { readonly trace: Trace; readonly compare: Compare }): LinkBeside =>
  ({ shown, lead, align, event: cursor, timeNs: timeOf(trace, cursor), stateHash: stateHash(trace.stateAt(cursor - 1)) });

/** The fragment for what is on screen, `#` and all: as it is at the call. */
export function makeFragment(s: AppState = store.getState()): Promise<string> {
  const { view, compare } = s, { scenario, trace, cursor, selectedTask, notes } = partOf(s, 'A') ?? s, b = compare === null ? null : partOf(s, 'B');
  const second = compare === null || b === null || b.trace === null ? null : { ...b, trace: b.trace, compare };
  return encode({
    scenario, cursor: { event: cursor, timeNs: timeOf(trace, cursor) },
    view: { fromNs: view.fromNs, toNs: view.toNs, tab: s.tab, task: selectedTask, collapsed: s.collapsed, hidden: s.hidden, order: s.order },
    notes, compared: second?.scenario ?? null, beside: second && besideOf(second), stateHash: trace === null ? '' : stateHash(trace.stateAt(cursor - 1)),
  }, s.story.id);
}
/** The fragment for a run, and another beside it, from the start or from an event on. */
export const runFragment = (scenario: Scenario, compared: Scenario | null, story: string, cursor: LinkContent['cursor'] = null): Promise<string> =>
  encode({ scenario, cursor, view: null, notes: [], compared, beside: null, stateHash: '' }, story);
