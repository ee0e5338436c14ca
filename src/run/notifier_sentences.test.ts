import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { NEEDLESS, SENTENCES, sentenceTable, tell } from './testing/notifier_sentences.ts';
import { blocksOf, columnsOf, type KernelFigures, readKernelFigures, type Row } from './testing/probe_figures.ts';

/** The kernel's own figures in the model's place: what `npm run check:long figures` holds the model against, held against the recordings it was read off. */
const kernel = readKernelFigures(readFileSync(new URL('../../fixtures/probe/notifier_v6.1.csv', import.meta.url), 'utf8'));
const rowOf = (capture: string, name: string, runs: readonly KernelFigures[]): Row => ({
  capture, name, kernelFree: runs.map((f) => f.freeAtMarks), modelFree: runs.map((f) => f.freeAtMarks),
  cells: columnsOf(capture).map((c) => { const values = runs.map(c.of).filter((n) => n !== null); return { column: c.name, kernel: values, model: values, near: true, again: false }; }),
});
const rows = [...new Set(kernel.map((r) => r.capture))].flatMap((capture) => [...blocksOf(kernel, capture)].map(([name, runs]) => rowOf(capture, name, runs)));

describe('what the README of the captures tells of notifiers and starvation', () => {
  test('is what its recordings say, of blocks that are there', () => {
    expect(tell(rows).filter((t) => !t.near).map((t) => [t.says, t.kernel, t.model])).toEqual([]);
    expect(SENTENCES.length).toBeGreaterThan(60);
  });
  test('gets a star where the model says otherwise, or nothing', () => {
    const outside = SENTENCES.filter((s) => s.capture === '6.1n-2-mod_notifier_sleep_outside' && s.column === 'direct reclaims');
    const wrong = rows.map((r) => ({ ...r, cells: r.cells.map((c) => ({ ...c, model: c.model.map((n) => n + 1) })) }));
    expect([tell(rows, outside), tell(wrong, outside), tell([], outside)].map((t) => sentenceTable(t).split('\n')[2])).toEqual(['289 | equal |', '290 * | equal |', 'none * | equal |'].map((end) => `| outside under its mutex, 1000 ms, 16 who allocate: direct reclaims | 289 | ${end}`));
  });
  test('of kills may be what two further boots of the same kernel come to, and no more', () => {
    // Outside under the mutex, callback of nothing: the recordings have no needless kill, three further boots 2, 2 and none, so two of them 2 or 4.
    const again = readKernelFigures(readFileSync(new URL('../../fixtures/probe/notifier_again_v6.1.csv', import.meta.url), 'utf8'));
    const needless = SENTENCES.filter((s) => s.capture === '6.1n-2-mod_notifier_sleep_outside' && s.column === NEEDLESS && s.kernel[0] === 0 && s.rule === 'order');
    const kills = (n: number): readonly Row[] => rows.filter((r) => r.capture === '6.1n-2-mod_notifier_sleep_outside').map((r) => ({ ...r, modelFree: r.name === 'count_A1' ? [[400, ...Array.from({ length: n }, () => 2000)]] : [] }));
    const says = (n: number, boots = again): string => sentenceTable(tell(kills(n), needless, boots)).split('\n').slice(2).join().replace(/^.*free \| (.*) \|[^|]*\|$/, '$1');
    expect([0, 1, 2, 4, 5].map((n) => says(n))).toEqual(['0 | 0', '0 | 1 ~', '0 | 2 ~', '0 | 4 ~', '0 | 5 *']);
    expect(says(4, again.slice(0, 1))).toBe('0 | 4 *');
  });
  test('takes an order of magnitude for a tenth to ten times, and a time that a sleep decides for a quarter and a jiffy', () => {
    const claims = SENTENCES.filter((s) => /claims for 300 ms: first kill|^the same outside: first kill/.test(s.says)).slice(0, 2);
    const at = (ms: number): readonly boolean[] => tell(rows.map((r) => ({ ...r, cells: r.cells.map((c) => ({ ...c, model: [ms] })) })), claims).map((t) => t.near);
    expect(claims.map((s) => s.rule)).toEqual(['quarter', 'order']);
    expect([at(380), at(381), at(0.02), at(0.01), at(10), at(11)].map(([quarter, order]) => [quarter, order])).toEqual([[true, false], [false, false], [false, true], [false, false], [false, true], [false, false]]);
  });
});
