/** The two pages by their addresses: `#experiments` and `#experiments/ID` are the cards, anything else is the run. */
import { store } from './store.ts';

const CARDS = /^#experiments(?:\/([a-z0-9][a-z0-9._-]{0,63}))?$/;
/** The card that an address names; null = all of them; undefined = it is a run's address. */
export function cardOf(hash: string): string | null | undefined {
  const m = CARDS.exec(hash);
  return m === null ? undefined : (m[1] ?? null);
}
export const cardHash = (card: string | null): string => (card === null ? '#experiments' : `#experiments/${card}`);

/** The run's own address, while that of the cards is shown. */
let left = '';
export const hashOfRun = (): string => (cardOf(location.hash) === undefined ? location.hash : left);
/** An address without a fragment has no hash to be set to. */
export const addressOf = (hash: string): string => (hash === '' ? location.pathname + location.search : hash);

/** The run's own address is another now. @param push  with an entry of its own in the history */
export function writeAddress(hash: string, push: boolean): void {
  if (cardOf(location.hash) !== undefined) left = hash;
  else history[push ? 'pushState' : 'replaceState'](null, '', addressOf(hash));
  store.setState({ address: hash });
}

/** The address has changed from `before`. True: there is nothing more to do; false: it holds a run that is not on screen. */
export function follow(before: string): boolean {
  const from = cardOf(before), card = cardOf(location.hash);
  if (from === undefined) left = before;
  if (card !== undefined) {
    store.setState({ page: 'experiments', card, playing: false });
    return true;
  }
  if (from === undefined || location.hash !== left) return false;
  store.setState({ page: 'run' });
  return true;
}
export function showCards(card: string | null = null): void {
  const before = location.hash;
  if (before !== cardHash(card)) history.pushState(null, '', cardHash(card));
  follow(before);
}
export function showRun(): void {
  store.setState({ page: 'run' });
}
/** A run that is started from the cards is at its own address again. */
export function keepAddress(): void {
  store.subscribe((now, before) => {
    if (now.page === 'run' && before.page !== 'run' && cardOf(location.hash) !== undefined) history.pushState(null, '', addressOf(left));
  });
}
/** From the run to the cards and back. */
export function turnPage(): void {
  if (store.getState().page === 'run') showCards();
  else showRun();
}
