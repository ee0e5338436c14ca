/** Which lanes are shown, and in what order: changed by hand, kept in links. */
import { store } from './store.ts';

/** `id` one place up (-1) or down (1) among `ids`; the same list where there is no such place. */
export function moved(ids: readonly string[], id: string, by: 1 | -1): readonly string[] {
  const at = ids.indexOf(id), to = at + by;
  if (at < 0 || to < 0 || to >= ids.length) return ids;
  return ids.with(at, ids[to]).with(to, id);
}
/** `ids`: the lanes as they stand. */
export const moveLane = (ids: readonly string[], id: string, by: 1 | -1): void => store.setState({ order: moved(ids, id, by) });
export function showLane(id: string, shown: boolean): void {
  store.setState(({ hidden }) => ({ hidden: shown ? hidden.filter((lane) => lane !== id) : [...hidden, id] }));
}
/** As the page opens: all of them, in their own order, open. */
export const resetLanes = (): void => store.setState({ hidden: [], order: [], collapsed: [] });
