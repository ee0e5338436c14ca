/** What is typed between the key that opens a dialog and the field in it, which is there a moment later: the field begins with it. */
import { store } from './store.ts';

/** Dialogs that are opened by a key to be typed into. */
const TYPED_INTO: readonly (string | null)[] = ['goto', 'palette'];
let text = '';

/** A key that nobody has taken. @param shown  the dialog is on the page, and has the focus. true: it is for the field to come */
export function typeAhead(key: string, shown: boolean): boolean {
  if (shown || !TYPED_INTO.includes(store.getState().dialog)) return false;
  if (key === 'Escape') {
    text = '';
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
