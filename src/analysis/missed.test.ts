import { describe, expect, test } from 'vitest';
import { missedAt } from './missed.ts';
import { traceFromText } from './testing/drawn_trace.ts';

const trace = traceFromText(`
  ms       0     10         20         30         40     60         300
  holder   run   oom_lock*  .          .          .      .          .
  one      sleep .          oom_lock!  .          .      oom_lock!  .
  two      sleep .          .          oom_lock!  .      .          .`);
const at = (ms: number, drawn: (task: number, lock: number) => boolean = () => false): string[] => {
  const name = (task: number): string => trace.tables.taskName(task);
  return missedAt(trace, trace.eventAt(ms * 1e6), ms * 1e6, drawn).map((m) => `${trace.tables.lockName(m.lock)} of ${name(m.owner)}: ${m.tasks.map(name).join(' ')}, ${m.times}`);
};

describe('missed trylocks', () => {
  test('are counted by lock, with who has it', () => {
    expect([15, 25, 35, 65].map((ms) => at(ms))).toEqual([[], ['oom_lock of holder: one, 1'], ['oom_lock of holder: one two, 2'], ['oom_lock of holder: one two, 3']]);
  });
  test('are forgotten a tenth of a second later', () => {
    expect(at(300)).toEqual([]);
  });
  test('are not told twice of a task that is drawn as waiting', () => {
    const one = trace.tables.tasks.findIndex((t) => t.comm === 'one');
    expect(at(65, (task) => task === one)).toEqual(['oom_lock of holder: two, 1']);
  });
});
