import { describe, expect, it } from 'vitest';
import { tinyChunks, tinyInitial, tinyShape, tinyTables } from '../exporters/testing/tiny_run.ts';
import { parseArgs } from './args.ts';
import { BadInput } from './problem.ts';
import { drained, milestones, series } from './replay.ts';
import { table } from './table.ts';

function lineOf(f: () => unknown): string {
  try { f(); } catch (e) { if (e instanceof BadInput) return e.line; throw e; }
  return 'nothing';
}

describe('arguments', () => {
  const spec = { positional: ['FILE', 'OTHER?'], values: ['seed'], lists: ['knob'], flags: ['json'] };
  it('in any order, with = or without, and behind --', () => {
    const a = parseArgs(['--knob', 'a=1', 'x', '--json', '--seed=7', '--knob=b=2', '--', '--y'], spec);
    expect([a.positional, a.value('seed'), a.list('knob').map((k) => k.text), a.flags.has('json')]).toEqual([['x', '--y'], '7', ['a=1', 'b=2'], true]);
  });
  it('what is wrong is one line with its place: the command stands in column 1', () => {
    expect(lineOf(() => parseArgs([], spec))).toBe('oomscope: arguments:1:2: expected FILE, found nothing');
    expect(lineOf(() => parseArgs(['a', 'b', 'c'], spec))).toBe("oomscope: arguments:1:4: expected only FILE OTHER?, found 'c'");
    expect(lineOf(() => parseArgs(['a', '--sed', '1'], spec))).toBe("oomscope: arguments:1:3: expected one of --seed --knob --json, found '--sed'");
    expect(lineOf(() => parseArgs(['a', '--seed'], spec))).toBe('oomscope: arguments:1:4: expected a value after --seed, found nothing');
    expect(lineOf(() => parseArgs(['a', '--seed', '1', '--seed', '2'], spec))).toBe('oomscope: arguments:1:5: expected --seed once, found it again');
  });
});

describe('replay', () => {
  it('turns tracepoints into milestones, and knows a wake by boost from one by the low mark', () => {
    expect(milestones({ tables: tinyTables, chunks: tinyChunks() })).toEqual({
      lowWakeNs: 20e6, readNs: 0, events: [{ tNs: 20e6, name: 'kswapd_wake', comm: 'kswapd0' }, { tNs: 35e6, name: 'mark_victim', comm: '=hog' }],
    });
  });
  it('a kernel that panics takes along what nobody has read from its trace', () => {
    const at = (ms: number) => ({ tNs: ms * 1e6, name: 'kswapd_wake' });
    // read at 10, 20 and 30 ms; the panic comes at 36
    expect(drained([at(8), at(30), at(31), at(35)], 10, 30e6)).toEqual({ events: [at(8), at(30)], undrained: [at(31), at(35)] });
    expect(drained([at(8), at(35)], 0, 0)).toEqual({ events: [at(8), at(35)], undrained: [] }); // no such reading: nothing is known to be lost
  });
  it('samples the folded state: what has happened at that instant is in it', () => {
    const s = series({ shape: tinyShape, initial: tinyInitial(), tables: tinyTables, chunks: tinyChunks() }, 10, 60e6);
    // a page is taken at 10 ms and given back at 45 ms; 7 pages are in swap from 40 ms on
    expect(s).toEqual({ tMs: [0, 10, 20, 30, 40, 50, 60], DMA32_free: [16, 15, 15, 15, 15, 16, 16], anon: [0, 1, 1, 1, 1, 0, 0], file: [0, 0, 0, 0, 0, 0, 0], slab: [0, 0, 0, 0, 0, 0, 0], swap_used: [0, 0, 0, 0, 7, 7, 7] });
  });
});

describe('table', () => {
  it('words to the left, numbers to the right', () => expect(table([['a', 1, 'x'], ['long', 20, '']])).toBe('a      1  x\nlong  20'));
});
