/** What the page shows when it opens: the cards, the work of before a reload, the link in the address, or the first story. */
import { oneHog as first } from '../scenarios/one_hog.ts';
import { reopenCompare } from './compare.ts';
import { startRun, type Wish } from './run.ts';
import { addressOf, cardOf, follow, hashOfRun, keepAddress, showRun } from './pages.ts';
import type { Work } from './session.ts';
import { store } from './store.ts';
import { allStories } from './stories.ts';

const address = (): Promise<typeof import('./address.ts')> => import('./address.ts');

/** Opens the link in the address; false: it holds none. @param where  to stand elsewhere than it says */
export async function openAddress(where: Wish | null = null): Promise<boolean> {
  if (!location.hash.startsWith('#s=')) return false;
  const { openLink } = await import('./link.ts');
  const problem = await openLink(location.hash, where);
  if (problem === null) return true;
  if (store.getState().trace === null) startRun(first, first);
  else (await address()).restoreAddress();
  store.setState({ notice: { kind: 'error', title: 'This link cannot be opened', text: `${problem}. ${store.getState().trace === null ? 'The first story runs instead.' : 'The run on screen is unchanged.'}` } });
  return true;
}
function resume(work: Work): void {
  const story = store.getState().stories.find((s) => s.id === work.story) ?? work.scenario;
  // unedited, it is the story itself, whatever it has become since
  const { compared, placed, hidden, order } = work;
  store.setState({ hidden, order });
  let isThere = (): void => {};
  startRun(work.edited ? work.scenario : story, story, {
    event: work.cursor, view: work.view, tab: work.tab, arrived: () => isThere(),
    booted: () => { if (compared !== null) isThere = reopenCompare(compared, placed, () => {}); },
  });
  if (work.edited) store.setState({ notice: { kind: 'info', title: 'Your last run is back', text: `${story.title}, with your changes. Reset, below the knobs, brings the story as it is written.` } });
}

/** Begins with the work that was kept; without it, with what the address holds. */
async function begin(work: Work | null): Promise<void> {
  if (work !== null) {
    resume(work);
    if (hashOfRun() !== work.hash) history.replaceState(null, '', addressOf(work.hash));
    const { draft, story } = store.getState();
    // it has been written for this very run, and may say where Share stood
    if (work.hash.startsWith('#s=')) (await address()).addressHolds(draft, work.compared, story);
  } else if (!(await openAddress())) startRun(first, first);
}
/** The cards need no run: one is begun when the run is asked for, unless another has been by then. */
function beginLater(work: Work | null): void {
  const stop = store.subscribe((now) => {
    if (now.page !== 'run') return;
    stop();
    if (now.phase.kind === 'idle') void begin(work);
  });
}

/** The other stories, once something has been drawn. */
function storiesLater(): void {
  const stop = store.subscribe((now) => {
    if (now.version === 0 && now.phase.kind !== 'failed') return;
    stop();
    void allStories();
  });
}

/** What a reload needs is no part of the first picture: a tab that is new has nothing kept. */
const session = (): Promise<typeof import('./session.ts')> => import('./session.ts');

/** The address of an open page has become another: a run that is not on screen. */
async function openNext(): Promise<void> {
  if (!(await openAddress()) && location.hash === '') (await address()).openPlain();
  showRun();
}

export async function openPage(): Promise<void> {
  keepAddress();
  storiesLater();
  window.addEventListener('hashchange', (e) => {
    const before = new URL(e.oldURL).hash;
    if (before !== location.hash && !follow(before)) void openNext();
  });
  const plain = location.hash === '' && sessionStorage.length === 0;
  const work = plain ? null : await session().then((m) => m.keptWork());
  if (cardOf(location.hash) === undefined) await begin(work);
  else {
    follow(location.hash);
    beginLater(work);
  }
  void session().then((m) => m.keepWork());
  void address().then((m) => m.keepLink());
}
