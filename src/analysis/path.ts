/**
 * The way a request took: every question asked for it, with what was compared and the answer, from the moment its task entered __alloc_pages,
 * try_charge_memcg, or another place that asks before it waits. Rounds are told apart; what reclaim asks inside is one step with a count.
 */
import { NO_OPERAND, ROW } from '../format/rows.ts';
import { plainName, REQUEST, type Tables } from './tables.ts';
import type { Trace } from './trace.ts';

export interface Operand {
  /** '' where the question itself says what it is. */
  readonly name: string;
  readonly value: number;
}
export interface Gate {
  readonly kind: 'gate';
  readonly event: number;
  readonly question: string;
  /** The function it was asked in, and how deep below the one that the request began with. */
  readonly fn: string;
  readonly depth: number;
  readonly answer: number;
  readonly operands: readonly Operand[];
  /** Asked so many times one after the other with the same figures and answer; the event is that of the last. */
  readonly times: number;
  /** Lies behind the cursor. */
  readonly later: boolean;
}
/** A function whose own questions are counted, not listed. */
export interface Inside {
  readonly kind: 'inside';
  readonly event: number;
  readonly fn: string;
  readonly depth: number;
  readonly questions: number;
  readonly lastEvent: number;
  readonly lengthNs: number;
  readonly later: boolean;
}
export type LadderStep = Gate | Inside;
export interface Round {
  readonly fromNs: number;
  readonly toNs: number;
  readonly steps: readonly LadderStep[];
}
export interface Ladder {
  readonly task: number;
  readonly kind: RequestKind;
  /** The function that it began with. */
  readonly fn: string;
  readonly fromEvent: number;
  /** The event that ended it; null = it has not ended, or not within what was read. */
  readonly toEvent: number | null;
  readonly fromNs: number;
  /** Of an allocation the first is the way into the slow path's loop; `current` is the one with the cursor. */
  readonly rounds: readonly Round[];
  readonly current: number;
}
/** Their questions are many and of one kind. */
const FOLDED = new Set(['try_to_free_pages', 'try_to_free_mem_cgroup_pages', 'oom_evaluate_task', 'oom_badness', 'select_bad_process', 'dump_header', 'drain_all_pages']);
const SLOWPATH = '__alloc_pages_slowpath', FREELIST = 'get_page_from_freelist';
/** So many rows beyond the cursor are read for what comes later. */
const LOOK_AHEAD_ROWS = 60_000;
const MOST_LATER = 60;

/** Name of the number that a question is asked about, for those that are reckoned with; '' = its words alone say what it is. */
const subjectOf = (question: string): string => (question.startsWith('zone_watermark') ? 'free' : question.startsWith('enough in') ? 'available' : '');
/** An operand of this name is what the question is about; all others have rows of their own. */
export const isSubject = (name: string): boolean => name === '' || name === 'free' || name === 'available';

/** Does this row give the page that the allocation `frame` asked for? */
export const givesPage = (trace: Trace, row: number, frame: number): boolean => trace.kindAt(row) === ROW.pageUse && trace.tables.innerAllocation.data[trace.stackAt(row)] === frame;

export type RequestKind = 'wait' | 'allocation' | 'charge';
export interface Request {
  readonly task: number;
  readonly kind: RequestKind;
  /** The stack of its __alloc_pages, or of what else it began with. */
  readonly frame: number;
  readonly firstRow: number;
  /** The last row of its task at the cursor. */
  readonly lastRow: number;
}
/** The last row of `task` within the first `event` rows, -1 = none. */
export function lastRowOf(trace: Trace, task: number, event: number): number {
  let row = Math.min(event, trace.rows) - 1;
  while (row >= 0 && trace.taskAt(row) !== task) row--;
  return row;
}
/** What `task` asks for at `event`; null = nothing. */
export function requestAt(trace: Trace, event: number, task: number): Request | null {
  const lastRow = lastRowOf(trace, task, event);
  if (lastRow < 0) return null;
  const { tables } = trace, of = tables.request.data, frame = of[trace.stackAt(lastRow)], found = tables.requestKind(frame);
  if (found === REQUEST.none) return null;
  const kind = found === REQUEST.allocation ? 'allocation' : found === REQUEST.charge ? 'charge' : 'wait';
  let firstRow = lastRow;
  for (let row = lastRow - 1; row >= 0; row--) {
    if (trace.taskAt(row) !== task) continue;
    if (of[trace.stackAt(row)] !== frame || givesPage(trace, row, frame)) break;
    firstRow = row;
  }
  return { task, kind, frame, firstRow, lastRow };
}

/** The last event at or before `event` at which `task` asked for something; 0 = it never did until then. */
export function lastRequest(trace: Trace, event: number, task: number): number {
  let row = Math.min(event, trace.rows) - 1;
  while (row >= 0 && (trace.taskAt(row) !== task || trace.tables.request.data[trace.stackAt(row)] === 0)) row--;
  return row + 1;
}

