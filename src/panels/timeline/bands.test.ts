import { describe, expect, test } from 'vitest';
import { Pair } from '../../analysis/compare.ts';
import { traceFromText } from '../../analysis/testing/drawn_trace.ts';
import { oneHog } from '../../scenarios/one_hog.ts';
import type { RunPart } from '../../store/sides.ts';
import type { AppState } from '../../store/store.ts';
import { drawLog } from '../../ui/testing/draw_log.ts';
import { BAND_HEAD_PX, layOutBands, outOfSight, paintBands, sideAt } from './bands.ts';
import { allLanes } from './index.ts';
import { differenceLabels, differencePicture } from './difference.ts';

const drawn = (free: string): ReturnType<typeof traceFromText> => traceFromText(`
  ms       0     10     20     30     40
  hog      run   .      .      .      run
  DMA32    100   ${free}`);
const a = drawn('90    80     80     80'), b = drawn('90    60     85     80');
await allLanes();
const WIDTH = 400, ROOM = 600;

const part = (trace: RunPart['trace'], cursor: number): RunPart => ({ trace, version: 1, cursor, selectedTask: null, running: false, phase: { kind: 'stopped', timeNs: 40e6 }, scenario: oneHog, notes: [] });
/** A is shown, B beside it; both at 25 ms. */
function state(): AppState {
  const shown: Partial<AppState> = { ...part(a, a.eventAt(25e6)), view: { fromNs: 0, toNs: 40e6 } };
  return { ...shown, compare: { shown: 'A', lead: 'A', align: 'time', other: part(b, b.eventAt(25e6)), pair: new Pair(a, b), first: null, collapsedBefore: [] } } as AppState;
}
/** As the page opens. */
const OPEN = { collapsed: [], hidden: [], order: [] } as const;
const bands = layOutBands(a, b, true, { ...OPEN, collapsed: ['tasks', 'locks', 'memory', 'pcp'] }, ROOM);

