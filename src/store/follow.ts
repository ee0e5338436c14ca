/** Following one callback or object: from station to station of its way. */
import { objectOf, objectPath, type ObjectRef, stationFrom } from '../analysis/object_path.ts';
import type { Trace } from '../analysis/trace.ts';
import { type AppState, store } from './store.ts';

/** What is followed, or else what the event at the cursor is about; null = nothing. What this run does not have is not followed in it. */
export function objectAtCursor({ trace, cursor, followed }: Pick<AppState, 'cursor' | 'followed'> & { readonly trace: Trace }): ObjectRef | null {
  return followed !== null && objectPath(trace, followed) !== null ? followed : objectOf(trace, cursor);
}
/** Follows it, and shows its way; null = nothing any more. */
export function follow(followed: ObjectRef | null): void {
  store.setState(followed === null ? { followed } : { followed, tab: 'Path' });
}
/** To the next station of the object, or the one before. */
export function stepStation(direction: 1 | -1): void {
  const { trace, cursor, followed, setCursor } = store.getState();
  if (trace === null) return;
  const ref = objectAtCursor({ trace, cursor, followed }), path = ref === null ? null : objectPath(trace, ref), to = path === null ? null : stationFrom(path, cursor, direction);
  if (ref === null) return;
  store.setState({ playing: false, followed: ref, tab: 'Path' });
  if (to !== null) setCursor(to.event);
}
