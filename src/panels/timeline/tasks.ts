/** Tasks: how many run, wait for a CPU or are blocked; then a row for each of the most telling ones. Shape is the state, hue is the path. */
import { lowerBound, zeros } from '../../analysis/pyramid.ts';
import type { Extent, PixelColumns, Points } from '../../analysis/series.ts';
import { HUE, HUE_COUNT, HUE_WORDS } from '../../analysis/tables.ts';
import { CODE, hueOfCode, isQueued, isRunning, QUEUED_MASK, RUNNING_MASK } from '../../analysis/task_tracks.ts';
import type { Trace } from '../../analysis/trace.ts';
import { bars, fitting, frames, glyph, hatches, hline, type Pen, rect, rects, type Scale, text } from '../../ui/draw.ts';
import { count, DASH, duration, seconds } from '../../ui/format.ts';
import type { ColourName } from '../../ui/theme.ts';
import type { Fold } from './folds.ts';
import type { LabelRow, Lane } from './lane.ts';
import { maxOf, segmentsOf, type Segments, timeOf, xOfRow } from './pixels.ts';
import { idleWords, restWords, taskLines, taskOrder } from './task_order.ts';

const HEAD_PX = 36, ROW_PX = 18;
export const HUE_COLOURS: readonly ColourName[] = ['run', 'direct', 'kswapd', 'oom', 'ok'];
/** What is written into a running block, the longest that fits. */
const BLOCK_WORDS: readonly (readonly string[])[] = [[], ['try_to_free_pages', 'reclaim'], ['balance_pgdat', 'kswapd'], ['out_of_memory', 'oom'], ['exit_mmap', 'exit']];
const SIGKILL = 9;

const FOLDS: readonly Fold[] = ['rest', 'idle'];
/** So many names fit into the words under the pointer. */
const MOST_NAMES = 6;
function foldedWords(trace: Trace, kind: Fold, tasks: readonly number[]): string {
  const names = tasks.slice(0, MOST_NAMES).map((id) => trace.tables.taskName(id)).join(', '), more = tasks.length > MOST_NAMES ? ` and ${count(tasks.length - MOST_NAMES)} more` : '';
  return `${names}${more}${kind === 'idle' ? ': asleep in all of the run' : ''}`;
}

interface KillPlace {
  readonly x: number;
  readonly oom: boolean;
}
interface TaskRow {
  readonly y: number;
  readonly task: number;
  readonly name: string;
  readonly segments: Segments;
  /** SIGKILLs, and whether it was the OOM killer that sent them. */
  readonly kills: readonly KillPlace[];
  readonly selected: boolean;
}
interface TasksPicture {
  readonly columns: PixelColumns;
  readonly running: Extent;
  readonly queued: Extent;
  readonly blocked: Extent;
  readonly most: number;
  readonly rows: readonly TaskRow[];
  /** The lines that stand for others, in words. */
  readonly folded: readonly { readonly y: number; readonly words: string }[];
}
export function codeWords(code: number): string {
  const hue = hueOfCode(code), path = hue === 0 ? '' : `, ${HUE_WORDS[hue]}`;
  if (isRunning(code)) return `running${path}`;
  if (isQueued(code)) return `waits for a CPU${path}`;
  return code === CODE.blocked ? 'blocked (D)' : code === CODE.asleep ? 'asleep' : 'gone';
}
/** The state of a task as one or two letters, for the label. */
export function codeLetters(code: number, cpu: number): string {
  if (isRunning(code)) return cpu >= 0 ? `R cpu${cpu}` : 'R';
  if (isQueued(code)) return 'R queued';
  return code === CODE.blocked ? 'D' : code === CODE.asleep ? 'S' : DASH;
}
function killPlaces(trace: Trace, task: number, c: PixelColumns): KillPlace[] {
  const { signals } = trace.series.tasks, places: KillPlace[] = [];
  for (let i = lowerBound(signals.row.data, c.edges[0], 0, signals.length); i < signals.length && signals.row.data[i] < c.edges[c.width]; i++) {
    if (signals.a.data[i] === task && signals.b.data[i] === SIGKILL) places.push({ x: xOfRow(trace, c, signals.row.data[i]), oom: trace.tables.hue.data[trace.stackAt(signals.row.data[i])] === HUE.oom });
  }
  return places;
}

