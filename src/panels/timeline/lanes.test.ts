import { describe, expect, test } from 'vitest';
import { traceFromText } from '../../analysis/testing/drawn_trace.ts';
import { marksTrace } from '../../analysis/testing/marks_trace.ts';
import { drawLog } from '../../ui/testing/draw_log.ts';
import { aboutLane, allLanes, lanes } from './index.ts';
import { COLLAPSED_PX } from './lane.ts';
import { brushOf, brushPart } from './overview.ts';
import { layOut, paintLanes } from './paint.ts';
import { shownTasks } from './task_order.ts';

const trace = traceFromText(`
  ms       0     10                         20                 30         40         100
  hog      run   run@try_to_free_pages      oom_lock*          D          run        run
  other    sleep .                          .                  oom_lock!  oom_lock*  sleep
  kswapd0  sleep run@kswapd                 sleep              .          .          .
  DMA32    100   35                         15                 .          60         .
  mark     .     kswapd_wake:0              kill:hog           .          kswapd_sleep:0 .`);
const WIDTH = 1000;
function paint(fromMs: number, toMs: number) {
  const log = drawLog(), { places } = layOut(lanes, trace, []), columns = trace.columns(fromMs * 1e6, toMs * 1e6, WIDTH);
  const hit = paintLanes(log.pen, trace, { columns, notes: [], selectedTask: null }, trace.rows, places, 0, { width: WIDTH, height: 900, theme: log.theme });
  const top = (id: string): number => places.find((p) => p.lane.id === id)?.top ?? Number.NaN;
  return { log, hit, top };
}
const labels = (id: string, ms: number): Record<string, string> => {
  const lane = lanes.find((l) => l.id === id);
  return Object.fromEntries((lane?.labels(trace, trace.eventAt(ms * 1e6), null, lane.height(trace)) ?? []).map((row) => [row.name, row.value]));
};

describe('the labels', () => {
  test('of the zones say how far free pages are from min', () => {
    expect(labels('zones', 0)).toMatchObject({ 'DMA32 free': '100', 'to min': '+80' });
    expect(labels('zones', 20)).toMatchObject({ 'DMA32 free': '15', 'to min': '\u22125' });
  });
  test('of the tasks say what each is doing, and who is a victim', () => {
    expect(labels('tasks', 15)).toMatchObject({ hog: 'R queued', kswapd0: 'R cpu0', other: 'S' });
    expect(labels('tasks', 35)).toMatchObject({ hog: 'victim D', other: 'R cpu0' });
  });
  test('of the locks say who holds and how many have missed', () => {
    expect(labels('locks', 25)).toMatchObject({ holder: 'hog', 'waiting / missed': '0 / 0' });
    expect(labels('locks', 45)).toMatchObject({ holder: 'other', 'waiting / missed': '0 / 1' });
  });
});

