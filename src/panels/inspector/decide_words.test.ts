import { expect, test } from 'vitest';
import { ENDS, ONWARD } from '../../analysis/why.ts';
import { WAITING } from '../../analysis/tables.ts';
import { WAITS } from '../../analysis/why_task.ts';
import { NO_OPERAND } from '../../format/rows.ts';
import { operandWords, subjectWords } from './decide_words.ts';

const sources = import.meta.glob<string>(['../../{kernel,workloads,sim}/**/*.ts', '!**/*.test.ts', '!**/testing/**'], { query: '?raw', import: 'default', eager: true });
/** The arguments of a call, from just behind its bracket: split at commas that stand in no bracket and no quotation. */
function argumentsOf(text: string): string[] {
  const list = [''];
  for (let i = 0, depth = 0, quote = ''; i < text.length; i++) {
    const c = text[i];
    if (quote !== '') quote = c === quote ? '' : quote;
    else if (c === "'" || c === '`') quote = c;
    else if (c === ',' && depth === 0) { list.push(''); continue; }
    else if (c === ')' && depth === 0) return list.map((a) => a.trim());
    else depth += '([{'.includes(c) ? 1 : ')]}'.includes(c) ? -1 : 0;
    list[list.length - 1] += c;
  }
  throw new Error(`a call that does not end: ${text.slice(0, 80)}`);
}
const callsOf = (name: string): string[][] => Object.values(sources).flatMap((text) => [...text.matchAll(new RegExp(`\\bk\\.${name}\\(`, 'g'))].map((m) => argumentsOf(text.slice(m.index + m[0].length))));

/** What a question may be that is no string in its place: the lists of src/kernel/mm/scan_count.ts and workingset.ts, the questions of a zone (mmzone.ts). */
const COMPUTED: Readonly<Record<string, readonly string[]>> = {
  'MODES[mode]': ['scan anon and file alike', 'scan anon and file by their cost', 'scan anon only: the page cache is tiny', 'scan the page cache only'],
  'z.questions.watermark': ['zone_watermark_fast(DMA32)'], 'z.questions.wouldBeEnough': ['enough in Normal if all of it were reclaimed'],
  '`refault: nearer than the ${kind} pages in use`': ['refault: nearer than the anon pages in use', 'refault: nearer than the file pages in use'],
};

test('every decision of the model that carries a number has words for it', () => {
  const calls = callsOf('decide'), asked = calls.filter((a) => a.length > 2).flatMap(([question]) => (/^'[^']+'$/.test(question) ? [question.slice(1, -1)] : (COMPUTED[question] ?? [`unknown: ${question}`])));
  expect([calls.length > 90, asked.length > 50]).toEqual([true, true]);
  expect(asked.filter((question) => /^value |^$/.test(subjectWords(question, 3)))).toEqual([]);
});
test('and so has every further operand', () => {
  const names = callsOf('operand').flatMap(([name]) => (name === 'MARK_NAMES[which]' ? ['min', 'low', 'high'] : [name.slice(1, -1)]));
  expect(names.length).toBeGreaterThan(8);
  expect(names.filter((name) => operandWords(name, 3) === `${name} 3` && name !== 'pid')).toEqual([]);
});
test('the questions and functions that the reasons of a wait are read from are the model\'s own', () => {
  const text = Object.values(sources).join('\n');
  expect([...ENDS.keys(), ...ONWARD.keys()].filter((question) => !text.includes(`decide('${question}'`))).toEqual([]);
  expect([...WAITS.keys(), ...WAITING, 'try_charge_memcg'].filter((name) => !new RegExp(`(?:kfn|leaf)\\('${name}'`).test(text))).toEqual([]);
});
test('the words say what is counted, in which unit', () => {
  expect(['OOM notifiers freed pages', 'only low zones may be used', 'order > PAGE_ALLOC_COSTLY_ORDER: a kill would not help', 'zone_watermark_fast(DMA)', '16 rounds without progress: give up', 'retries are left'].map((q) => subjectWords(q, 1))).toEqual([
    '1 page claimed as freed', 'highest zone index 1', 'order 1', '1 page free', '1 round without progress', '1 retry left',
  ]);
  expect([subjectWords('vm.panic_on_oom', NO_OPERAND), subjectWords('a question of another engine', 7), operandWords('lowmem_reserve', 202), operandWords('other', 7)]).toEqual(['', 'value 7', 'lowmem_reserve 202 pages', 'other 7']);
});
