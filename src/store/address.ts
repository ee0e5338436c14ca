/**
 * The address is the link of the run on screen, whoever started it: copied, it never gives another run. Where somebody stands in the run is written by Share,
 * and when the run is left for another story: Back leads there.
 */
import type { Scenario } from '../format/scenario.ts';
import { oneHog as first } from '../scenarios/one_hog.ts';
import { makeFragment, runFragment } from './fragment.ts';
import { hashOfRun, writeAddress } from './pages.ts';
import { startRun } from './run.ts';
import { partOf } from './sides.ts';
import { type AppState, store } from './store.ts';

/** The runs that the address holds; `b` may not have booted. */
interface Held {
  readonly a: Scenario;
  readonly b: Scenario | null;
  readonly story: Scenario;
}
let held: Held | null = null, written = '';
/** The run was asked for among the cards: its page has an entry of its own already. */
let entered = false;
/** Where somebody stood in the run that is left, as a link; '' = it could not be made. */
let leaving: Promise<string> = Promise.resolve('');
/** One after the other: each begins with the entry of the history that the one before it has left. */
let writing: Promise<void> = Promise.resolve();

const traceOf = (s: AppState, side: 'A' | 'B') => partOf(s, side)?.trace ?? null;
function onScreen(): Held {
  const s = store.getState(), b = s.compare === null ? null : partOf(s, 'B');
  return { a: (partOf(s, 'A') ?? s).scenario, b: b === null || b.trace === null ? null : b.scenario, story: s.story };
}
function write(fragment: string, push: boolean): void {
  written = fragment;
  writeAddress(fragment, push);
}
/** Not where somebody has gone to another entry of the history meanwhile. */
function rewrite(fragment: string): void {
  if (fragment !== '' && hashOfRun() === written) write(fragment, false);
}

/** The address is that of these runs now: of a link that is opened, or of work that a reload brings back. */
export function addressHolds(a: Scenario, b: Scenario | null, story: Scenario): void {
  held = { a, b, story };
  written = hashOfRun();
}
/** The address is that of the run on screen. */
export const whenWritten = (): Promise<void> => writing;
/** Where somebody stands is written into the address. */
export async function writePlace(): Promise<void> {
  await whenWritten();
  const now = onScreen();
  write(await makeFragment(), false);
  held = now;
}
/** What cannot be opened does not stay in the address of another run. */
export const restoreAddress = (): void => writeAddress(written, false);
/** An address without a link is the first story's. */
export function openPlain(): void {
  addressHolds(first, null, first);
  startRun(first, first);
}

/** Another run is on screen than the address holds: one of another story has an entry of its own in the history. */
async function commit(): Promise<void> {
  const before = held, now = (held = onScreen()), push = before !== null && now.story !== before.story && !entered;
  entered = false;
  if (push) rewrite(await leaving);
  write('', push); // the old link goes, whatever becomes of the new one
  if (now.a === first && now.b === null) return;
  const fragment = await runFragment(now.a, now.b, now.story.id).catch(() => '');
  if (held === now) rewrite(fragment);
}
/** Another story has been asked for: the link to where one stands is made while that is still on screen. */
function leave(before: AppState): void {
  entered = store.getState().page !== 'run';
  leaving = entered || traceOf(before, 'A') === null ? Promise.resolve('') : makeFragment(before).catch(() => '');
}
function changed(now: AppState, before: AppState): void {
  if (now.story !== before.story && held?.story !== now.story) leave(before);
  const newA = traceOf(now, 'A') !== traceOf(before, 'A'), b = traceOf(now, 'B'), newB = b !== null && b !== traceOf(before, 'B'), refused = before.running && !now.running, left = before.compare !== null && now.compare === null && !newA;
  if (!newA && !newB && !left && !refused) return;
  const runs = onScreen(), sameA = held?.a === runs.a;
  if (!sameA || ((newB || left) && held?.b !== runs.b)) writing = writing.then(commit);
}
/** From now on. */
export function keepLink(): void {
  if (held === null) written = hashOfRun();
  store.subscribe(changed);
  const runs = onScreen();
  if (traceOf(store.getState(), 'A') !== null && held?.a !== runs.a && !(written === '' && runs.a === first && runs.b === null)) writing = writing.then(commit);
}
