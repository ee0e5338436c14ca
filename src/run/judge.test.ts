import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockFrom, blockOrder, blockType, blockZone, MT, NO_CPU, packBlock, ROW, TASK_STATE, WMARK_CELL } from '../format/rows.ts';
import { copyState, ZONE_CELLS } from '../format/state.ts';
import { must } from '../base/units.ts';
import { memcgLimit } from '../scenarios/memcg_limit.ts';
import { oneHog } from '../scenarios/one_hog.ts';
import { reaperTrylockRetries } from '../scenarios/reaper_trylock_retries.ts';
import { judge } from './judge.ts';
import { INVARIANTS, type Invariant } from './judge_findings.ts';
import { type RunTrace, runScenario } from './run.ts';
import { type Row, rowsOf, withRows } from './testing/row_list.ts';
import { twoHogs } from './testing/small_runs.ts';

const one = runScenario(oneHog).trace, two = runScenario(twoHogs).trace, boxed = runScenario(memcgLimit).trace;
const oneRows = rowsOf(one.chunks), twoRows = rowsOf(two.chunks), boxedRows = rowsOf(boxed.chunks);
const find = (rows: readonly Row[], wanted: (r: Row, i: number) => boolean, from = 0): number => {
  const i = rows.findIndex((r, at) => at >= from && wanted(r, at));
  if (i < 0) throw new Error('the run has no such row');
  return i;
};
const brokenBy = (trace: RunTrace): Set<Invariant> => new Set(judge(trace).broken.map((b) => b.invariant));
/** What the judge says when one run's rows are edited. */
function edited(trace: RunTrace, rows: readonly Row[], edit: (copy: Row[]) => void): Set<Invariant> {
  const copy = rows.slice();
  edit(copy);
  return brokenBy(withRows(trace, copy));
}
const drop = (i: number) => (rows: Row[]): void => { rows.splice(i, 1); };
const change = (i: number, by: Partial<Row>) => (rows: Row[]): void => { rows[i] = { ...rows[i], ...by }; };
const insert = (i: number, by: Partial<Row>) => (rows: Row[]): void => { rows.splice(i, 0, { ...rows[i], ...by }); };
const kind = (k: number) => (r: Row): boolean => r.kind === k;
const string = (trace: RunTrace, text: string): number => trace.tables.strings.indexOf(text);

// that no story breaks anything stands in stories_*.test.ts, which run them all
test('a clean run breaks nothing, and everything was looked at', () => {
  for (const trace of [one, two]) expect(judge(trace)).toEqual({ checked: Object.keys(INVARIANTS), broken: [] });
});