describe('the lanes', () => {
  test('write into a block what fits and leave out what does not', () => {
    const wide = paint(0, 100).log.texts();
    expect(wide).toContain('hog  10.0 ms');
    expect(wide).toContain('kill hog');
    expect(paint(0, 100_000).log.texts()).not.toContain('hog  10.0 ms');
  });
  test('answer what is under the pointer in words', () => {
    const { hit, top } = paint(0, 100);
    expect(hit(350, top('tasks') + 36 + 5)?.lines[0]).toBe('hog: blocked (D), 10.0 ms');
    expect(hit(250, top('locks') + 8)?.lines[0]).toBe('oom_lock held by hog  10.0 ms');
    expect(hit(250, top('zones') + 20)?.lines[0]).toBe('DMA32 free: 15 pages');
  });
  test('draw a block of 1 px for work that is shorter than a pixel', () => {
    const { log, top } = paint(0, 1e6), row = top('tasks') + 36;
    const blocks = log.rects().filter((r) => r.y > row - 40 && r.h === 14);
    expect(blocks.length).toBeGreaterThan(0);
    expect(Math.min(...blocks.map((r) => r.w))).toBeGreaterThanOrEqual(1);
  });
  test('hang a bar under a CPU whose page lists are empty, as they are all the time here', () => {
    const { log, top } = paint(0, 100), under = top('pcp') + 32; // the strip of CPU 0 ends 14 px below the 18 of the head
    expect(log.rects().filter((r) => r.y === under && r.h === 2 && r.w === WIDTH)).toHaveLength(1);
  });
  test('say of per-CPU lists who refilled, who took, and who took what no mark would have allowed', () => {
    const listed = marksTrace(`
      1   0  buddyTake 0 @rmqueue_bulk
      1   0  buddyTake 1 @rmqueue_bulk
      1   0  pageUse 0
      20  1  buddyTake 2 @rmqueue_bulk
      24  0  wmark-low 2000
      25  0  pageUse 1
      40  0  pageUse 3`), log = drawLog(), places = layOut(lanes, listed, []).places, at = places.find((p) => p.lane.id === 'pcp')?.top ?? Number.NaN, x = (ms: number): number => (ms / 40) * WIDTH;
    const hit = paintLanes(log.pen, listed, { columns: listed.columns(0, 40e6, WIDTH), notes: [], selectedTask: null }, listed.rows, places, 0, { width: WIDTH, height: 900, theme: log.theme });
    expect(hit(x(1) + 0.5, at + 22)?.lines.slice(0, 3)).toEqual(['cpu 0: 1 page on its lists, and none for a moment', '1 refill, pages: task0 2', 'pages taken: task0 1']);
    expect(hit(x(20) + 0.5, at + 36)?.lines.slice(1, 2)).toEqual(['1 refill, pages: task1 1']);
    expect(hit(x(25) + 0.5, at + 22)?.lines.slice(1, 3)).toEqual(['pages taken: task0 1', 'below low, woke nobody: task0 1']);
    // a tick of 3 px where the refill was, at the top of its strip, and one on the base for who woke nobody
    const ticks = (colour: string, y: number): number[] => log.lines().filter((l) => l.colour === colour && l.y0 === at + y && l.y1 === at + y + 3).map((l) => Math.floor(l.x0));
    expect([ticks('ink3', 19), ticks('ink3', 33), ticks('direct', 29)]).toEqual([[x(1)], [x(20)], [x(25)]]);
    const lane = lanes.find((l) => l.id === 'pcp'), values = lane?.labels(listed, listed.eventAt(22e6), null, 38).map((row) => `${row.name}: ${row.value}`);
    expect(values).toEqual(['Per-CPU lists: pages', 'cpu 0, 1 refill: 1', 'cpu 1, 1 refill: 1', 'below min 0: no wake 0']);
    expect(lane?.labels(listed, listed.eventAt(30e6), null, 38).at(-1)?.value).toBe('no wake 1');
  });
  test('say where nothing has been simulated yet', () => {
    expect(paint(0, 400).log.texts()).toContain('not simulated yet');
  });
  test('draw nothing outside of their own place', () => {
    const { log } = paint(0, 100);
    expect(log.depth()).toBe(0);
    expect(log.clips()).toBeGreaterThanOrEqual(lanes.filter((l) => l.exists(trace)).length);
  });
});

describe('kills', () => {
  // pids are 100 and the place in the order of the lines: hog is 101; lmkd runs when it kills
  const killed = traceFromText(`
    ms       0     10                       20          30     40
    hog      run   .                        .           .      -
    lmkd     sleep run                      sleep       .      .
    other    sleep .                        .           run@out_of_memory -
    mark     .     userspace_kill:101:500   .           kill:other .`);
  const log = drawLog(), { places } = layOut(lanes, killed, []), columns = killed.columns(0, 50e6, WIDTH), at = (id: string, ms: number): string[] => {
    const lane = lanes.find((l) => l.id === id);
    return (lane?.labels(killed, killed.eventAt(ms * 1e6), null, lane.height(killed)) ?? []).map((row) => `${row.name}: ${row.value}`);
  };
  paintLanes(log.pen, killed, { columns, notes: [], selectedTask: null }, killed.rows, places, 0, { width: WIDTH, height: 900, theme: log.theme });
  test('by a program are told apart from those of the OOM killer, in the text twin, in the mark and by its shape', () => {
    expect(at('marks', 5)).toEqual(['Marks: so far', 'OOM kills: 0 of 1', 'kills by programs: 0 of 1']);
    expect(at('marks', 15).slice(1)).toEqual(['OOM kills: 0 of 1', 'kills by programs: 1 of 1']);
    expect(at('marks', 35).slice(1)).toEqual(['OOM kills: 1 of 1', 'kills by programs: 1 of 1']);
    expect(log.texts()).toContain('lmkd kills hog');
    expect(log.texts()).toContain('kill other');
    // the stem of the arrow: 2 px wide, in ink, where 10 ms are
    expect(log.rects()).toContainEqual(expect.objectContaining({ x: (10 / 50) * WIDTH - 1, w: 2, colour: 'ink' }));
    expect(lanes.find((l) => l.id === 'marks')?.short(killed, killed.rows)).toBe('1 OOM kill, 1 by programs');
  });
  test('by a program leave a task that is not the OOM killer\'s victim, and memory comes back when it has gone', () => {
    expect(at('tasks', 15)).toContain('hog: killed R queued');
    expect(at('tasks', 35)).toContain('other: victim R cpu0');
    expect(log.texts().filter((words) => words.startsWith('victim gone'))).not.toEqual([]);
  });
  test('by programs have no line in a run without any', () => {
    expect(labels('marks', 30)).toEqual({ Marks: 'so far', 'OOM kills': '1 of 1' });
  });
});

