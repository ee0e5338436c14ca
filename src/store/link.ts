/** Links: the run on screen and where we stand in it, as an address; and back, with a word if it is no longer what it was. */
import type { Trace } from '../analysis/trace.ts';
import type { Scenario } from '../format/scenario.ts';
import type { LinkProblem, OpenedLink, Trouble } from '../share/link.ts';
import { addressHolds, writePlace } from './address.ts';
import { reopenCompare } from './compare.ts';
import { NOTE_CHARS } from './note_texts.ts';
import { startRun, type Wish } from './run.ts';
import { patched } from './sides.ts';
import { stateHash } from './state_hash.ts';
import { type Notice, store, type Tab, TABS, timeOf } from './store.ts';
import { seconds } from './status.ts';
import { allStories } from './stories.ts';

/** Writes the link of what is on screen into the address bar, and gives the whole address. */
export async function share(): Promise<string> {
  await writePlace();
  return location.href;
}

const tabOf = (name: string): Tab => TABS.find((tab) => tab === name) ?? 'State';

/** What a link says of one of its runs. */
type Told = Pick<OpenedLink, 'cursor' | 'engine' | 'stateHash' | 'storyChanged'>;
/** What is no longer as the link says; null = all of it. */
export function changesSince(link: Told, now: { readonly engine: string; readonly hash: string; readonly rows: number; readonly timeNs: number }): Notice | null {
  const event = link.cursor?.event ?? 0;
  if (link.stateHash === '' || (link.stateHash === now.hash && event <= now.rows)) {
    return link.storyChanged ? { kind: 'warning', title: 'The story has been rewritten since this link was made.', text: 'The machine at the cursor is the same.' } : null;
  }
  const made = link.engine === now.engine ? `Both were made by engine ${now.engine}` : `The link was made with engine ${link.engine || 'unknown'}, this is ${now.engine}`;
  const place = event > now.rows ? `event ${event} does not come: this run has ${now.rows} events` : `event ${event} came at ${seconds(link.cursor?.timeNs ?? 0, 6)} s, now at ${seconds(now.timeNs, 6)} s`;
  const title = link.storyChanged ? 'The story and the model have changed since this link was made.' : 'The model has changed since this link was made.';
  return { kind: 'warning', title, text: `${made}; ${place}. The machine there is not the one that the link shows (check ${link.stateHash}, now ${now.hash}).` };
}

function tellChanges(told: Told, trace: Trace, which: string): void {
  const event = Math.min(told.cursor?.event ?? 0, trace.rows);
  const notice = changesSince(told, { engine: store.getState().catalog?.engine ?? '', hash: stateHash(trace.stateAt(event - 1)), rows: trace.rows, timeNs: timeOf(trace, event) });
  // what is said of A stays
  if (notice !== null && (which === '' || store.getState().notice === null)) store.setState({ notice: which === '' ? notice : { ...notice, title: `${which}: ${notice.title}` } });
}
function arrived(link: OpenedLink, trace: Trace): void {
  // in a comparison the other run may be shown by now
  const patch = { notes: link.notes.map((n) => ({ ...n, text: n.text.slice(0, NOTE_CHARS) })), selectedTask: link.view?.task ?? null };
  // a link that says nothing of the view leaves the lanes as they stand
  store.setState((s) => ({ ...patched(s, 'A', patch), ...(link.view === null ? {} : { collapsed: link.view.collapsed, hidden: link.view.hidden, order: link.view.order }) }));
  tellChanges(link, trace, '');
}
/** The second run of a link, beside the first as soon as that one has booted. */
function openSecond(link: OpenedLink, compared: Scenario): () => void {
  const { beside } = link, placed = beside && { ...beside, a: link.cursor?.event ?? 0, b: beside.event };
  return reopenCompare(compared, placed, (trace) => {
    if (beside !== null) tellChanges({ engine: link.engine, cursor: beside, stateHash: beside.stateHash, storyChanged: false }, trace, 'Run B');
  });
}

/** What has become of the link, and what to do about it, before the place and the expectation. */
const TROUBLE: Readonly<Record<Trouble, string>> = {
  cut: 'The link is cut: copy it again from where it came', altered: 'The link was altered: copy it again from where it came', newer: 'The link was made by a newer oomscope', none: 'This is no link of oomscope',
};
export const linkProblemLine = ({ trouble, line, column, message }: LinkProblem): string => `${TROUBLE[trouble]}. link:${line}:${column}: ${message}`;

/**
 * Runs what the link holds and goes where it points; or says in one line why not, and changes nothing.
 * @param where  to stand elsewhere than the link says
 */
export async function openLink(fragment: string, where: Wish | null = null): Promise<string | null> {
  const [{ decodeLink }, stories] = await Promise.all([import('../share/link.ts'), allStories()]);
  const opened = await decodeLink(fragment, stories);
  if (!opened.ok) return linkProblemLine(opened.problem);
  const link = opened.value, story = stories.find((s) => s.id === link.story) ?? link.scenario;
  let isThere = (): void => {};
  if (fragment === location.hash) addressHolds(link.scenario, link.compared, story);
  startRun(link.scenario, story, {
    event: link.cursor?.event ?? 0, view: link.view, tab: tabOf(link.view?.tab ?? 'State'), ...where,
    booted: () => { if (link.compared !== null) isThere = openSecond(link, link.compared); },
    arrived: (trace) => { arrived(link, trace); isThere(); },
  });
  return null;
}