function drawCounts(g: Pen, p: TasksPicture, { theme }: Scale): void {
  const base = HEAD_PX - 3, unit = (HEAD_PX - 8) / p.most;
  const runs: number[] = [], waits: number[] = [], stuck: number[] = [], { running: { max: r }, queued: { last: q }, blocked: { max: d } } = p;
  for (let x = 0; x < p.columns.known;) {
    let end = x + 1;
    while (end < p.columns.known && r[end] === r[x] && q[end] === q[x] && d[end] === d[x]) end++;
    const run = r[x] * unit, queued = q[x] * unit, blocked = d[x] * unit, w = end - x;
    if (run > 0) runs.push(x, base - run, w, run);
    if (queued > 0) waits.push(x, base - run - queued, w, queued);
    if (blocked > 0) stuck.push(x, base - run - queued - blocked, w, blocked);
    x = end;
  }
  bars(g, runs, theme.run);
  bars(g, waits, theme.ink3, 0.45);
  bars(g, stuck, theme.ink);
}
/** `fill`: `rects`, or `bars` where the blocks are columns. */
const drawLooks = (g: Pen, looks: readonly (readonly number[])[], { theme }: Scale, fill = rects): void => {
  fill(g, looks[LOOK.asleep], theme.mark);
  fill(g, looks[LOOK.queued], theme.ink3);
  fill(g, looks[LOOK.blocked], theme.ink2, 0.6);
  for (let i = HUE_COUNT - 1; i >= 0; i--) fill(g, looks[RANK[i]], theme[HUE_COLOURS[RANK[i]]]);
};
/** Segments with places of their own: first all that is a plain block, by colour, then frames, then words. */
function drawApart(g: Pen, s: Segments & { kind: 'apart' }, kills: readonly KillPlace[], y: number, scale: Scale): void {
  const { theme, width } = scale, h = ROW_PX - 4, middle = y + ROW_PX / 2, looks = noLooks(), queued = noLooks(), waits = noLooks(), stuck: number[] = [];
  for (let i = 0; i < s.length; i++) {
    const code = s.code[i], x0 = s.x[i], w = Math.max(1, s.x[i + 1] - x0);
    if (isRunning(code)) looks[hueOfCode(code)].push(x0, y + 2, w, h);
    else if (code === CODE.asleep) looks[LOOK.asleep].push(x0, middle, w, 1);
    else if (code === CODE.blocked) (w < 3 ? looks[LOOK.blocked] : stuck).push(x0, y + 2, w, h);
    else if (isQueued(code)) (w < 3 ? queued : waits)[hueOfCode(code)].push(x0, middle - 2, w, 5);
  }
  drawLooks(g, queued, scale);
  drawLooks(g, looks, scale);
  waits.forEach((places, hue) => { frames(g, places, theme[HUE_COLOURS[hue]]); });
  hatches(g, stuck, theme.ink, 4);
  frames(g, stuck, theme.ink2);
  for (let i = 0; i < s.length; i++) {
    const x0 = s.x[i], x1 = s.x[i + 1], words = isRunning(s.code[i]) ? BLOCK_WORDS[hueOfCode(s.code[i])] : [];
    if (words.length === 0 || x1 - x0 < 24) continue;
    const left = Math.max(0, x0, Math.min(wordsUntil(kills, x0, x1), x1)), room = Math.min(width, x1) - left - 8, word = room > 16 ? fitting(g, theme, words, room, { mono: true }) : null;
    if (word !== null) text(g, theme, word, left + 4, middle, theme.onfill, { mono: true });
  }
}
/** What a column of many codes shows: OOM before exit, kswapd, direct reclaim, other running; then blocked, queued, asleep, nothing. */
const RANK = [3, 4, 2, 1, 0] as const;
const LOOK = { blocked: HUE_COUNT, queued: HUE_COUNT + 1, asleep: HUE_COUNT + 2, nothing: HUE_COUNT + 3 } as const;
/** For each look the places of its blocks. */
const noLooks = (): number[][] => Array.from({ length: LOOK.nothing }, () => []);
function lookOf(mask: number): number {
  if ((mask & RUNNING_MASK) !== 0) return RANK.find((h) => (mask & (1 << (CODE.running + h))) !== 0) ?? 0;
  if ((mask & (1 << CODE.blocked)) !== 0) return LOOK.blocked;
  if ((mask & QUEUED_MASK) !== 0) return LOOK.queued;
  return (mask & (1 << CODE.asleep)) !== 0 ? LOOK.asleep : LOOK.nothing;
}
/** The same by mask, for all that there are: it is asked for each pixel column. */
const LOOKS = Uint8Array.from({ length: 1 << (CODE.running + HUE_COUNT) }, (_, mask) => lookOf(mask));
function drawDense(g: Pen, masks: readonly number[], end: number, y: number, scale: Scale): void {
  const middle = y + ROW_PX / 2, looks = noLooks();
  for (let x = 0; x < end;) {
    const look = LOOKS[masks[x]], from = x;
    do x++; while (x < end && LOOKS[masks[x]] === look);
    if (look <= LOOK.blocked) looks[look].push(from, y + 2, x - from, ROW_PX - 4);
    else if (look === LOOK.queued) looks[look].push(from, middle - 2, x - from, 5);
    else if (look === LOOK.asleep) looks[look].push(from, middle, x - from, 1);
  }
  drawLooks(g, looks, scale, bars);
}
/** Room that a SIGKILL takes with its word. */
const KILL_PX = 66;
const wordsUntil = (kills: readonly KillPlace[], x0: number, x1: number): number => kills.reduce((end, { x }) => (x > x0 - KILL_PX && x < x1 ? Math.max(end, x + KILL_PX) : end), 0);
function drawRow(g: Pen, row: TaskRow, y: number, end: number, scale: Scale): void {
  const { theme, width } = scale, s = row.segments;
  if (row.selected) rect(g, 0, y, width, ROW_PX, theme.sel, 0.6);
  if (s.kind === 'dense') drawDense(g, s.masks, end, y, scale);
  else drawApart(g, s, row.kills, y, scale);
  for (const { x, oom } of row.kills) {
    const colour = oom ? theme.oom : theme.ink;
    glyph(g, oom ? 'kill' : 'user-kill', x, y + ROW_PX / 2, colour, 4.5);
    if (x < width - 60) text(g, theme, 'SIGKILL', x + 9, y + ROW_PX / 2, colour, { plate: theme.bg, bold: true });
  }
}