describe('the places of the lanes', () => {
  const bottom = (collapsed: readonly string[], room: number): number => layOut(lanes, trace, collapsed, room).height;
  test('follow each other without a gap, a line of 1 px between them', () => {
    const { places, height } = layOut(lanes, trace, ['pcp'], 0);
    places.forEach((p, i) => { expect(p.top).toBe(i === 0 ? 0 : places[i - 1].top + places[i - 1].height + 1); });
    expect(places.find((p) => p.lane.id === 'pcp')?.height).toBe(COLLAPSED_PX);
    expect(height).toBe(places[places.length - 1].top + places[places.length - 1].height + 1);
  });
  test('take room that is left, and never more than there is', () => {
    const least = bottom([], 0);
    expect(bottom([], least - 20)).toBeLessThanOrEqual(least - 20); // zones and memory can do without 75 px of theirs
    expect(bottom([], 1)).toBe(least - 75);
    expect(bottom([], least + 60)).toBeGreaterThan(least + 55);
    expect(bottom([], least + 60)).toBeLessThanOrEqual(least + 60);
  });
});

test('the busiest process comes first, then victims, then kswapd; a selected task is always among those shown', () => {
  const names = shownTasks(trace, null).map((id) => trace.tables.taskName(id));
  expect(names).toEqual(['hog', 'kswapd0', 'other']);
  const idle = trace.tables.tasks.findIndex((t) => t.idle);
  expect(shownTasks(trace, idle)).not.toContain(idle);
});

test('the brush can be held at its edges and inside, however narrow the window is', () => {
  const columns = trace.columns(0, 100e6, WIDTH), brush = brushOf(columns, 50e6, 50.001e6);
  expect(brush.x1 - brush.x0).toBeGreaterThanOrEqual(8);
  const wide = brushOf(columns, 20e6, 60e6);
  expect([200, 400, 600, 700].map((x) => brushPart(wide, x))).toEqual(['left', 'inside', 'right', 'outside']);
});

test('every lane has one name: that of the list of lanes stands beside it too', async () => {
  await allLanes();
  const all = marksTrace(`
    1  0  rcu_callback 0 1
    2  0  kvfree cpu0 cache = 5`);
  const shown = lanes.filter((lane) => lane.exists(all));
  expect(shown.map((lane) => lane.labels(all, all.rows, null, 100)[0].name)).toEqual(shown.map((lane) => lane.title));
  expect(shown.map(({ id }) => id)).toEqual(lanes.map(({ id }) => id).filter((id) => id !== 'pace')); // that of the pace is in its own test: it wants a task in its round
});

