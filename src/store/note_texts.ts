/** What notes say. Apart from opening the field for one (notes.ts): that is all a key needs at first. */
import { type Note, store, timeOf } from './store.ts';

/** Longer ones would not stand beside their mark. */
export const NOTE_CHARS = 80;

export const noteAt = (notes: readonly Note[], event: number): Note | undefined => notes.find((n) => n.event === event);
/** A new note without words is called by its number; an old one is taken away. */
export function keepNote(event: number, text: string): void {
  const { trace, notes } = store.getState(), old = noteAt(notes, event), words = text.trim().slice(0, NOTE_CHARS), others = notes.filter((n) => n !== old);
  if (words === '' && old !== undefined) store.setState({ notes: others });
  else store.setState({ notes: [...others, { event, timeNs: old?.timeNs ?? timeOf(trace, event), text: words || `note ${notes.length + 1}` }].sort((a, b) => a.event - b.event) });
}