export const tasks: Lane<TasksPicture> = {
  id: 'tasks',
  title: 'Tasks',
  height: (trace, unfolded) => HEAD_PX + taskLines(trace, null, unfolded).length * ROW_PX,
  picture(trace, { columns, selectedTask, unfolded }) {
    const t = trace.series.tasks, running = t.running.extent(columns), queued = t.queued.extent(columns), blocked = t.blocked.extent(columns);
    let most = 4;
    for (let x = 0; x < columns.known; x++) most = Math.max(most, running.max[x] + queued.last[x] + blocked.max[x]);
    const lines = taskLines(trace, selectedTask, unfolded), shut = (kind: Fold): number => lines.findIndex((line) => line.kind === kind);
    const rows = lines.flatMap((line, i): TaskRow[] => {
      if (line.kind !== 'task') return [];
      const { task } = line, codes = t.codes[task], none: Segments = { kind: 'dense', masks: zeros(columns.width) };
      return [{ y: HEAD_PX + i * ROW_PX, task, name: trace.tables.taskName(task), segments: codes === undefined ? none : segmentsOf(trace, codes, columns), kills: killPlaces(trace, task, columns), selected: task === selectedTask }];
    });
    const folded = FOLDS.flatMap((kind) => {
      const at = shut(kind), line = lines[at];
      return line === undefined || line.kind === 'task' ? [] : [{ y: HEAD_PX + at * ROW_PX, words: foldedWords(trace, kind, line.tasks) }];
    });
    return { columns, running, queued, blocked, most, rows, folded };
  },
  draw(g, p, scale) {
    drawCounts(g, p, scale);
    p.rows.forEach((row, i) => {
      hline(g, row.y - 1, 0, scale.width, scale.theme.line, i === 0 ? [] : [1, 3]);
      drawRow(g, row, row.y, p.columns.known, scale);
    });
  },
  hit(p, x, y) {
    const at = Math.floor(x), time = seconds(timeOf(p.columns, x));
    if (at < 0 || at >= p.columns.known) return null;
    if (y < HEAD_PX) return { lines: [`${p.running.last[at]} running, ${p.queued.last[at]} waiting for a CPU, ${p.blocked.last[at]} blocked`, time] };
    const row = p.rows.find((one) => y >= one.y && y < one.y + ROW_PX);
    if (row === undefined) { const fold = p.folded.find((one) => y >= one.y && y < one.y + ROW_PX); return fold === undefined ? null : { lines: [fold.words] }; }
    return { lines: [`${row.name}: ${whatAt(row.segments, p.columns, x)}`, time], task: row.task };
  },
  labels(trace, cursor, selectedTask, _height, unfolded = []) {
    const t = trace.series.tasks, state = trace.stateAt(cursor - 1), { tasks: infos } = trace.tables;
    const counts = [t.running.at(cursor), t.queued.at(cursor), t.blocked.at(cursor)], all = taskOrder(trace).length;
    const rows: LabelRow[] = [{ y: 3, name: 'Tasks', value: `${count(counts[0] + counts[1] + counts[2])} of ${count(all)}`, bold: true }, { y: 18, name: 'run, queued, D', value: counts.map(count).join(' · '), tone: 'dim' }];
    taskLines(trace, selectedTask, unfolded).forEach((line, i) => {
      const y = HEAD_PX + i * ROW_PX + 1;
      if (line.kind !== 'task') { rows.push({ y, name: line.kind === 'idle' ? idleWords(line.tasks.length) : restWords(line.tasks.length), value: '', tone: 'dim', fold: { kind: line.kind, open: unfolded.includes(line.kind) } }); return; }
      const { task } = line, code = t.codes[task]?.at(cursor) ?? CODE.gone, cpu = state.current.indexOf(task), doom = doomOf(trace, task, cursor);
      rows.push({ y, name: infos[task]?.comm ?? `task ${task}`, value: codeLetters(code, cpu), mono: true, task, ...(doom === '' ? {} : { valueTone: doom === 'victim' ? 'oom' as const : 'plain' as const, value: `${doom} ${codeLetters(code, cpu)}` }) });
    });
    return rows;
  },
  short: (trace, cursor) => `${count(trace.series.tasks.running.at(cursor))} running`,
  silhouette(trace, columns) {
    const t = trace.series.tasks, run = t.running.extent(columns).max, queued = t.queued.extent(columns).max, blocked = t.blocked.extent(columns).max;
    const values = run.map((v, x) => v + queued[x] + blocked[x]);
    return { values, most: Math.max(1, maxOf(values, columns.known)) };
  },
};
/** Whether `task` had been chosen by the OOM killer by then, or killed by a program. */
export function doomOf(trace: Trace, task: number, cursor: number): 'victim' | 'killed' | '' {
  const { kills, userKills } = trace.series.marks;
  const among = (points: Points): boolean => Array.from({ length: points.countAt(cursor) }, (_, i) => points.a.data[i]).includes(task);
  return among(kills) ? 'victim' : among(userKills) ? 'killed' : '';
}
function whatAt(s: Segments, c: PixelColumns, x: number): string {
  if (s.kind === 'dense') return 'many changes here, zoom in';
  for (let i = 0; i < s.length; i++) {
    if (x >= s.x[i + 1]) continue;
    const lengthNs = timeOf(c, s.x[i + 1]) - timeOf(c, s.x[i]), whole = s.x[i] > -4 && i + 1 < s.length;
    return `${codeWords(s.code[i])}${whole ? `, ${duration(lengthNs)}` : ''}`;
  }
  return 'nothing recorded';
}

