import { describe, expect, test } from 'vitest';
import { must } from '../base/units.ts';
import { OCCURRENCES, parseCondition } from './occurrences.ts';
import { stepEvent, stepInto, stepJiffy, stepOut, stepOver } from './steps.ts';
import { traceFromText } from './testing/drawn_trace.ts';

const trace = traceFromText(`
  ms       0     1                          2                      3          4          12
  hog      run   run@a>try_to_free_pages    oom_lock*              run@a      run@a>b    run
  other    sleep .                          oom_lock?              .          oom_lock*  .
  DMA32    100   35                         15                     60         25         .
  mark     .     mm_vmscan_kswapd_wake      kill:hog               .          .          .`);
const times = (text: string): number[] => {
  const parsed = parseCondition(text, trace), list: number[] = [];
  if (!parsed.ok) throw new Error(parsed.problem.message);
  for (let event = parsed.value.next(0); event !== null; event = parsed.value.next(event)) list.push(trace.timeOfEvent(event) / 1e6);
  return list;
};
const problem = (text: string): string => {
  const parsed = parseCondition(text, trace);
  return parsed.ok ? 'none' : parsed.problem.message;
};

describe('an occurrence', () => {
  test('is found by each name of the list', () => {
    expect(OCCURRENCES.map((name) => times(name).length)).toEqual([1, 0, 1, 0, 1, 8]);
    expect(times('kswapd wake')).toEqual([1]);
    expect(times('oom KILL')).toEqual([2]);
  });
  test('of free pages is the moment at which the condition becomes true, not each row at which it holds', () => {
    expect(times('free DMA32 < 30')).toEqual([2, 4]);
    expect(times('free < 30')).toEqual([2, 4]);
    expect(times('zone.DMA32.free >= 60 pages')).toEqual([3]);
  });
  test('of a function is each row whose stack has it', () => {
    expect(new Set(times('try_to_free_pages'))).toEqual(new Set([1]));
    expect(new Set(times('a()'))).toEqual(new Set([1, 3, 4]));
  });
  test('of a task or a tracepoint goes by their names', () => {
    expect(new Set(times('task hog'))).toEqual(new Set([0, 1, 2, 3, 4, 12]));
    expect(times('kswapd_wake')).toEqual([1]);
  });
  test('is found backwards as it is forwards', () => {
    for (const text of ['watermark crossed', 'free DMA32 < 30', 'try_to_free_pages', 'task other']) {
      const condition = must([parseCondition(text, trace)].flatMap((p) => (p.ok ? [p.value] : []))[0], text), there: number[] = [], back: number[] = [];
      for (let e = condition.next(0); e !== null; e = condition.next(e)) there.push(e);
      for (let e = condition.previous(trace.rows + 1); e !== null; e = condition.previous(e)) back.unshift(e);
      expect(back).toEqual(there);
    }
  });
  test('says in one line what it cannot read', () => {
    expect(problem('')).toBe('expected a condition, found nothing');
    expect(problem('free Normal < 5')).toBe('this machine has no zone "Normal"; it has DMA32');
    expect(problem('free DMA32 few')).toContain('expected "free ZONE < PAGES"');
    expect(problem('task nobody')).toBe('no task is called "nobody" in this run');
    expect(problem('kmem_cache_alloc')).toContain('this run has no function, question or tracepoint called "kmem_cache_alloc"');
  });
});

describe('a step', () => {
  const at = (ms: number): number => trace.eventAt(ms * 1e6), depth = (event: number): number => trace.tables.depth.data[trace.stackAt(event - 1)];
  test('of one event goes to the neighbour, and stops at both ends', () => {
    expect([stepEvent(trace, 0, 1), stepEvent(trace, 0, -1), stepEvent(trace, trace.rows, 1), stepEvent(trace, trace.rows, -1)]).toEqual([1, null, null, trace.rows - 1]);
  });
  test('into a call stays with the task, however deep it goes, and back', () => {
    const from = at(3), to = must(stepInto(trace, from, 1), 'there is a later event');
    expect(trace.taskOfEvent(to)).toBe(trace.taskOfEvent(from));
    expect(Array.from({ length: to - from - 1 }, (_, i) => trace.taskOfEvent(from + 1 + i))).not.toContain(trace.taskOfEvent(from));
    expect(stepInto(trace, to, -1)).toBe(from);
  });
  test('over a call stays with the task and does not go deeper', () => {
    const to = must(stepOver(trace, at(3), 1), 'there is a later event');
    expect([trace.taskOfEvent(to) === trace.taskOfEvent(at(3)), depth(to) <= depth(at(3))]).toEqual([true, true]);
  });
  test('out of a call ends less deep', () => {
    const from = at(1), to = must(stepOut(trace, from, 1), 'there is a shallower event');
    expect(depth(to)).toBeLessThan(depth(from));
    expect(trace.taskOfEvent(to)).toBe(trace.taskOfEvent(from));
  });
  test('of a jiffy moves by 4 ms at 250 Hz, and by an event at least', () => {
    expect(trace.timeOfEvent(must(stepJiffy(trace, at(0), 1), 'later'))).toBe(4e6);
    expect(stepJiffy(trace, at(4), 1)).toBe(at(4) + 1);
    expect(stepJiffy(trace, trace.rows, 1)).toBe(null);
  });
});
