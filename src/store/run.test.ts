import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClientEvents, RunMessage } from '../client/client.ts';
import type { MachineShape, TableGrowth } from '../format/machine.ts';
import { newColumns, ROW } from '../format/rows.ts';
import type { Outcome, Scenario } from '../format/scenario.ts';
import { emptyState } from '../format/state.ts';

/** The client's end, in the hands of the test. */
const wire: { events: ClientEvents | null; ran: string[]; cancelled: number } = { events: null, ran: [], cancelled: 0 };
vi.mock('../client/client.ts', () => ({
  Client: class {
    constructor(events: ClientEvents) { wire.events = events; }
    run(s: Scenario): number { wire.ran.push(s.id); return wire.ran.length; }
    cancel(): void { wire.cancelled++; }
  },
}));
vi.mock('../scenarios/one_hog.ts', () => ({ oneHog: { id: 'first', title: 'First', text: [], untilNs: 1000 } }));
vi.stubGlobal('requestAnimationFrame', (f: () => void) => { f(); return 0; });

const { store } = await import('./store.ts');
const { startRun, stopRun } = await import('./run.ts');

const shape: MachineShape = { profile: 'v6.1', kernel: '6.1', cpus: 1, hz: 250, preempt: 'none', zones: [{ name: 'DMA32', node: 0, startPfn: 0, spanned: 64, present: 64, managed: 64, reserve: [0] }], frames: 64, swapPages: 0 };
const growth = (names: readonly string[]): TableGrowth => ({ strings: names, stackParent: [], stackFn: [], tasks: [], locks: [], log: [] });
const outcome: Outcome = { ending: 'no-oom', text: 'no kill, 0.0 s', endNs: 1000, events: 0, hash: '', kills: [], userKills: [], counters: {}, firsts: { kswapdWakeNs: null, directReclaimNs: null, oomNs: null, killNs: null, reapNs: null }, locks: [], deadlocks: [] };
const scenario = (id: string): Scenario => ({ ...store.getState().story, id });
const say = (m: RunMessage): void => wire.events?.message(m);
const booted = (): void => say({ kind: 'booted', run: 1, shape, initial: emptyState(shape), tables: { ...growth([]), stackParent: [0], stackFn: [0] } });
/** Marks, one each 10 ns from `first` on. */
function chunk(first: number, length: number): void {
  const columns = newColumns(first, length);
  columns.length = length;
  for (let i = 0; i < length; i++) { columns.time[i] = (first + i) * 10; columns.kind[i] = ROW.mark; }
  say({ kind: 'chunk', run: 1, columns, tables: growth(first === 0 ? ['m'] : []), timeNs: (first + length) * 10, untilNs: 1000, hash: '' });
}