type Asked = Pick<Gate, 'question' | 'answer' | 'operands'>;
/** The question of a row with all its operands. */
export function gateAt(trace: Trace, row: number): Asked {
  const question = trace.tables.strings[trace.aAt(row)], operands: Operand[] = [];
  if (trace.cAt(row) !== NO_OPERAND) operands.push({ name: subjectOf(question), value: trace.cAt(row) });
  for (let r = row + 1; r < trace.rows && trace.kindAt(r) === ROW.operand && trace.taskAt(r) === trace.taskAt(row); r++) operands.push({ name: trace.tables.strings[trace.aAt(r)], value: trace.bAt(r) });
  return { question, answer: trace.bAt(row), operands };
}
/** The outermost folded function on the way from `frame` to `stack`; 0 = none. */
function foldedIn(tables: Tables, stack: number, frame: number): number {
  let found = 0;
  for (let s = stack; s !== frame && s > 0; s = tables.stackParent[s]) if (FOLDED.has(plainName(tables.topName(s)))) found = s;
  return found;
}

const sameAnswer = (a: Asked, b: Asked): boolean =>
  a.question === b.question && a.answer === b.answer && a.operands.length === b.operands.length && a.operands.every((o, i) => o.name === b.operands[i].name && o.value === b.operands[i].value);
/** Collects steps, folding as they come. */
class Steps {
  readonly list: LadderStep[];
  private readonly trace: Trace;
  private readonly frame: number;
  /** The function that goes round: its questions are never folded into one. */
  private readonly loop: string;
  private folded: number;
  /** Where the last question was asked. */
  private stack: number;
  constructor(trace: Trace, frame: number, loop: string) {
    this.trace = trace;
    this.loop = loop;
    this.frame = frame;
    this.folded = 0;
    this.stack = 0;
    this.list = [];
  }
  take(row: number, later: boolean): void {
    const { trace, frame, list } = this, { tables } = trace, stack = trace.stackAt(row), folded = foldedIn(tables, stack, frame), before = list[list.length - 1];
    if (folded > 0) { this.inside(row, folded, later); return; }
    this.folded = 0;
    if (trace.kindAt(row) !== ROW.decide) return;
    const asked = gateAt(trace, row), fn = plainName(tables.topName(stack)), depth = tables.depth.data[stack] - tables.depth.data[frame];
    const same = before?.kind === 'gate' && fn !== this.loop && stack === this.stack && before.later === later && sameAnswer(before, asked);
    if (same) list.pop();
    this.stack = stack;
    list.push({ kind: 'gate', event: row + 1, fn, depth, later, times: same ? before.times + 1 : 1, ...asked });
  }
  private inside(row: number, folded: number, later: boolean): void {
    const { trace, list } = this, { tables } = trace, before = list[list.length - 1], asks = trace.kindAt(row) === ROW.decide ? 1 : 0;
    if (this.folded === folded && before?.kind === 'inside') {
      list[list.length - 1] = { ...before, questions: before.questions + asks, lastEvent: row + 1, lengthNs: trace.timeAt(row) - trace.timeAt(before.event - 1) };
      return;
    }
    this.folded = folded;
    const depth = tables.depth.data[folded] - tables.depth.data[this.frame];
    list.push({ kind: 'inside', event: row + 1, fn: plainName(tables.topName(folded)), depth, questions: asks, lastEvent: row + 1, lengthNs: 0, later });
  }
}
/** Where a new round begins: at a question of `loop`, the function that goes round, asked again; before the looks at the free lists that precede it. */
function cut(steps: readonly LadderStep[], loop: string): LadderStep[][] {
  const rounds: LadderStep[][] = [];
  let from = 0, asked = new Set<string>();
  steps.forEach((step, i) => {
    if (step.kind !== 'gate' || step.fn !== loop) return;
    if (asked.has(step.question)) {
      let start = i;
      for (let k = i - 1; k > from; k--) {
        const earlier = steps[k];
        if (earlier.kind !== 'gate' || earlier.fn !== FREELIST) break;
        start = k;
      }
      rounds.push(steps.slice(from, start));
      from = start;
      asked = new Set();
    }
    asked.add(step.question);
  });
  rounds.push(steps.slice(from));
  return rounds;
}

/** The ladder of the request at the cursor; null = the task asks for nothing. */
export function ladderAt(trace: Trace, event: number, task: number): Ladder | null {
  const at = requestAt(trace, event, task);
  if (at === null) return null;
  const { frame, firstRow, kind } = at, of = trace.tables.request.data, fn = plainName(trace.tables.topName(frame)), loop = kind === 'allocation' ? SLOWPATH : fn, steps = new Steps(trace, frame, loop), limit = Math.min(trace.rows, event + LOOK_AHEAD_ROWS);
  let toEvent: number | null = null, later = 0;
  for (let row = firstRow; row < limit && later < MOST_LATER; row++) {
    if (trace.taskAt(row) !== task) continue;
    if (of[trace.stackAt(row)] !== frame) { toEvent = row; break; }
    const before = steps.list.length;
    steps.take(row, row >= event);
    if (row >= event) later += steps.list.length - before;
    if (givesPage(trace, row, frame)) { toEvent = row + 1; break; }
  }
  const rounds = cut(steps.list, loop).map((list, i, all) => {
    const next = all[i + 1]?.[0], first = list[0];
    return { steps: list, fromNs: trace.timeAt((first?.event ?? firstRow + 1) - 1), toNs: trace.timeAt((next?.event ?? toEvent ?? Math.min(event, trace.rows)) - 1) };
  });
  const started = rounds.findIndex((round) => round.steps[0]?.later === true);
  return { task, kind, fn, fromEvent: firstRow + 1, toEvent, fromNs: trace.timeAt(firstRow), rounds, current: started < 0 ? rounds.length - 1 : Math.max(0, started - 1) };
}
