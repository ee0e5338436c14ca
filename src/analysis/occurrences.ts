/**
 * "The next time that …": conditions by name or typed, and where they come true. An occurrence is the event number right after
 * the row in which it happened, so the cursor stands where its effect can be seen.
 */
import { bad, good, type Result } from '../base/result.ts';
import { ROW } from '../format/rows.ts';
import { lowerBound } from './pyramid.ts';
import type { Points, StepSeries } from './series.ts';
import { plainName } from './tables.ts';
import type { Trace } from './trace.ts';

export const OCCURRENCES = ['kswapd wake', 'direct reclaim', 'OOM kill', 'userspace kill', 'lock contention', 'watermark crossed'] as const;

export interface Condition {
  readonly text: string;
  /** The first occurrence after event `event`, the last one before it; null if there is none. */
  next(event: number): number | null;
  previous(event: number): number | null;
  /** How many occurrences there are in all, and how many up to and with event `event`; null where they are not counted. */
  place(event: number): { readonly index: number; readonly total: number } | null;
}

/** Occurrences of a list of rows, in order. */
function listed(text: string, rows: () => ArrayLike<number>, length: () => number): Condition {
  return {
    text,
    next(event) {
      const i = lowerBound(rows(), event, 0, length());
      return i < length() ? rows()[i] + 1 : null;
    },
    previous(event) {
      const i = lowerBound(rows(), event - 1, 0, length()) - 1;
      return i >= 0 ? rows()[i] + 1 : null;
    },
    place: (event) => ({ index: lowerBound(rows(), event, 0, length()), total: length() }),
  };
}
const ofPoints = (text: string, points: Points): Condition => listed(text, () => points.row.data, () => points.length);

/** Occurrences that are looked for row by row. */
function scanned(text: string, trace: Trace, is: (row: number) => boolean): Condition {
  return {
    text,
    next(event) {
      for (let row = Math.max(0, event); row < trace.rows; row++) if (is(row)) return row + 1;
      return null;
    },
    previous(event) {
      for (let row = Math.min(trace.rows, event - 1) - 1; row >= 0; row--) if (is(row)) return row + 1;
      return null;
    },
    place: () => null,
  };
}
/** The rows at which a value begins to satisfy `is`. */
function becoming(text: string, series: StepSeries, is: (value: number) => boolean): Condition {
  const values = (): Int32Array => series.pyramid.values.data;
  const starts = (i: number): boolean => i > 0 && is(values()[i]) && !is(values()[i - 1]);
  return {
    text,
    next(event) {
      for (let i = lowerBound(series.rows.data, event, 0, series.length); i < series.length; i++) if (starts(i)) return series.rows.data[i] + 1;
      return null;
    },
    previous(event) {
      for (let i = lowerBound(series.rows.data, event - 1, 0, series.length) - 1; i > 0; i--) if (starts(i)) return series.rows.data[i] + 1;
      return null;
    },
    place: () => null,
  };
}

function named(text: string, trace: Trace): Condition | null {
  const { marks, locks, crossings } = trace.series;
  switch (text) {
    case 'kswapd wake': return ofPoints(text, marks.wakes);
    case 'direct reclaim': return listed(text, () => marks.rounds.from.data, () => marks.rounds.length);
    case 'OOM kill': return ofPoints(text, marks.kills);
    case 'userspace kill': return ofPoints(text, marks.userKills);
    case 'lock contention': return ofPoints(text, locks.contended);
    case 'watermark crossed': return ofPoints(text, crossings);
    default: return null;
  }
}
const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = { '<': (a, b) => a < b, '<=': (a, b) => a <= b, '>': (a, b) => a > b, '>=': (a, b) => a >= b, '=': (a, b) => a === b };

function freeCondition(text: string, trace: Trace): Result<Condition> | null {
  const words = /^(?:zone\.)?(?:free\s+(\S+)|(\w+)\.free|free)\s*(<=|>=|<|>|=)\s*([\d\s]+?)(?:\s*pages)?$/.exec(text);
  if (words === null) return /^free\b/.test(text) ? bad(`expected "free ZONE < PAGES", for example "free DMA32 < 500"; found "${text}"`) : null;
  const name = words[1] ?? words[2], zone = trace.shape.zones.findIndex((z) => z.name.toLowerCase() === name?.toLowerCase());
  if (name !== undefined && zone < 0) return bad(`this machine has no zone "${name}"; it has ${[...new Set(trace.shape.zones.map((z) => z.name))].join(', ')}`);
  const limit = Number(words[4].replace(/\s/g, '')), compare = COMPARE[words[3]];
  return good(becoming(text, name === undefined ? trace.series.free : trace.series.zones[zone].free, (value) => compare(value, limit)));
}
function taskCondition(text: string, trace: Trace): Result<Condition> | null {
  const words = /^task\s+(.+)$/.exec(text);
  if (words === null) return text === 'task' ? bad('expected "task NAME", for example "task kswapd0"') : null;
  const name = words[1].trim(), ids = new Set(trace.tables.tasks.filter((t) => t !== undefined && (t.comm === name || String(t.pid) === name)).map((t) => t.id));
  if (ids.size === 0) return bad(`no task is called "${name}" in this run`);
  return good(scanned(text, trace, (row) => ids.has(trace.taskAt(row))));
}
/** A function, a question or a tracepoint: whatever name of the run is equal to the text, or has it in it. */
function nameCondition(text: string, trace: Trace): Result<Condition> {
  const { tables } = trace, wanted = text.replace(/\(\)$/, ''), functions = new Set<number>(), asked = new Set<number>();
  const isFunction = new Set(tables.stackFn);
  const gather = (matches: (s: string) => boolean): void => {
    tables.strings.forEach((s, i) => {
      if (!matches(s)) return;
      if (isFunction.has(i)) functions.add(i);
      else asked.add(i);
    });
  };
  gather((s) => s === wanted || plainName(s) === wanted);
  if (functions.size + asked.size === 0) gather((s) => s.replace(/^mm_vmscan_/, '') === wanted);
  if (functions.size + asked.size === 0 && wanted.length >= 3) gather((s) => s.toLowerCase().includes(wanted.toLowerCase()));
  if (functions.size + asked.size === 0) return bad(`expected for example "OOM kill", "task kswapd0", "free DMA32 < 500" or "try_to_free_pages"; this run has no function, question or tracepoint called "${text}"`);
  const says = (row: number): boolean => {
    const kind = trace.kindAt(row);
    return (kind === ROW.decide || kind === ROW.mark || kind === ROW.gauge || kind === ROW.operand) && asked.has(trace.aAt(row));
  };
  return good(scanned(text, trace, functions.size === 0 ? says : (row) => tables.stackHas(trace.stackAt(row), functions) || says(row)));
}

/** Reads a condition. What it names must have occurred in the rows so far. */
export function parseCondition(typed: string, trace: Trace): Result<Condition> {
  const text = typed.trim();
  if (text === '') return bad('expected a condition, found nothing');
  const known = named(OCCURRENCES.find((name) => name.toLowerCase() === text.toLowerCase()) ?? text, trace);
  if (known !== null) return good(known);
  return freeCondition(text, trace) ?? taskCondition(text, trace) ?? nameCondition(text, trace);
}