describe('a fault in the pages is seen', () => {
  const take = find(oneRows, (r) => r.kind === ROW.buddyTake && blockFrom(r.b) > blockOrder(r.b) + 1);
  const freed = find(oneRows, (r) => r.kind === ROW.buddyFree && blockFrom(r.b) > blockOrder(r.b));
  test('a block that is taken twice', () => expect(edited(one, oneRows, insert(take, {}))).toContain('page-states'));
  test('a page that comes back, and nobody says so', () => {
    const again = find(oneRows, (r) => r.kind === ROW.pcpFree && oneRows.some((o) => o.kind === ROW.buddyFree && o.a === r.a));
    expect(edited(one, oneRows, drop(again))).toContain('page-states');
  });
  test('a page that is used without having been taken', () => expect(edited(one, oneRows, drop(take))).toContain('page-states'));
  test('a page that was used and is freed as if it were on a list', () => {
    const i = find(oneRows, (r) => r.kind === ROW.pcpFree);
    expect(edited(one, oneRows, change(i, { kind: ROW.buddyFree, b: oneRows[i].b }))).toContain('page-states');
  });
  test('a hole that is put to use', () => expect(edited(one, oneRows, (rows) => { const at = find(rows, kind(ROW.pageUse)); rows[at] = { ...rows[at], c: 0 }; })).toContain('page-states'));
  test('a block out of its zone', () => expect(edited(one, oneRows, change(take, { a: one.shape.frames + 4096 }))).toContain('blocks-in-zone'));
  test('a block that is not aligned to its size', () => {
    const i = find(oneRows, (r) => r.kind === ROW.moveFree && blockOrder(r.b) > 0);
    expect(edited(one, oneRows, change(i, { a: oneRows[i].a + 1 }))).toContain('blocks-in-zone');
  });
  test('a block that was split from another order than its row says', () => {
    const { b } = oneRows[take];
    expect(edited(one, oneRows, change(take, { b: packBlock(blockOrder(b), blockFrom(b) - 1, blockType(b), blockZone(b), b >>> 16) }))).toContain('buddy-blocks');
  });
  test('a free block that changes lists from one where it is not', () => {
    const i = find(oneRows, kind(ROW.moveFree)), { b } = oneRows[i];
    expect(edited(one, oneRows, insert(i, { b: packBlock(blockOrder(b), blockFrom(b), blockType(b), blockZone(b), NO_CPU) }))).toContain('buddy-blocks');
  });
  test('a block that was not merged with its free buddy', () => {
    const { b } = oneRows[freed], half = packBlock(blockOrder(b), blockFrom(b) - 1, blockType(b), blockZone(b), b >>> 16);
    expect(edited(one, oneRows, change(freed, { b: half }))).toContain('buddies-merged');
  });
  test('a first state that counts a free block too many', () => {
    const initial = copyState(one.initial);
    initial.buddy[MT.movable] += 1;
    initial.zones[ZONE_CELLS.free] += 1;
    expect(brokenBy({ ...one, initial })).toContain('free-counts');
  });
  test('a first state that counts a page too many on a per-CPU list', () => {
    const initial = copyState(one.initial);
    initial.pcp[0] += 1;
    expect(brokenBy({ ...one, initial })).toContain('pcp-counts');
  });
  test('a page that leaves the list of another CPU', () => {
    const i = find(twoRows, (r) => r.kind === ROW.pageUse && r.b >>> 16 === 1);
    expect(edited(two, twoRows, change(i, { b: twoRows[i].b & 0xffff }))).toContain('page-states');
  });
  test('a zone whose frames are not as many as it spans', () => {
    const { shape } = one, zones = shape.zones.map((z, i) => (i === 0 ? { ...z, managed: z.managed - 1 } : z));
    expect(brokenBy({ ...one, shape: { ...shape, zones } })).toContain('pages-conserved');
  });
  test('any row that gives, takes or uses a page and stands there twice', () => {
    const places = oneRows.flatMap((r, i) => (r.kind >= ROW.buddyTake && r.kind <= ROW.pageUse ? [i] : []));
    fc.assert(fc.property(fc.nat(places.length - 1), (n) => {
      expect(edited(one, oneRows, insert(places[n], {}))).toContain('page-states');
    }), { numRuns: 15 });
  });
});

describe('a count below zero is seen', () => {
  const i = find(oneRows, (r) => r.kind === ROW.mark);
  test('of a gauge', () => expect(edited(one, oneRows, insert(i, { kind: ROW.gauge, a: 0, b: -1 }))).toContain('no-negative'));
  test('of free blocks', () => {
    const initial = copyState(one.initial), at = find(oneRows, kind(ROW.buddyTake)), { b } = oneRows[at];
    initial.buddy[(blockZone(b) * 11 + blockFrom(b)) * 5 + blockType(b)] = 0;
    expect(brokenBy({ ...one, initial })).toContain('no-negative');
  });
  test('of a resident set', () => expect(edited(one, oneRows, insert(i, { kind: ROW.rss, a: 1, b: 0, c: -1 }))).toContain('rss'));
});

