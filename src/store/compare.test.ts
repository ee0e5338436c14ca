import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClientEvents, RunMessage } from '../client/client.ts';
import type { MachineShape, TableGrowth } from '../format/machine.ts';
import { newColumns, ROW } from '../format/rows.ts';
import type { Outcome, Scenario } from '../format/scenario.ts';
import { emptyState } from '../format/state.ts';
import { must } from '../base/units.ts';

/** The ends of both workers, in the hands of the test: A's is the first that was made. */
interface End { readonly events: ClientEvents; readonly ran: Scenario[]; closed: number }
const ends: End[] = [];
vi.mock('../client/client.ts', () => ({
  Client: class {
    private readonly end: End;
    constructor(events: ClientEvents) { ends.push((this.end = { events, ran: [], closed: 0 })); }
    run(s: Scenario): number { this.end.ran.push(s); return this.end.ran.length; }
    cancel(): void {}
    close(): void { this.end.closed++; }
  },
}));
vi.mock('../scenarios/one_hog.ts', () => ({ oneHog: { id: 'first', title: 'First', text: [], untilNs: 1000, seed: 1, machine: {}, workloads: [], sysctl: {}, knobs: {} } }));
vi.stubGlobal('requestAnimationFrame', (f: () => void) => { f(); return 0; });

const { store } = await import('./store.ts');
const { startBeside, startRun } = await import('./run.ts');
const { goToFirstDifference, leaveCompare, openCompare, reopenCompare, setAlign, showSide, toggleCompare } = await import('./compare.ts');
const { anyRunning, behind, editRun, overallPhase, partOf } = await import('./sides.ts');

const shape: MachineShape = { profile: 'v6.1', kernel: '6.1', cpus: 1, hz: 250, preempt: 'none', zones: [{ name: 'DMA32', node: 0, startPfn: 0, spanned: 64, present: 64, managed: 64, reserve: [0] }], frames: 64, swapPages: 0 };
const growth = (names: readonly string[], stacks = false): TableGrowth => ({ strings: names, stackParent: stacks ? [0] : [], stackFn: stacks ? [0] : [], tasks: [], locks: [], log: [] });
const outcome: Outcome = { ending: 'no-oom', text: 'no kill, 0.0 s', endNs: 1000, events: 0, hash: '', kills: [], userKills: [], counters: {}, firsts: { kswapdWakeNs: null, directReclaimNs: null, oomNs: null, killNs: null, reapNs: null }, locks: [], deadlocks: [] };
const scenario = (change: Partial<Scenario> = {}): Scenario => ({ ...store.getState().story, ...change });
/** The newest end. */
const last = (): End => must(ends.at(-1), 'a client was made');
const say = (end: End, m: RunMessage): void => end.events.message(m);
const booted = (end: End): void => say(end, { kind: 'booted', run: 1, shape, initial: emptyState(shape), tables: growth(['m'], true) });
/** Marks with these values, `gapNs` apart. */
function rows(end: End, values: readonly number[], gapNs: number, from = 0): void {
  const columns = newColumns(from, values.length);
  columns.length = values.length;
  values.forEach((value, i) => { columns.time[i] = (from + i + 1) * gapNs; columns.kind[i] = ROW.mark; columns.b[i] = value; });
  say(end, { kind: 'chunk', run: 1, columns, tables: growth([]), timeNs: (from + values.length) * gapNs, untilNs: 1000, hash: '' });
}
const over = (end: End): void => say(end, { kind: 'end', run: 1, outcome });
const cursors = (): readonly (number | undefined)[] => [partOf(store.getState(), 'A')?.cursor, partOf(store.getState(), 'B')?.cursor];
let first: End;

