import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyState } from '../format/state.ts';
import { OPS, randomWorld, type Setup } from '../kernel/random_world.ts';
import { judge } from './judge.ts';

const STEPS = 4000;
const op = fc.record({ kind: fc.constantFrom(...OPS), n: fc.integer({ min: 0, max: 4_000_000 }), i: fc.integer({ min: 0, max: 2 }) });
const program = fc.record({ policy: fc.constantFrom('fifo' as const, 'normal' as const, 'idle' as const), prio: fc.integer({ min: 1, max: 5 }), weight: fc.constantFrom(335, 1024), ops: fc.array(op, { minLength: 2, maxLength: 12, size: 'max' }) });
const setup: fc.Arbitrary<Setup> = fc.record({
  cpus: fc.integer({ min: 1, max: 4 }), hz: fc.constantFrom(100, 1000), preempt: fc.constantFrom('none' as const, 'full' as const, 'rt' as const), wheel: fc.constantFrom('exact' as const, 'levels' as const),
  seed: fc.integer({ min: 1, max: 1e9 }), irqEveryNs: fc.integer({ min: 50_000, max: 3_000_000 }), programs: fc.array(program, { minLength: 2, maxLength: 7, size: 'max' }),
});

test('random programs on random machines, with locks of every kind, interrupts, timers and kills, break no invariant', () => {
  fc.assert(fc.property(setup, (s) => {
    const k = randomWorld(s, { keep: 'all' });
    for (let n = 0; n < STEPS && k.running > 0 && k.step(); n++);
    k.recorder.flush();
    const shape = { profile: '', kernel: '', cpus: k.cpus.length, hz: k.hz, preempt: k.preempt, zones: [], frames: 0, swapPages: 0 };
    expect(judge({ shape, initial: emptyState(shape), tables: k.recorder.takeGrowth(), chunks: k.recorder.chunks }).broken).toEqual([]);
  }), { numRuns: 60 });
});
