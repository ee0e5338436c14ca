/** Keys of the page. They act only where no text field or list has the focus, and where nobody nearer has used them; a row of tabs keeps the arrows and Space for itself. */
import { switchSide, toggleCompare } from '../store/compare.ts';
import { togglePlay } from '../store/playback.ts';
import { addNote } from '../store/notes.ts';
import { findOccurrence, stepCall, stepEvent, stepInto, stepJiffy, stepOut, stepStation } from '../store/stepping.ts';
import { searchEvents } from '../store/search_events.ts';
import { turnPage } from '../store/pages.ts';
import { store } from '../store/store.ts';
import { typeAhead } from '../store/typed.ts';

const OWN_KEYS = 'input, textarea, select, [contenteditable], [role="listbox"], [role="combobox"], dialog';
/** Where Space presses what has the focus. */
const PRESSED = 'button, a, summary, [role="button"], [role="checkbox"], [role="tab"]';
const ARROWS_OWN = '[role="slider"], [role="tab"], [role="tabpanel"], .events, .story';

const letters: Readonly<Record<string, () => void>> = {
  '.': () => stepEvent(1), ',': () => stepEvent(-1), '>': () => stepCall(1), '<': () => stepCall(-1), n: () => findOccurrence(1), p: () => findOccurrence(-1), o: () => stepStation(1), O: () => stepStation(-1),
  i: () => stepInto(1), I: () => stepInto(-1), u: () => stepOut(1), U: () => stepOut(-1), j: () => stepJiffy(1), J: () => stepJiffy(-1),
  w: () => store.getState().zoom(1 / 1.5), s: () => store.getState().zoom(1.5), a: () => store.getState().pan(-0.2), d: () => store.getState().pan(0.2),
  f: () => store.getState().fit(), m: addNote, c: toggleCompare, x: switchSide, e: turnPage, l: () => store.getState().openDialog('lanes'), g: () => store.getState().openDialog('goto'), '/': searchEvents, '?': () => store.getState().openDialog('help'),
};
const arrows: Readonly<Record<string, () => void>> = {
  ArrowUp: () => store.getState().zoom(1 / 1.5), ArrowDown: () => store.getState().zoom(1.5), ArrowLeft: () => store.getState().pan(-0.2), ArrowRight: () => store.getState().pan(0.2),
};

/** Letters that go the other way with Shift. */
const BOTH_WAYS = 'oiuj';
/** What a key would do; undefined = nothing of ours. Shift with `.` or `,` is told by the sign or, on other keyboards, by the key's own place. */
export function actionOf(e: Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey'>, target: Pick<Element, 'closest'> | null): (() => void) | undefined {
  if (target?.closest(OWN_KEYS)) return undefined;
  if (e.key === ' ') return target?.closest(PRESSED) ? undefined : togglePlay;
  if (e.key in arrows) return target?.closest(ARROWS_OWN) ? undefined : arrows[e.key];
  if (e.shiftKey && (e.key === '.' || e.code === 'Period')) return letters['>'];
  if (e.shiftKey && (e.key === ',' || e.code === 'Comma')) return letters['<'];
  const key = e.key.length !== 1 ? e.key : e.shiftKey && BOTH_WAYS.includes(e.key.toLowerCase()) ? e.key.toUpperCase() : e.key.toLowerCase();
  return Object.hasOwn(letters, key) ? letters[key] : undefined;
}

/** Where the cards are shown there is no run to step through: of the keys these are left. */
const ANYWHERE: readonly (() => void)[] = [letters['e'], letters['?']];
/** The field that `/` goes to among the cards. */
const findCard = (): void => document.querySelector<HTMLInputElement>('#find-card')?.focus();

/**
 * A list that the mouse has chosen from gives the keys back: the next letter would choose again, by its first letter, and start another story's run, where a step was meant. Who chose
 * by keys stays there. While its choices stand open every key is the browser's, Ctrl+K too: it tells the page of none of them.
 */
function leaveChosenList(): () => void {
  let pressed: EventTarget | null = null;
  const onPress = (e: PointerEvent): void => { pressed = e.target; };
  const onKey = (): void => { pressed = null; };
  const onChange = ({ target }: Event): void => { if (target === pressed && target instanceof HTMLSelectElement) target.blur(); };
  window.addEventListener('pointerdown', onPress, true);
  window.addEventListener('keydown', onKey, true);
  window.addEventListener('change', onChange);
  return () => {
    window.removeEventListener('pointerdown', onPress, true);
    window.removeEventListener('keydown', onKey, true);
    window.removeEventListener('change', onChange);
  };
}

/**
 * So does a button that the mouse has pressed: Space would press it again, where play was meant. In a panel that is walked by keys the panel has the focus then. A tab keeps it, and what has
 * opened a dialog gets it back when that is closed. `detail` is 0 where a key has pressed.
 */
function leavePressedButton(): () => void {
  const onClick = ({ detail, target }: MouseEvent): void => {
    const button = target instanceof Element ? target.closest('button') : null;
    if (detail === 0 || button === null || button !== document.activeElement || button.closest('dialog, [role="tablist"]') !== null || store.getState().dialog !== null) return;
    const panel = button.closest<HTMLElement>('.events, [role="tabpanel"]');
    if (panel === null) button.blur();
    else panel.focus({ preventScroll: true });
  };
  window.addEventListener('click', onClick);
  return () => { window.removeEventListener('click', onClick); };
}

export function listenToKeys(): () => void {
  const onKey = (e: KeyboardEvent): void => {
    if (e.defaultPrevented || e.isComposing) return;
    if ((e.ctrlKey || e.metaKey) && !e.altKey && e.key.toLowerCase() === 'k') {
      e.preventDefault();
      store.getState().openDialog('palette');
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (typeAhead(e.key, document.querySelector('dialog[open]') !== null)) e.preventDefault();
    if (e.defaultPrevented || store.getState().dialog !== null) return;
    const found = actionOf(e, e.target instanceof Element ? e.target : null), act = store.getState().page === 'experiments' && found === searchEvents ? findCard : found;
    if (act === undefined || (store.getState().page === 'experiments' && act !== findCard && !ANYWHERE.includes(act))) return;
    e.preventDefault();
    act();
  };
  const stops = [leaveChosenList(), leavePressedButton()];
  window.addEventListener('keydown', onKey);
  return () => {
    for (const stop of stops) stop();
    window.removeEventListener('keydown', onKey);
  };
}
