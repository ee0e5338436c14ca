import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClientEvents, RunMessage } from '../client/client.ts';
import type { Explored } from '../format/exploration.ts';
import type { Scenario } from '../format/scenario.ts';

/** The clients' ends, in the hands of the test: the run's and the exploration's. */
const wire: { events: ClientEvents | null; said: string[]; ran: Scenario[] } = { events: null, said: [], ran: [] };
vi.mock('../client/client.ts', () => ({
  Client: class {
    private readonly events: ClientEvents;
    constructor(events: ClientEvents) { this.events = events; }
    run(s: Scenario): number { wire.ran.push(s); return 1; }
    explore(s: Scenario, bound: number): number { wire.events = this.events; wire.said.push(`explore ${s.id} ${bound}`); return 1; }
    enough(): void { wire.said.push('enough'); }
    cancel(): void { wire.said.push('cancel'); }
    close(): void { wire.said.push('close'); }
  },
}));
vi.mock('../scenarios/one_hog.ts', () => ({ oneHog: { id: 'first', title: 'First', text: [], untilNs: 1000, explore: { bad: 'no-progress', from: 0, untilNs: 10, steps: 10, deviations: 1 } } }));
vi.stubGlobal('requestAnimationFrame', (f: () => void) => { f(); return 0; });

const { store } = await import('./store.ts');
const { cancelExploring, exploration, showSchedule, startExploring } = await import('./explore.ts');
const say = (m: RunMessage): void => wire.events?.message(m);
const explored = (bad: Explored['bad']): Explored => ({ bad, covered: { tasks: 2, steps: 9, deviations: 1, complete: false, longer: false, cut: null, schedules: 7, pruned: 0, stepsRun: 60 }, words: 'in words' });

describe('an exploration', () => {
  beforeEach(() => { wire.said = []; wire.ran = []; startExploring(1); });

  it('has a worker of its own, says how far it is, and lets the worker go at its end', () => {
    expect(wire.said).toEqual(['explore first 1']);
    say({ kind: 'exploring', run: 1, progress: { doing: 'x', schedules: 3, stepsRun: 30, depth: 10 } });
    expect(exploration.getState().now).toMatchObject({ kind: 'running', progress: { schedules: 3 }, stopping: false });
    say({ kind: 'explored', run: 1, explored: explored(null) });
    expect(exploration.getState().now).toMatchObject({ kind: 'done', explored: { words: 'in words' } });
    expect(wire.said.at(-1)).toBe('close');
  });
  it('is told that it is enough, and what it has covered until then is kept', () => {
    cancelExploring();
    expect([wire.said.at(-1), exploration.getState().now]).toMatchObject(['enough', { kind: 'running', stopping: true }]);
    say({ kind: 'explored', run: 1, explored: explored(null) });
    expect(exploration.getState().now.kind).toBe('done');
  });
  it('shows the schedule as a run of the same story with its choices; without a bad one it shows nothing', () => {
    say({ kind: 'explored', run: 1, explored: explored(null) });
    showSchedule();
    expect(wire.ran).toEqual([]);
    startExploring(1);
    say({ kind: 'explored', run: 1, explored: explored({ choices: [0, 2], steps: 5, deviations: 1, what: 'a ring', event: 40, timeNs: 7 }) });
    store.getState().openDialog('explore');
    showSchedule();
    expect([wire.ran.map((s) => [s.id, s.choices]), store.getState().dialog]).toEqual([[['first', [0, 2]]], null]);
  });
  it('that fails says so, and the run on screen stays', () => {
    const before = store.getState().scenario;
    say({ kind: 'failed', run: 1, message: 'expected the tracepoint x', at: null });
    expect(exploration.getState().now).toEqual({ kind: 'failed', message: 'expected the tracepoint x' });
    expect(store.getState().scenario).toBe(before);
  });
});
