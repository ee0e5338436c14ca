import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHUNK_ROWS } from '../format/rows.ts';
import { StackTable } from './kfn.ts';
import { type Columns, type Keep, Recorder } from './recorder.ts';

const recorder = (keep: Keep = 'none', stacks = new StackTable()): Recorder => new Recorder(keep, stacks, 10, (fn) => `fn${fn}`);
type Row = readonly [time: number, cpu: number, task: number, stack: number, kind: number, a: number, b: number, c: number];
const write = (r: Recorder, rows: readonly Row[]): Recorder => { for (const w of rows) r.row(...w); return r; };
const int = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
const row: fc.Arbitrary<Row> = fc.tuple(
  fc.integer({ min: 0, max: 1e12 }), fc.nat(31), fc.nat(0xffff), fc.nat(1e6), fc.nat(41), int, int, int);

test('the hash sees a change of any one field, and the order of rows, in each of its two lanes', () => {
  fc.assert(fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), fc.nat(5), fc.nat(7), fc.integer({ min: 1, max: 0xffff }), (rows, at, field, by) => {
    const i = at % rows.length, changed = rows.map((r, j) => (j === i ? r.map((x, f) => (f === field ? (x ^ by) + (f === 0 ? Math.floor(x / 0x1_0000_0000) * 0x1_0000_0000 : 0) : x)) as unknown as Row : r));
    if (field === 1 || field === 4) return; // cpu and kind have fewer bits than `by`
    const a = write(recorder(), rows).digest, b = write(recorder(), changed).digest;
    expect(a.slice(0, 8)).not.toBe(b.slice(0, 8));
    expect(a.slice(8)).not.toBe(b.slice(8));
  }), { numRuns: 300 });
  const rows: Row[] = [[1, 0, 0, 0, 1, 2, 3, 4], [1, 0, 0, 0, 1, 2, 3, 5]];
  expect(write(recorder(), rows).digest).not.toBe(write(recorder(), [rows[1], rows[0]]).digest);
});
test('times that differ by a multiple of 2^32 ns, some 4.3 s, are told apart', () => {
  const at = (t: number): string => write(recorder(), [[t, 0, 0, 0, 1, 2, 3, 4]]).digest;
  expect(at(5)).not.toBe(at(5 + 0x1_0000_0000));
});
test('the two lanes do not fail together: 20,000 streams that agree in one lane by chance agree in no other way', () => {
  // 32 bits and 20,000 streams: 0.05 pairs are expected to agree in a lane, 1e-11 in both
  const seen = new Set<string>(), first = new Set<string>(), second = new Set<string>();
  for (let i = 0; i < 20_000; i++) {
    const d = write(recorder(), [[i, 0, 0, 0, 1, i, 0, 0], [i * 2, 0, 0, 0, 1, -i, 0, 0]]).digest;
    seen.add(d);
    first.add(d.slice(0, 8));
    second.add(d.slice(8));
  }
  expect(seen.size).toBe(20_000);
  expect(Math.min(first.size, second.size)).toBeGreaterThan(19_996);
});
test('a sink gets each chunk when it is full, the rest on flush, and every row once and in order', () => {
  const got: Columns[] = [], r = recorder((c) => { got.push(c); }), total = CHUNK_ROWS * 2 + 5;
  for (let i = 0; i < total; i++) r.row(i, 1, 2, 3, 9, i, -i, 7);
  expect(got.map((c) => c.length)).toEqual([CHUNK_ROWS, CHUNK_ROWS]);
  r.flush();
  r.flush(); // nothing is left
  expect(got.map((c) => [c.first, c.length])).toEqual([[0, CHUNK_ROWS], [CHUNK_ROWS, CHUNK_ROWS], [CHUNK_ROWS * 2, 5]]);
  const a = got.flatMap((c) => [...c.a.subarray(0, c.length)]);
  expect(a.length).toBe(total);
  expect(a.every((x, i) => x === i)).toBe(true);
  expect([got[1].cpu[0], got[1].task[0], got[1].stack[0], got[1].kind[0], got[1].c[0], got[1].b[1]]).toEqual([1, 2, 3, 9, 7, -(CHUNK_ROWS + 1)]);
});
test('a chunk that is given back is used again, and the hash does not depend on who listens', () => {
  const buffers = new Set<ArrayBuffer>();
  const r: Recorder = recorder((c) => { buffers.add(c.a.buffer); r.recycle(c); }), silent = recorder();
  for (let i = 0; i < CHUNK_ROWS * 6; i++) { r.row(i, 0, 0, 0, 9, i, 0, 0); silent.row(i, 0, 0, 0, 9, i, 0, 0); }
  expect(buffers.size).toBe(2);
  expect(r.digest).toBe(silent.digest);
});
test('tables grow: each string, stack and line of the log is handed over once', () => {
  const stacks = new StackTable(), r = recorder('none', stacks), s1 = stacks.push(0, 3), s2 = stacks.push(s1, 4);
  expect([r.intern('q'), r.intern('q'), r.intern('r')]).toEqual([0, 0, 1]);
  const g = r.takeGrowth();
  expect(g.strings).toEqual(['q', 'r', 'fn3', 'fn4']);
  expect(g.stackParent).toEqual([0, 0, s1]);
  expect(g.stackFn).toEqual([-1, 2, 3]);
  stacks.push(s2, 3);
  r.log.push({ timeNs: 5, level: 4, text: 'Out of memory' });
  const h = r.takeGrowth();
  expect([h.strings, h.stackParent, h.stackFn, h.log.length]).toEqual([[], [s2], [2], 1]);
  expect(r.takeGrowth().log.length).toBe(0);
});