describe('kernel threads that do nothing', () => {
  const idle = traceFromText(`
    ms            0     10      20     30     40
    hog           run   .       .      .      run
    kswapd0       sleep .       .      .      sleep
    kworker/0:0   sleep run     sleep  .      sleep
    kworker/0:0H  run   sleep   .      .      sleep
    kworker/1:0H  run   sleep   .      .      sleep
    init          sleep .       .      .      sleep`), lane = lanes.find((l) => l.id === 'tasks');
  const rows = (unfolded: boolean, atMs: number, selected: number | null = null): string[] => (lane?.labels(idle, idle.eventAt(atMs * 1e6), selected, 0, unfolded ? ['idle'] : []) ?? []).slice(2).map((row) => row.name);
  const closed = ['hog', 'kswapd0', 'kworker/0:0', 'init', '2 idle kernel threads'];
  test('stand in one line; kswapd, who is asked for, and programs keep theirs', () => {
    expect(rows(false, 40)).toEqual(closed);
    expect(rows(true, 40)).toEqual([...closed, 'kworker/0:0H', 'kworker/1:0H']);
    expect((lane?.height(idle, ['idle']) ?? 0) - (lane?.height(idle) ?? 0)).toBe(2 * 18);
  });
  test('stand in it at every place of the cursor, also while they have not slept yet', () => {
    expect([0, 5, 15, 40].map((ms) => rows(false, ms))).toEqual([closed, closed, closed, closed]);
  });
  test('have a line when one of them is selected, and the lane does not grow by it', () => {
    const thread = idle.tables.tasks.findIndex((t) => t.comm === 'kworker/1:0H');
    expect(rows(false, 40, thread)).toEqual(['hog', 'kswapd0', 'kworker/0:0', 'kworker/1:0H', '2 idle kernel threads']);
  });
});

describe('the marks of a zone', () => {
  const two = traceFromText(`
    ms       0     10    100
    hog      run   .     .
    DMA      60    .     .
    DMA32    100   90    .`);
  const texts = (reserves: readonly number[]): readonly string[] => {
    two.shape.zones.forEach((z, i) => { Object.assign(z, { reserve: [0, 0, reserves[i]] }); });
    const log = drawLog(), { places } = layOut(lanes, two, []);
    paintLanes(log.pen, two, { columns: two.columns(0, 100e6, WIDTH), notes: [], selectedTask: null }, two.rows, places, 0, { width: WIDTH, height: 900, theme: log.theme });
    return log.texts().filter((words) => /^(min|low|high)\b/.test(words));
  };
  test('are named in the tall lane, and in a low one min alone', () => {
    expect(texts([0, 0])).toEqual(['min 20', 'low 30', 'high 40', 'min 20']);
  });
  test('are all three drawn of a zone that keeps pages back, in the tall lane by their sum, in a low one with what it is the sum of', () => {
    expect(texts([7, 0])).toEqual(['min + reserve 27', 'low + reserve 37', 'high + reserve 47', 'min 20']);
    expect(texts([0, 7])).toEqual(['min 20', 'low 30', 'high 40', 'min 20 + reserve 7 = 27']);
  });
});

test('each lane says what it shows', async () => {
  await allLanes();
  expect(lanes.filter(({ id }) => aboutLane(id).length < 60).map(({ id }) => id)).toEqual([]);
});

describe('tasks that have no line', () => {
  const some = Array.from({ length: 16 }, (_, i) => `t${String(i).padStart(2, '0')}      run   run     .      queue  .     .`);
  // busy tasks, and four that do next to nothing: who holds the lock, who misses it, who calls the OOM killer, whom it kills
  const crowd = traceFromText(`
    ms       0     10      20     30     40    90
    ${some.join('\n    ')}
    holder   sleep oom_lock* .    .      .     sleep
    misses   sleep .       oom_lock! .   sleep .
    killer   sleep .       .      run@out_of_memory sleep .
    prey     sleep .       .      .      .     -
    mark     .     .       .      kill:prey .   .`), lane = lanes.find((l) => l.id === 'tasks');
  const rows = (unfolded: readonly ('idle' | 'rest')[], selected: number | null = null): string[] => (lane?.labels(crowd, crowd.rows, selected, 0, unfolded) ?? []).slice(2).map((row) => row.name);
  test('are never those that the story is about: the victim, who killed it, and who held what others wanted', () => {
    expect(rows([]).slice(1, 4)).toEqual(['prey', 'killer', 'holder']);
  });
  test('are counted in a line that unfolds, below it', () => {
    const closed = rows([]), open = rows(['rest']), at = closed.indexOf('and 8 more tasks');
    expect(at).toBe(closed.length - 1);
    expect(open.slice(0, at + 1)).toEqual(closed);
    expect(open).toHaveLength(closed.length + 8);
    expect((lane?.height(crowd, ['rest']) ?? 0) - (lane?.height(crowd) ?? 0)).toBe(8 * 18);
  });
  test('keep their line below when they are selected there', () => {
    const last = crowd.tables.tasks.findIndex((t) => t.comm === 't15');
    expect(rows(['rest'], last)).toEqual(rows(['rest']));
    expect(rows([], last)).toContain('t15');
  });
});
