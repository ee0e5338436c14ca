import { store } from './store.ts';
import { awaitSearch } from './typed.ts';

/** Opens the list of events and puts the focus into its search, which may be there only a moment later. */
export function searchEvents(): void {
  store.getState().setTab('Events');
  const field = document.getElementById('event-search');
  if (field === null) awaitSearch();
  else field.focus();
}
