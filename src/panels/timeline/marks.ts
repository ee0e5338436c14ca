/** Marks: the turning points of the run by name: kswapd's spells, the first direct reclaim, OOM entered, kills and kills by programs, memory back, notes. */
import { type Ints, zeros } from '../../analysis/pyramid.ts';
import type { PixelColumns, Points } from '../../analysis/series.ts';
import type { Trace } from '../../analysis/trace.ts';
import { type Glyph, glyph, text, textWidth } from '../../ui/draw.ts';
import { count, plural, seconds } from '../../ui/format.ts';
import type { ColourName } from '../../ui/theme.ts';
import type { Lane, LaneView } from './lane.ts';
import { maxOf, pointsByColumn, xOfRow } from './pixels.ts';

const ROW_PX = 15, ROWS = 3, NEAR_PX = 10;
interface Mark {
  readonly row: number;
  readonly x: number;
  readonly glyph: Glyph;
  readonly colour: ColourName;
  readonly words: string;
  readonly timeNs: number;
}
interface MarksPicture {
  readonly columns: PixelColumns;
  /** Those that get their place first come first. */
  readonly marks: readonly Mark[];
  /** By mark: the line it stands on, and on which side its words are; filled in by drawing, which knows how wide words are. */
  readonly placed: { line: number }[];
}
type Kind = Pick<Mark, 'glyph' | 'colour'>;
const KIND = {
  kill: { glyph: 'kill', colour: 'oom' },
  // not of the OOM path: ink, and a shape of its own
  userKill: { glyph: 'user-kill', colour: 'ink' },
  note: { glyph: 'note', colour: 'ink2' },
  oom: { glyph: 'oom', colour: 'oom' },
  direct: { glyph: 'direct', colour: 'direct' },
  back: { glyph: 'back', colour: 'ok' },
  wake: { glyph: 'wake', colour: 'kswapd' },
  sleep: { glyph: 'sleep', colour: 'kswapd' },
} as const satisfies Record<string, Kind>;

/** Rows in ascending order, and what a mark at one of them says; `times` marks that would lie on each other are one. */
interface Places {
  readonly kind: Kind;
  readonly length: number;
  readonly rowOf: (i: number) => number;
  readonly words: (i: number, times: number) => string;
}
const several = (words: string, times: number): string => (times > 1 ? `${words} ×${times}` : words);
const always = (words: string) => (_: number, times: number): string => several(words, times);

function marksOf(trace: Trace, { columns: c, notes }: LaneView): Mark[] {
  const { marks, tasks } = trace.series, { kills, userKills, back } = marks;
  const of = (kind: Kind, rows: Ints, words: Places['words'], length = rows.length): Places => ({ kind, length, rowOf: (i) => rows.data[i], words });
  const victim = ({ a, b }: Points, i: number): string => (a.data[i] < 0 ? `pid ${b.data[i]}` : trace.tables.taskName(a.data[i])), byProgram = (i: number): string => `${trace.tables.taskName(userKills.c.data[i])} kills ${victim(userKills, i)}`;
  // a note without words is called by its number already
  const noted = notes.map((n, i) => ({ row: n.event - 1, text: /^note \d+$/.test(n.text) ? n.text : `note ${i + 1}: ${n.text}` })).sort((a, b) => a.row - b.row);
  return [
    of(KIND.kill, kills.row, (i, times) => (times > 1 ? `${plural(times, 'kill')}, first ${victim(kills, i)}` : `kill ${victim(kills, i)}`)),
    of(KIND.userKill, userKills.row, (i, times) => (times > 1 ? `${plural(times, 'kill')} by programs, first: ${byProgram(i)}` : byProgram(i))),
    { kind: KIND.note, length: noted.length, rowOf: (i: number) => noted[i].row, words: (i: number, times: number) => several(noted[i].text, times) },
    of(KIND.oom, tasks.oomEntered.row, always('OOM entered')),
    of(KIND.direct, marks.rounds.from, always('first direct reclaim'), Math.min(1, marks.rounds.length)),
    of(KIND.back, back.row, (i, times) => several(back.b.data[i] === 0 ? 'memory reaped' : 'victim gone', times)),
    of(KIND.wake, marks.kswapd.from, always('kswapd wake')),
    of(KIND.sleep, marks.sleeps.row, always('kswapd sleep')),
  ].flatMap((places) => together(trace, c, places));
}
/** The first of `places` from `i` on for which `is` holds, which holds for all after it. */
function firstOf(places: Places, i: number, is: (row: number) => boolean): number {
  let lo = i, hi = places.length;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (is(places.rowOf(mid))) hi = mid;
    else lo = mid + 1;
  }
  return lo;
}
/** The marks of the window. What would lie on one mark is looked for by its end: of ten thousand spells of kswapd only those are read that are drawn. */
function together(trace: Trace, c: PixelColumns, places: Places): Mark[] {
  const out: Mark[] = [], from = c.edges[0], end = firstOf(places, 0, (row) => row >= Math.min(c.edges[c.width], trace.rows));
  for (let i = firstOf(places, 0, (row) => row >= from); i < end;) {
    const row = places.rowOf(i), x = xOfRow(trace, c, row), next = Math.min(end, firstOf(places, i + 1, (other) => xOfRow(trace, c, other) - x >= NEAR_PX));
    out.push({ row, x, words: places.words(i, next - i), timeNs: trace.timeAt(row), ...places.kind });
    i = next;
  }
  return out;
}