describe('two runs in the timeline', () => {
  test('stand lane by lane, A above B, with what differs between their zones; what is collapsed stands last', () => {
    expect(bands.runs.map(({ side, places }) => `${side} ${places.map((p) => p.lane.id)}`)).toEqual(['zones', 'reclaim', 'marks', 'pcp', 'memory', 'tasks', 'locks'].flatMap((id) => [`A ${id}`, `B ${id}`]));
    const [first, second, third] = bands.runs, { difference } = bands;
    expect(bands.heads.map(({ side, top }) => [side, top])).toEqual([['A', 0], ['B', BAND_HEAD_PX]]);
    expect(first.top).toBe(2 * BAND_HEAD_PX);
    expect(difference?.top).toBe(first.top + first.height);
    expect(second.top).toBe((difference?.top ?? 0) + (difference?.height ?? 0) + 1);
    expect(third.top).toBe(second.top + second.height);
    expect(bands.height).toBe(bands.runs[13].top + bands.runs[13].height);
    expect([5, BAND_HEAD_PX + 5, first.top + 5, (difference?.top ?? 0) + 5, second.top + 5, third.top + 5].map((y) => sideAt(bands, y))).toEqual(['A', 'B', 'A', null, 'B', 'A']);
  });
  test('have a lane alone where the other run has none', () => {
    const reclaims = traceFromText(`
      ms       0     10    20                               40
      hog      run   .     .                                run
      kswapd0  sleep run   .                                sleep
      DMA32    100   .     .                                .
      mark     .     .     mm_vmscan_lru_shrink_inactive:9:9 .`);
    expect(layOutBands(a, reclaims, true, OPEN, ROOM).runs.filter(({ places }) => places[0].lane.id === 'pace').map(({ side }) => side)).toEqual(['B']);
  });
  test('stand in the order that somebody has put them in, without those that were hidden', () => {
    const chosen = { collapsed: ['locks'], hidden: ['pcp', 'zones'], order: ['locks', 'zones', 'tasks'] }, ids = (b: ReturnType<typeof layOutBands>): string[] => b.runs.flatMap(({ places }) => places.map(({ lane }) => lane.id));
    // what the order does not name comes after it, in its own order
    expect(ids(layOutBands(a, null, false, chosen, ROOM))).toEqual(['locks', 'tasks', 'memory', 'reclaim', 'marks']);
    const two = layOutBands(a, b, true, chosen, ROOM);
    expect(ids(two)).toEqual(['locks', 'tasks', 'memory', 'reclaim', 'marks'].flatMap((id) => [id, id]));
    expect(two.difference).toBeNull(); // it belongs to the zones
    expect(layOutBands(a, b, true, { ...OPEN, hidden: ['zones', 'pcp', 'memory', 'reclaim', 'tasks', 'locks', 'marks'] }, ROOM).runs).toEqual([]);
  });
  test('say which lanes are out of sight, above and below', () => {
    const { runs } = bands, top = (i: number): number => runs[i].places[0].top;
    expect(outOfSight(bands, 0, bands.height)).toEqual({ above: [], below: [], cut: null });
    expect(outOfSight(bands, 0, top(3) + 20).below).toEqual(['Marks of A', 'Marks of B', 'Per-CPU lists of A', 'Per-CPU lists of B', 'Memory of A', 'Memory of B', 'Tasks of A', 'Tasks of B', 'Locks of A', 'Locks of B']);
    expect(outOfSight(bands, top(2), bands.height).above).toEqual(['Zones of A', 'Zones of B']);
    expect(outOfSight(layOutBands(a, null, false, OPEN, ROOM), 0, 100).below).toContain('Marks');
  });
  test('say which lane the lower edge cuts, but for the pixels of its margin', () => {
    const one = layOutBands(a, null, false, OPEN, ROOM), marks = one.runs[0].places.find((p) => p.lane.id === 'marks'), end = (marks?.top ?? 0) + (marks?.height ?? 0);
    expect([end, end - 2, end - 3, end - 20].map((room) => outOfSight(one, 0, room).cut)).toEqual([null, null, 'Marks', 'Marks']);
    expect(outOfSight(one, 0, end - 20).below).toEqual([]);
  });
  test('answer which of them is under the pointer, and by how much they differ there', () => {
    const log = drawLog(), hit = paintBands(log.pen, bands, state(), 0, { width: WIDTH, height: 900, theme: log.theme }), [first, second] = bands.runs, x = WIDTH * (25 / 40);
    expect(hit(x, first.places[0].top + 20)?.lines[0]).toBe('A: DMA32 free: 80 pages');
    expect(hit(x, second.places[0].top + 20)?.lines[0]).toBe('B: DMA32 free: 60 pages');
    expect(hit(x, (bands.difference?.top ?? 0) + 10)?.lines[0]).toBe('DMA32 free: B has 20 pages less');
    expect(hit(x, second.places[0].top + 20)?.side).toBe('B');
    expect(log.texts()).toContain('whole run: \u221220 to +5 pages');
    expect(log.depth()).toBe(0);
  });
  test('have B on another ground', () => {
    const log = drawLog();
    paintBands(log.pen, bands, state(), 0, { width: WIDTH, height: 900, theme: log.theme });
    expect(log.rects()).toContainEqual({ x: 0, y: bands.runs[1].top, w: WIDTH, h: bands.runs[1].height, colour: 's1' });
  });
  test('leave the place of B empty, with a word, until it runs', () => {
    const alone = layOutBands(a, null, true, OPEN, ROOM), log = drawLog(), s = state();
    expect([alone.difference, alone.heads.map(({ side }) => side), new Set(alone.runs.map(({ side }) => side))]).toEqual([null, ['A', 'B'], new Set(['A'])]);
    const waiting = { ...s, compare: s.compare && { ...s.compare, other: { ...part(null, 0), phase: { kind: 'idle' as const } } } };
    paintBands(log.pen, alone, waiting, 0, { width: WIDTH, height: 900, theme: log.theme });
    expect(log.texts()).toContain('no run yet');
  });
  test('say of the shorter one that it has ended', () => {
    const log = drawLog(), s = state();
    paintBands(log.pen, bands, { ...s, view: { fromNs: 0, toNs: 160e6 } }, 0, { width: WIDTH, height: 900, theme: log.theme });
    expect(log.texts().filter((words) => words === 'the run has ended')).toHaveLength(2);
  });
  test('are told in words as numbers at both cursors', () => {
    const at = (ms: number): string | undefined => differenceLabels(a, b, a.eventAt(ms * 1e6), b.eventAt(ms * 1e6)).find((row) => row.name === 'DMA32 free')?.value;
    expect([at(15), at(25), at(35), at(40)]).toEqual(['0', '\u221220', '+5', '0']);
  });
  test('differ in a pixel column by what they have at its end', () => {
    // B is 20 behind from 20 ms on and 5 ahead from 30 to 40 ms: so it is told at any width, and in a window that has neither
    for (const [from, to, width] of [[0, 40e6, WIDTH], [0, 40e6, 2], [35e6, 40e6, 100]] as const) {
      const { least, most } = differencePicture(a, b, from, to, width).strips[0];
      expect([least, most]).toEqual([-20, 5]);
    }
    const p = differencePicture(a, b, 0, 40e6, WIDTH), at = (ms: number): number => p.strips[0].values[Math.floor((ms / 40) * WIDTH)];
    expect([at(15), at(25), at(35)]).toEqual([0, -20, 5]);
    expect([p.strips[0].least, p.strips[0].most]).toEqual([-20, 5]);
  });
});