describe('a fault of the text is seen', () => {
  test('time that runs backward', () => expect(edited(one, oneRows, change(2000, { time: oneRows[1000].time - 1 }))).toContain('rows-in-order'));
  test('a chunk that is missing', () => expect(brokenBy({ ...one, chunks: one.chunks.filter((_, n) => n !== 2) })).toContain('rows-in-order'));
  test('a stack that nobody has', () => expect(edited(one, oneRows, change(5, { stack: one.tables.stackParent.length }))).toContain('names-known'));
  test('a task that nobody has', () => expect(edited(one, oneRows, change(5, { task: one.tables.tasks.length }))).toContain('names-known'));
  test('an operand without its decision', () => {
    const i = find(oneRows, (r, n) => r.kind === ROW.operand && oneRows[n - 1].kind === ROW.decide && oneRows[n - 2].kind !== ROW.decide && oneRows[n - 2].kind !== ROW.operand);
    expect(edited(one, oneRows, drop(i - 1))).toContain('operands-follow');
  });
  test('two lines of the log that have changed places', () => {
    const i = find(oneRows, kind(ROW.log)), j = find(oneRows, kind(ROW.log), i + 1);
    expect(edited(one, oneRows, (rows) => { change(i, { a: oneRows[j].a })(rows); change(j, { a: oneRows[i].a })(rows); })).toContain('log-in-order');
  });
  test('watermarks in the wrong order', () => {
    const i = find(oneRows, kind(ROW.mark));
    expect(edited(one, oneRows, insert(i, { kind: ROW.wmark, a: 8 + WMARK_CELL.low, b: 1 }))).toContain('watermarks');
  });
  test('a kill without its victim', () => {
    const i = find(oneRows, (r) => r.kind === ROW.mark && r.a === string(one, 'mark_victim'));
    expect(edited(one, oneRows, drop(i))).toContain('kill-marked');
  });
});

describe('a fault of memory cgroups is seen', () => {
  const charged = find(boxedRows, (r) => r.kind === ROW.charge && r.c >= 0), back = find(boxedRows, (r) => r.kind === ROW.charge && r.c < 0);
  const full = find(boxedRows, (r) => r.kind === ROW.gauge && r.a === string(boxed, 'memory.current /box') && r.b === 6 * 256);
  test('a page that is charged, and nobody says so', () => expect(edited(boxed, boxedRows, drop(charged))).toContain('memcg-charges'));
  test('a page that is charged twice', () => expect(edited(boxed, boxedRows, insert(charged, {}))).toContain('memcg-charges'));
  test('a page that is charged to another group', () => expect(edited(boxed, boxedRows, change(charged, { c: string(boxed, 'mark_victim') }))).toContain('memcg-charges'));
  test('a page that is freed and stays charged', () => expect(edited(boxed, boxedRows, drop(back))).toContain('memcg-charges'));
  test('a counter that is one page off', () => expect(edited(boxed, boxedRows, change(full, { b: 6 * 256 - 1 }))).toContain('memcg-charges'));
  test('a group that passes its limit, unless a charge was forced', () => {
    const over = (rows: Row[]): void => { const at = rows.findIndex((r) => r.kind === ROW.gauge && r.a === string(boxed, 'memory.max /box')); rows[at] = { ...rows[at], b: 6 * 256 - 1 }; };
    expect(edited(boxed, boxedRows, over)).toEqual(new Set(['memcg-limit']));
    const forced = { ...boxed, tables: { ...boxed.tables, strings: [...boxed.tables.strings, 'memcg_charge_forced /box'] } };
    const marked = (rows: Row[]): void => { over(rows); rows.forEach((r, i) => { if (r.kind === ROW.gauge && r.a === string(boxed, 'memory.current /box') && r.b === 6 * 256) rows[i - 1] = { ...rows[i - 1], kind: ROW.mark, a: forced.tables.strings.length - 1, b: 1, c: 0 }; }); };
    expect(edited(forced, boxedRows, marked)).not.toContain('memcg-limit');
  });
});

describe('a fault of locks is seen', () => {
  const gots = twoRows.flatMap((r, i) => (r.kind === ROW.lockGot && r.c === 0 ? [i] : []));
  const got = must(gots[0], 'nobody takes a lock'), lock = twoRows[got];
  test('a lock with two holders', () => expect(edited(two, twoRows, insert(got + 1, { kind: ROW.lockGot, a: lock.a, b: 0, c: 0 }))).toContain('one-holder'));
  test('a reader beside a writer', () => expect(edited(two, twoRows, insert(got + 1, { kind: ROW.lockGot, a: lock.a, b: 0, c: 1 }))).toContain('one-holder'));
  test('a lock that is dropped by another task', () => {
    const i = find(twoRows, (r) => r.kind === ROW.lockDrop && r.a === lock.a, got);
    expect(edited(two, twoRows, change(i, { b: 0 }))).toContain('dropped-by-holder');
  });
  test('a lock that is never dropped', () => {
    const i = find(twoRows, (r) => r.kind === ROW.lockDrop && twoRows.some((o, n) => o.kind === ROW.lockGot && o.a === r.a && n > twoRows.indexOf(r)));
    expect(edited(two, twoRows, drop(i))).toContain('one-holder');
  });
  test('a task that waits for two locks', () => expect(edited(two, twoRows, (rows) => { for (let n = 0; n < 2; n++) insert(got + 1, { kind: ROW.lockWait, a: lock.a, b: 0 })(rows); })).toContain('waits'));
  test('a task that leaves a queue in which it does not stand', () => expect(edited(two, twoRows, insert(got, { kind: ROW.lockQuit, a: lock.a, b: 0 }))).toContain('waits'));
});

