/** Marks: the turning points of the run by name: kswapd's spells, the first direct reclaim, OOM entered, kills and kills by programs, memory back, notes. */
import { zeros } from '../../analysis/pyramid.ts';
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
  /** Marks of a higher rank get their place first. */
  readonly rank: number;
  readonly time: string;
}
interface MarksPicture {
  readonly columns: PixelColumns;
  readonly marks: readonly Mark[];
  /** By mark: the line it stands on, and on which side its words are; filled in by drawing, which knows how wide words are. */
  readonly placed: { line: number }[];
}
type Kind = Pick<Mark, 'glyph' | 'colour' | 'rank'>;
const KIND = {
  kill: { glyph: 'kill', colour: 'oom', rank: 0 },
  // not of the OOM path: ink, and a shape of its own
  userKill: { glyph: 'user-kill', colour: 'ink', rank: 1 },
  note: { glyph: 'note', colour: 'ink2', rank: 2 },
  oom: { glyph: 'oom', colour: 'oom', rank: 3 },
  direct: { glyph: 'direct', colour: 'direct', rank: 4 },
  back: { glyph: 'back', colour: 'ok', rank: 5 },
  wake: { glyph: 'wake', colour: 'kswapd', rank: 6 },
  sleep: { glyph: 'sleep', colour: 'kswapd', rank: 7 },
} as const satisfies Record<string, Kind>;

function marksOf(trace: Trace, { columns: c, notes }: LaneView): Mark[] {
  const { marks, tasks } = trace.series, list: Mark[] = [], from = c.edges[0], to = c.edges[c.width];
  const add = (row: number, kind: Kind, words: string): void => {
    if (row >= from && row < to && row < trace.rows) list.push({ row, x: xOfRow(trace, c, row), words, time: seconds(trace.timeAt(row)), ...kind });
  };
  const each = (points: Points, tell: (i: number) => void): void => { for (let i = points.countAt(from); i < points.length && points.row.data[i] < to; i++) tell(i); };
  for (let i = 0; i < marks.kswapd.length; i++) {
    add(marks.kswapd.from.data[i], KIND.wake, 'kswapd wake');
    add(marks.kswapd.to.data[i], KIND.sleep, 'kswapd sleep');
  }
  if (marks.rounds.length > 0) add(marks.rounds.from.data[0], KIND.direct, 'first direct reclaim');
  each(tasks.oomEntered, (i) => { add(tasks.oomEntered.row.data[i], KIND.oom, 'OOM entered'); });
  const victim = ({ a, b }: Points, i: number): string => (a.data[i] < 0 ? `pid ${b.data[i]}` : trace.tables.taskName(a.data[i]));
  each(marks.kills, (i) => { add(marks.kills.row.data[i], KIND.kill, `kill ${victim(marks.kills, i)}`); });
  each(marks.userKills, (i) => { add(marks.userKills.row.data[i], KIND.userKill, `${trace.tables.taskName(marks.userKills.c.data[i])} kills ${victim(marks.userKills, i)}`); });
  each(marks.back, (i) => { add(marks.back.row.data[i], KIND.back, marks.back.b.data[i] === 0 ? 'memory reaped' : 'victim gone'); });
  notes.forEach((n, i) => { add(n.event - 1, KIND.note, `note ${i + 1}: ${n.text}`); });
  return together(list.sort((a, b) => a.rank - b.rank || a.row - b.row));
}
/** Of several: kills are of one each, and the first is named. */
function wordsOf({ rank, words }: Mark, times: number): string {
  if (rank === KIND.kill.rank) return `${plural(times, 'kill')}, first ${words.replace(/^kill /, '')}`;
  return rank === KIND.userKill.rank ? `${plural(times, 'kill')} by programs, first: ${words}` : `${words} ×${times}`;
}
/** Marks of one kind that would lie on each other become one with a count. */
function together(list: readonly Mark[]): Mark[] {
  const out: Mark[] = [];
  let times = 1, first: Mark | undefined;
  for (const m of list) {
    if (first !== undefined && first.rank === m.rank && m.x - first.x < NEAR_PX) {
      times++;
      out[out.length - 1] = { ...first, words: wordsOf(first, times) };
      continue;
    }
    first = m;
    times = 1;
    out.push(m);
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
    return i < 0 ? null : { lines: [p.marks[i].words, p.marks[i].time] };
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