describe('a run', () => {
  beforeEach(() => {
    startRun(scenario('a'), scenario('a'));
    booted();
    chunk(0, 10);
    say({ kind: 'end', run: 1, outcome });
  });

  it('can be read while it goes on, and stands at event 0', () => {
    startRun(scenario('b'), scenario('b'));
    booted();
    chunk(0, 5);
    const s = store.getState();
    expect([s.trace?.rows, s.cursor, s.running, s.phase]).toEqual([5, 0, true, { kind: 'running', timeNs: 50, untilNs: 1000 }]);
    chunk(5, 5);
    expect(store.getState().trace?.rows).toBe(10);
    expect(store.getState().version).toBeGreaterThan(s.version);
  });
  it('shows all of its time while nobody has zoomed', () => {
    // ten rows, 10 ns apart from 0 on, and then a quiet machine up to the end that the outcome names
    expect(store.getState().view).toEqual({ fromNs: 0, toNs: 1000 });
    expect(store.getState().fitted).toBe(true);
  });
  it('stays on screen until the next one has booted', () => {
    const before = store.getState().trace;
    startRun(scenario('b'), scenario('b'));
    expect(store.getState().trace).toBe(before);
    expect(store.getState().scenario.id).toBe('a');
    booted();
    expect(store.getState().scenario.id).toBe('b');
  });
  it('stays as it is when the next one is refused', () => {
    const before = store.getState();
    startRun(scenario('b'), scenario('b'));
    say({ kind: 'failed', run: 2, message: 'no such knob', at: null });
    const after = store.getState();
    expect([after.trace, after.phase, after.running]).toEqual([before.trace, { kind: 'ended', outcome }, false]);
    expect(after.notice?.text).toBe('no such knob. The run on screen is unchanged.');
  });
  it('goes where a link points as soon as the rows are there', () => {
    const arrived = vi.fn();
    startRun(scenario('b'), scenario('b'), { event: 7, view: { fromNs: 0, toNs: 300 }, tab: 'Path', arrived });
    booted();
    chunk(0, 5);
    expect([store.getState().cursor, arrived.mock.calls.length]).toEqual([0, 0]);
    chunk(5, 5);
    expect([store.getState().cursor, store.getState().tab, arrived.mock.calls.length]).toEqual([7, 'Path', 1]);
  });
  it('stands at its end when a link points behind it', () => {
    startRun(scenario('b'), scenario('b'), { event: 99, view: null });
    booted();
    chunk(0, 5);
    say({ kind: 'end', run: 2, outcome });
    expect(store.getState().cursor).toBe(5);
  });
  it('of the same story keeps where somebody stood, what was seen and what was noted, by their times, as far as it comes', () => {
    const { story } = store.getState();
    store.getState().setCursor(8); // at 70 ns
    store.getState().setView(0, 400);
    store.setState({ notes: [{ event: 4, timeNs: 30, text: 'here' }, { event: 9, timeNs: 80, text: 'there' }] });
    startRun({ ...scenario('a'), seed: 2 }, story);
    booted();
    chunk(0, 5);
    const early = store.getState();
    expect([early.cursor, early.view, early.fitted, early.notes]).toEqual([0, { fromNs: 0, toNs: 400 }, false, [{ event: 4, timeNs: 30, text: 'here' }]]);
    startRun({ ...scenario('a'), seed: 3 }, story); // before it has come to the rest
    booted();
    chunk(0, 12);
    const s = store.getState();
    expect([s.cursor, s.view, s.notes.map((n) => [n.event, n.text])]).toEqual([8, { fromNs: 0, toNs: 400 }, [[4, 'here'], [9, 'there']]]);
  });
  it('of the same story that ends before takes its last event for what is behind it', () => {
    const { story } = store.getState();
    store.getState().setCursor(8);
    store.setState({ notes: [{ event: 9, timeNs: 80, text: 'there' }] });
    startRun({ ...scenario('a'), seed: 2 }, story);
    booted();
    chunk(0, 5);
    expect([store.getState().cursor, store.getState().notes]).toEqual([0, []]);
    say({ kind: 'end', run: 2, outcome });
    expect([store.getState().cursor, store.getState().notes]).toEqual([5, [{ event: 5, timeNs: 80, text: 'there' }]]);
  });
  it('leaves whoever has moved while it came where they are', () => {
    const { story } = store.getState();
    store.getState().setCursor(8);
    startRun({ ...scenario('a'), seed: 2 }, story);
    booted();
    chunk(0, 5);
    store.getState().setCursor(2);
    chunk(5, 10);
    expect(store.getState().cursor).toBe(2);
  });
  it('of another story begins afresh', () => {
    store.getState().setCursor(8);
    store.getState().setView(0, 400);
    store.setState({ notes: [{ event: 4, timeNs: 30, text: 'here' }] });
    startRun(scenario('b'), scenario('b'));
    booted();
    chunk(0, 12);
    const s = store.getState();
    expect([s.cursor, s.fitted, s.notes]).toEqual([0, true, []]);
  });
  it('can be stopped, and what there is can be read', () => {
    startRun(scenario('b'), scenario('b'));
    booted();
    chunk(0, 5);
    stopRun();
    expect(store.getState().phase).toEqual({ kind: 'stopped', timeNs: 50 });
    expect(store.getState().trace?.rows).toBe(5);
    expect(wire.cancelled).toBeGreaterThan(0);
  });
  it('says that its worker was lost, and keeps the scenario', () => {
    startRun(scenario('b'), scenario('b'));
    wire.events?.lost('it said nothing for 20 s');
    const s = store.getState();
    expect([s.draft.id, s.running, s.phase.kind]).toEqual(['b', false, 'failed']);
    expect(s.notice?.title).toBe('The simulation stopped answering and was started again');
  });
});