export const marks: Lane<MarksPicture> = {
  id: 'marks',
  title: 'Marks',
  height: () => ROWS * ROW_PX + 2,
  picture(trace, view) {
    const list = marksOf(trace, view);
    return { columns: view.columns, marks: list, placed: list.map(() => ({ line: -1 })) };
  },
  draw(g, p, { theme, width }) {
    const taken: { x0: number; x1: number }[][] = Array.from({ length: ROWS }, () => []);
    const free = (line: number, x0: number, x1: number): boolean => taken[line].every((t) => x1 < t.x0 || x0 > t.x1);
    const lines = Array.from({ length: ROWS }, (_, line) => line);
    p.marks.forEach((m, i) => {
      const w = textWidth(g, theme, m.words) + 14, right = m.x + w > width;
      const x0 = right ? m.x - w : m.x - 6, x1 = right ? m.x + 6 : m.x + w;
      const line = x0 < 0 ? undefined : lines.find((one) => free(one, x0, x1)), bare = line ?? lines.find((one) => free(one, m.x - 5, m.x + 5));
      if (bare === undefined) return;
      taken[bare].push(line === undefined ? { x0: m.x - 5, x1: m.x + 5 } : { x0, x1 });
      p.placed[i].line = bare;
      const y = 9 + bare * ROW_PX;
      if (line !== undefined) text(g, theme, m.words, right ? m.x - 8 : m.x + 8, y, theme[m.colour], { align: right ? 'right' : 'left' });
      glyph(g, m.glyph, m.x, y, theme[m.colour], 4);
    });
  },
  hit(p, x, y) {
    const i = p.marks.findIndex((m, k) => p.placed[k].line >= 0 && Math.abs(m.x - x) <= 6 && Math.abs(9 + p.placed[k].line * ROW_PX - y) <= 8);
    return i < 0 ? null : { lines: [p.marks[i].words, seconds(p.marks[i].timeNs)] };
  },
  labels(trace, cursor) {
    const { kills, userKills } = trace.series.marks, of = (p: Points): string => `${count(p.countAt(cursor))} of ${count(p.length)}`;
    return [
      { y: 3, name: 'Marks', value: 'so far', bold: true, valueTone: 'dim' },
      { y: 18, name: 'OOM kills', value: of(kills), tone: 'dim', valueTone: kills.countAt(cursor) > 0 ? 'oom' : 'dim' },
      ...(userKills.length > 0 ? [{ y: 32, name: 'kills by programs', value: of(userKills), tone: 'dim' as const, valueTone: 'plain' as const }] : []),
    ];
  },
  short: ({ series: { marks: { kills, userKills } } }) => `${plural(kills.length, 'OOM kill')}${userKills.length > 0 ? `, ${count(userKills.length)} by programs` : ''}`,
  silhouette(trace, columns) {
    const values = zeros(columns.width), { kills, userKills } = trace.series.marks;
    for (const points of [kills, userKills]) for (const { x } of pointsByColumn(points, columns)) values[x] = 1;
    return { values, most: Math.max(1, maxOf(values, columns.known)) };
  },
};
