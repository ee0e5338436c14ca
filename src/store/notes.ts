/** Marks that a person sets at events of the run. */
import { store, timeOf } from './store.ts';

/** Sets a note at the cursor, or takes it away if one stands there. */
export function addNote(): void {
  const { trace, cursor, notes } = store.getState();
  if (trace === null) return;
  const others = notes.filter((n) => n.event !== cursor);
  if (others.length < notes.length) store.setState({ notes: others });
  else store.setState({ notes: [...others, { event: cursor, timeNs: timeOf(trace, cursor), text: `note ${notes.length + 1}` }].sort((a, b) => a.event - b.event) });
}
