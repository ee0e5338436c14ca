/**
 * Rings of waits at an event, from what the rows say: who queues for what, who holds it, and who has kept losing a trylock against the
 * hold of that moment. The machine's own graph, told when a run ends, also knows queued writers and completions, which leave no rows.
 */
import { stuckRings } from '../base/rings.ts';
import { LOCK_CELLS, type MachineState, TASK_CELLS } from '../format/state.ts';
import type { LockTrack } from './lock_tracks.ts';
import { lowerBound } from './pyramid.ts';
import type { ToldRing } from './ring_words.ts';
import type { Trace } from './trace.ts';

/** Misses in a row that make a loop, and by how much its next try may be late, as the machine's graph has it. */
const RETRY_ROUNDS = 8, SLACK_NS = 100e6;
const RINGS = 32;

export interface Wait { readonly task: number; readonly lock: number; readonly blocking: boolean }

/** Spans of a lock's holders after `event` rows, the latest first: indices into `holds`. */
function holdsAt(t: LockTrack | undefined, holders: number, event: number): number[] {
  const found: number[] = [];
  if (t === undefined) return found;
  for (let i = lowerBound(t.holds.from.data, event, 0, t.holds.length) - 1; i >= 0 && found.length < holders; i--) if (t.holds.coversEvent(i, event)) found.push(i);
  return found;
}
/** Who keeps trying for a lock that is held since row `fromRow`. */
function retriersAt(trace: Trace, t: LockTrack, fromRow: number, event: number): number[] {
  const seen = new Map<number, { count: number; first: number; last: number }>(), { row, a } = t.misses, nowNs = trace.timeOfEvent(event);
  for (let i = t.misses.countAt(event) - 1; i >= 0 && row.data[i] > fromRow; i--) {
    const s = seen.get(a.data[i]);
    if (s === undefined) seen.set(a.data[i], { count: 1, first: row.data[i], last: row.data[i] });
    else { s.count++; s.first = row.data[i]; }
  }
  return [...seen].filter(([, s]) => {
    if (s.count < RETRY_ROUNDS) return false;
    const lastNs = trace.timeAt(s.last), pace = (lastNs - trace.timeAt(s.first)) / (s.count - 1);
    return nowNs - lastNs <= SLACK_NS + 2 * pace;
  }).map(([task]) => task);
}
/** Everybody who waits for a lock after `event` rows, queued or trying. */
export function waitsAt(trace: Trace, state: MachineState, event: number): Wait[] {
  const waits: Wait[] = [];
  for (let task = 0; task * TASK_CELLS.size < state.tasks.length; task++) {
    const lock = state.tasks[task * TASK_CELLS.size + TASK_CELLS.waitsFor];
    if (lock >= 0) waits.push({ task, lock, blocking: true });
  }
  trace.series.locks.list.forEach((t, lock) => {
    const [hold] = t.misses.length > 0 ? holdsAt(t, holdersOf(state, lock), event) : [];
    if (hold === undefined) return;
    for (const task of retriersAt(trace, t, t.holds.from.data[hold], event)) if (!waits.some((w) => w.task === task && w.lock === lock)) waits.push({ task, lock, blocking: false });
  });
  return waits;
}
const holdersOf = (state: MachineState, lock: number): number => state.locks[lock * LOCK_CELLS.size + LOCK_CELLS.holders] ?? 0;

/** Rings among these waits, each from its first task on. */
export function ringsAt(trace: Trace, state: MachineState, event: number, waits: readonly Wait[]): ToldRing[] {
  const { tables } = trace, tasks = tables.tasks.length, next: number[][] = Array.from({ length: tasks + tables.locks.length }, () => []);
  for (const w of waits) {
    const at = tasks + w.lock, t = trace.series.locks.list[w.lock];
    next[w.task].push(at);
    if (next[at].length === 0) next[at].push(...new Set(holdsAt(t, holdersOf(state, w.lock), event).map((i) => t.holds.who.data[i])));
  }
  const counts = (n: number): boolean => n >= tasks && tables.locks[n - tasks]?.kind === 'semaphore'; // any of its holders will do
  return stuckRings(next, counts, RINGS).map((ring) => {
    const name = (n: number): string => (n < tasks ? tables.taskName(n) : tables.lockName(n - tasks));
    const edges = ring.map((from, i) => {
      const to = ring[(i + 1) % ring.length];
      return { from: name(from), to: name(to), blocking: from >= tasks || waits.some((w) => w.task === from && w.lock === to - tasks && w.blocking) };
    });
    return { kind: edges.every((e) => e.blocking) ? 'deadlock' : 'livelock', tasks: ring.filter((n) => n < tasks).map(name), locks: ring.filter((n) => n >= tasks).map(name), edges };
  });
}
