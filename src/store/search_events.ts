import { store } from './store.ts';

/** Opens the list of events and puts the focus into its search, which is there a moment later. */
export function searchEvents(): void {
  store.getState().setTab('Events');
  let tries = 0;
  const focus = (): void => {
    const field = document.getElementById('event-search');
    if (field !== null) field.focus();
    else if (++tries < 60) requestAnimationFrame(focus);
  };
  focus();
}
