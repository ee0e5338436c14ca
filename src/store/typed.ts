/** What is typed between the key that opens a field and the field, which is there a moment later: the field begins with it. */
import { store } from './store.ts';

/** Dialogs that are opened by a key to be typed into. */
const TYPED_INTO: readonly (string | null)[] = ['goto', 'note', 'palette'];
let text = '', searches = false;
function forget(): void {
  text = '';
  searches = false;
}

/** The search of the Events tab has been asked for, and is not there yet. */
export function awaitSearch(): void {
  searches = true;
}
/** Called by the search as it comes. @returns whether it was asked for: then it takes the focus */
export function isAwaited(): boolean {
  const was = searches;
  searches = false;
  return was;
}
/** A key that nobody has taken. @param shown  a dialog is on the page, and has the focus. true: it is for the field to come */
export function typeAhead(key: string, shown: boolean): boolean {
  const { dialog, tab } = store.getState(), waits = dialog === null ? searches && tab === 'Events' : !shown && TYPED_INTO.includes(dialog);
  if (searches && tab !== 'Events') forget(); // another tab has been opened meanwhile
  if (!waits) return false;
  if (key === 'Escape') {
    forget();
    store.getState().openDialog(null);
  } else if (key === 'Backspace') text = text.slice(0, -1);
  else if (key.length === 1) text += key;
  else return false;
  return true;
}
/** Called by the field as it comes. */
export function takeTyped(): string {
  const typed = text;
  text = '';
  return typed;
}