describe('a comparison', () => {
  beforeEach(() => {
    leaveCompare();
    startRun(scenario({ id: 'a' }), scenario({ id: 'a' }));
    first ??= last();
    booted(first);
    rows(first, [1, 2, 3, 4, 5, 6], 10);
    over(first);
    store.getState().setCursor(2);
  });
  /** B: the first three events as A's, then others, a little later. */
  function compared(): End {
    openCompare(scenario({ id: 'b', seed: 7 }));
    const end = last();
    booted(end);
    rows(end, [1, 2, 3, 9, 9, 9, 9], 10);
    return end;
  }

  it('waits for a change if there is none, and runs what was changed already', () => {
    toggleCompare();
    expect([store.getState().compare?.other.trace, anyRunning(store.getState())]).toEqual([null, false]);
    toggleCompare();
    const draft = scenario({ seed: 9 });
    store.setState({ draft });
    toggleCompare();
    expect(last().ran.at(-1)).toBe(draft);
    expect(overallPhase(store.getState()).kind).toBe('running');
  });
  it('keeps A on screen at its event while B runs, and B follows as its rows come', () => {
    const end = compared();
    expect(cursors()).toEqual([2, 2]);
    expect([store.getState().running, anyRunning(store.getState()), store.getState().scenario.id, store.getState().draft.id]).toEqual([false, true, 'a', 'b']);
    over(end);
    expect(anyRunning(store.getState())).toBe(false);
  });
  it('that has been run as it is edited has no changes that wait, whichever run is shown', () => {
    over(compared());
    for (const side of ['A', 'B'] as const) {
      showSide(side);
      expect(store.getState().draft).toBe(editRun(store.getState()));
    }
    store.setState({ draft: scenario({ seed: 8 }) });
    expect(store.getState().draft).not.toBe(editRun(store.getState()));
  });
  it('says of B that it is behind until it has been simulated up to the cursor of A', () => {
    store.getState().setCursor(6); // at 60 ns
    openCompare(scenario({ id: 'b', seed: 7 }));
    const end = last();
    booted(end);
    const said: unknown[] = [behind(store.getState())];
    for (const [from, values] of [[0, [1, 2, 3]], [3, [4, 5, 6]], [6, [7]]] as const) {
      rows(end, values, 10, from);
      said.push(behind(store.getState()));
    }
    expect(said).toEqual(['B', 'B', 'B', null]);
  });
  it('is not behind where it has ended before, nor at the start', () => {
    store.getState().setCursor(6);
    openCompare(scenario({ id: 'b', seed: 7 }));
    const end = last();
    booted(end);
    rows(end, [1, 2], 10);
    expect(behind(store.getState())).toBe('B');
    over(end);
    expect(behind(store.getState())).toBeNull();
  });
  it('goes to the first difference in both', () => {
    over(compared());
    expect(store.getState().compare?.first).toBe(4);
    goToFirstDifference();
    expect(cursors()).toEqual([4, 4]);
  });
  it('shows what is around the first difference, with the cursor in the middle, as far as the runs go', () => {
    openCompare(scenario({ id: 'b', seed: 7 }));
    const end = last(), ms = 1e6;
    startRun(scenario({ id: 'c' }), scenario({ id: 'c' }));
    booted(first);
    rows(first, Array.from({ length: 50 }, (_, i) => i), ms);
    over(first);
    openCompare(scenario({ id: 'd', seed: 8 }));
    const other = last();
    expect(other).not.toBe(end);
    booted(other);
    rows(other, Array.from({ length: 50 }, (_, i) => (i < 19 ? i : 99)), ms);
    over(other);
    goToFirstDifference();
    expect([store.getState().cursor, store.getState().view, store.getState().fitted]).toEqual([20, { fromNs: 15 * ms, toNs: 25 * ms }, false]);
  });
  it('shows the other run with its own cursor, and comes back to the same place', () => {
    over(compared());
    store.getState().setCursor(5);
    showSide('B');
    expect([store.getState().scenario.id, store.getState().cursor, store.getState().trace?.rows]).toEqual(['b', 5, 7]);
    store.getState().setCursor(7);
    // A has no seventh event: its last one holds at that time
    expect(cursors()).toEqual([6, 7]);
    setAlign('time');
    showSide('A');
    expect(cursors()).toEqual([6, 7]);
    expect(store.getState().scenario.id).toBe('a');
  });
  it('drops B when it is left, whichever was shown', () => {
    const end = compared();
    showSide('B');
    leaveCompare();
    const s = store.getState();
    expect([s.compare, s.scenario.id, s.cursor, s.draft.id, s.trace?.rows, end.closed]).toEqual([null, 'a', 2, 'a', 6, 1]);
    rows(end, [1], 10); // a late message changes nothing
    expect(store.getState().trace?.rows).toBe(6);
  });
  it('that was left has its B again when the same A is compared, and another A has not', () => {
    over(compared());
    const b = store.getState().draft;
    leaveCompare();
    expect(store.getState().draft.id).toBe('a');
    openCompare();
    expect([last().ran.at(-1), store.getState().draft]).toEqual([b, b]);
    store.setState({ draft: scenario({ id: 'a', seed: 8 }) }); // changed, and not run yet
    leaveCompare();
    openCompare();
    expect(last().ran.at(-1)?.seed).toBe(8);
    leaveCompare();
    startRun(scenario({ id: 'c' }), scenario({ id: 'c' }));
    booted(first);
    openCompare();
    expect([store.getState().compare?.other.trace, anyRunning({ ...store.getState(), running: false })]).toEqual([null, false]);
  });
  it('ends when another run takes the page, and not before', () => {
    const end = compared();
    showSide('B');
    startRun(scenario({ id: 'c' }), scenario({ id: 'c' }));
    expect(store.getState().compare).not.toBeNull();
    booted(first);
    expect([store.getState().compare, store.getState().scenario.id, store.getState().running, end.closed]).toEqual([null, 'c', true, 1]);
  });
  it('keeps B on screen when the next B is refused', () => {
    const end = compared();
    over(end);
    const before = partOf(store.getState(), 'B')?.trace;
    startBeside(scenario({ id: 'wrong' }));
    say(end, { kind: 'failed', run: 2, message: 'no such knob', at: null });
    expect(partOf(store.getState(), 'B')?.trace).toBe(before);
    expect(store.getState().notice?.text).toBe('no such knob. The run on screen is unchanged.');
  });
  it('stands where it stood once both runs are there', () => {
    const arrived = vi.fn(), thereToo = reopenCompare(scenario({ id: 'b', seed: 7 }), { a: 6, b: 7, shown: 'B', lead: 'B', align: 'time' }, arrived), end = last();
    booted(end);
    rows(end, [1, 2, 3, 9, 9, 9, 9], 10);
    expect([arrived.mock.calls.length, store.getState().compare?.shown]).toEqual([1, 'A']);
    thereToo();
    expect([store.getState().compare?.shown, ...cursors()]).toEqual(['B', 6, 7]);
  });
});
