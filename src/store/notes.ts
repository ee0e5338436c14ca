/** Marks that a person sets at events of the run. */
import { store } from './store.ts';

/** Opens the field for the note at the cursor; what stands in it is kept by note_texts.ts. */
export function addNote(): void {
  const { trace, openDialog } = store.getState();
  if (trace === null) return;
  store.setState({ playing: false });
  openDialog('note');
}