describe('a fault of tasks and CPUs is seen', () => {
  const isReal = (r: Row): boolean => r.kind === ROW.switch_ && r.a !== r.b;
  test('a switch from a task that did not run', () => {
    const i = find(twoRows, (r) => isReal(r) && r.cpu === 0 && r.b >= 2), other = twoRows[i].a === 1 ? 0 : 1;
    expect(edited(two, twoRows, change(i, { a: other }))).toContain('switch-chain');
  });
  test('a task on two CPUs', () => {
    const on: number[] = [0, 1];
    const i = find(twoRows, (r) => { if (r.kind !== ROW.switch_) return false; const hit = r.cpu === 1 && on[0] >= 2 && r.a !== r.b; if (!hit) on[r.cpu] = r.b; return hit; });
    expect(edited(two, twoRows, change(i, { b: on[0] }))).toContain('one-cpu');
  });
  test('a row of a task that does not run', () => expect(edited(two, twoRows, change(find(twoRows, kind(ROW.pageUse)), { task: 0 }))).toContain('one-cpu'));
  test('a sleeper that runs without having been woken', () => {
    const i = find(oneRows, (r, n) => r.kind === ROW.wake && oneRows.slice(n + 1, n + 400).some((o) => o.kind === ROW.switch_ && o.b === r.a) && oneRows.slice(0, n).some((o) => o.kind === ROW.block && o.a === r.a));
    expect(edited(one, oneRows, drop(i))).toContain('asleep');
  });
  test('a task that blocks and stays', () => {
    const i = find(oneRows, (r, n) => r.kind === ROW.block && oneRows[n + 1].kind === ROW.switch_);
    expect(edited(one, oneRows, drop(i + 1))).toContain('asleep');
  });
  test('a handler that leaves and had not come', () => expect(edited(one, oneRows, drop(find(oneRows, kind(ROW.enter))))).toContain('handlers-nest'));
  test('a killed task that does not exit', () => expect(edited(one, oneRows, drop(find(oneRows, kind(ROW.exit))))).toContain('killed-exits'));
  test('a killed task that goes to sleep where a signal would wake it', () => {
    const i = find(oneRows, kind(ROW.signal)), victim = oneRows[i].a;
    const at = find(oneRows, (r, n) => n > i && r.kind === ROW.switch_ && r.a === victim);
    expect(edited(one, oneRows, insert(at, { kind: ROW.block, a: victim, b: TASK_STATE.killable }))).toContain('killed-exits');
  });
});

describe('a fault of the reaper is seen', () => {
  const { trace } = runScenario(reaperTrylockRetries), rows = rowsOf(trace.chunks), marks = (name: string): number[] => rows.flatMap((r, i) => (r.kind === ROW.mark && r.a === string(trace, name) ? [i] : []));
  const pid = rows[marks('mark_victim')[0]].c, skips = marks('skip_task_reaping').filter((i) => rows[i].c === pid);
  test('the run has what is needed: ten attempts, then given up', () => expect([skips.length, brokenBy(trace)]).toEqual([10, new Set()]));
  test('an attempt too many', () => expect(edited(trace, rows, insert(skips[9] + 400, { kind: ROW.mark, a: rows[skips[9]].a, b: rows[skips[9]].b, c: pid }))).toContain('reaper-tries'));
  test('two attempts at once', () => expect(edited(trace, rows, insert(skips[4], {}))).toContain('reaper-tries'));
  test('a victim that is given up after nine', () => expect(edited(trace, rows, drop(skips[3]))).toContain('reaper-tries'));
  test('an attempt that ends and never began', () => expect(edited(trace, rows, change(skips[3], { a: string(trace, 'finish_task_reaping') }))).toContain('reaper-tries'));
});
