import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClientEvents, RunMessage } from '../client/client.ts';
import { must } from '../base/units.ts';
import type { MachineShape, TableGrowth } from '../format/machine.ts';
import { newColumns, ROW } from '../format/rows.ts';
import type { Outcome, Scenario } from '../format/scenario.ts';
import { emptyState } from '../format/state.ts';

/** The workers' ends, in the hands of the test: A's is the first. */
const ends: ClientEvents[] = [];
vi.mock('../client/client.ts', () => ({
  Client: class {
    constructor(events: ClientEvents) { ends.push(events); }
    run(): number { return 1; }
    cancel(): void {}
    close(): void {}
  },
}));
vi.stubGlobal('requestAnimationFrame', (f: () => void) => { f(); return 0; });
/** A browser's history: entries, and where we are among them. */
const entries: string[] = [''];
const place = { get hash(): string { return must(entries.at(-1), 'there is an entry'); }, pathname: '/', search: '' };
const asHash = (to: string): string => (to.startsWith('#') ? to : '');
vi.stubGlobal('location', place);
vi.stubGlobal('history', { pushState: (_: unknown, __: string, to: string) => { entries.push(asHash(to)); }, replaceState: (_: unknown, __: string, to: string) => { entries[entries.length - 1] = asHash(to); } });

const { oneHog } = await import('../scenarios/one_hog.ts');
const { stories } = await import('../scenarios/index.ts');
const { decodeLink } = await import('../share/link.ts');
const { addressHolds, keepLink, openPlain, restoreAddress, whenWritten, writePlace } = await import('./address.ts');
const { leaveCompare, openCompare } = await import('./compare.ts');
const { startRun } = await import('./run.ts');
const { store } = await import('./store.ts');
keepLink();

const other = must(stories.find((s) => s.id === 'blank'), 'there is a blank machine');
const shape: MachineShape = { profile: 'v6.1', kernel: '6.1', cpus: 1, hz: 250, preempt: 'none', zones: [{ name: 'DMA32', node: 0, startPfn: 0, spanned: 64, present: 64, managed: 64, reserve: [0] }], frames: 64, swapPages: 0 };
const growth: TableGrowth = { strings: ['m'], stackParent: [0], stackFn: [0], tasks: [], locks: [], log: [] };
const outcome: Outcome = { ending: 'no-oom', text: '', endNs: 1000, events: 0, hash: '', kills: [], userKills: [], counters: {}, firsts: { kswapdWakeNs: null, directReclaimNs: null, oomNs: null, killNs: null, reapNs: null }, locks: [], deadlocks: [] };
const say = (m: RunMessage, end = ends[0]): void => end.message(m);
/** The run that was asked for boots, and has ten events. */
function boots(end = ends[0]): void {
  say({ kind: 'booted', run: 1, shape, initial: emptyState(shape), tables: growth }, end);
  const columns = newColumns(0, 10);
  columns.length = 10;
  for (let i = 0; i < 10; i++) { columns.time[i] = (i + 1) * 10; columns.kind[i] = ROW.mark; }
  say({ kind: 'chunk', run: 1, columns, tables: { ...growth, strings: [], stackParent: [], stackFn: [] }, timeNs: 100, untilNs: 1000, hash: '' }, end);
  say({ kind: 'end', run: 1, outcome }, end);
}
const run = (scenario: Scenario, story: Scenario): void => { startRun(scenario, story); boots(); };
/** What the entries of the history hold: story, seed, cursor, and the seed of a run beside it. */
async function told(): Promise<unknown[]> {
  await whenWritten();
  return Promise.all(entries.map(async (entry) => {
    if (!entry.startsWith('#s=')) return entry;
    const r = await decodeLink(entry, stories);
    if (!r.ok) throw new Error(r.problem.message);
    const { story, scenario, cursor, compared } = r.value;
    return `${story} ${scenario.seed}${cursor === null ? '' : ` at ${cursor.event}`}${compared === null ? '' : ` and ${compared.seed}`}`;
  }));
}

describe('the address', () => {
  beforeEach(async () => {
    leaveCompare();
    await whenWritten();
    entries.splice(0, entries.length, '');
    openPlain();
    boots();
    await whenWritten();
  });

  it('of the first story as it is written is the page itself', async () => {
    expect(await told()).toEqual(['']);
  });
  it('of another story is its link, with an entry of its own; the one before says where somebody stood', async () => {
    store.getState().setCursor(4);
    run(other, other);
    expect(await told()).toEqual(['one-hog 1 at 4', 'blank 1']);
    store.getState().setCursor(7);
    run(oneHog, oneHog);
    expect(await told()).toEqual(['one-hog 1 at 4', 'blank 1 at 7', '']);
  });
  it('of a story that is run again with a change is the link of that, in the same entry', async () => {
    run({ ...oneHog, seed: 5 }, oneHog);
    expect(await told()).toEqual(['one-hog 5']);
    run(oneHog, oneHog);
    expect(await told()).toEqual(['']);
  });
  it('never stays that of the run before, not even while the new link is made', () => {
    addressHolds(oneHog, null, oneHog);
    entries[0] = '#s=the-link-of-before';
    run({ ...oneHog, seed: 5 }, oneHog);
    return Promise.resolve().then(() => expect(entries).toEqual(['']));
  });
  it('that a link was opened from stays as it is, with what it says of the place', async () => {
    entries[0] = '#s=of-somebody';
    const linked = { ...other, seed: 9 };
    addressHolds(linked, null, other);
    run(linked, other);
    expect((await whenWritten(), entries)).toEqual(['#s=of-somebody']);
  });
  it('that Share has written stays until another run is there', async () => {
    run({ ...other, seed: 2 }, other);
    await whenWritten();
    store.getState().setCursor(6);
    await writePlace();
    expect(await told()).toEqual(['one-hog 1 at 0', 'blank 2 at 6']);
    run({ ...other, seed: 3 }, other);
    expect(await told()).toEqual(['one-hog 1 at 0', 'blank 3']);
  });
  it('holds both runs of a comparison, and one when it is left', async () => {
    openCompare({ ...oneHog, seed: 7 });
    boots(must(ends.at(-1), 'B has a worker'));
    expect(await told()).toEqual(['one-hog 1 and 7']);
    leaveCompare();
    expect(await told()).toEqual(['']);
  });
  it('of a run that is refused is again that of the run that stays', async () => {
    entries[0] = '#s=of-somebody';
    addressHolds({ ...other, seed: 9 }, null, other);
    startRun({ ...other, seed: 9 }, other);
    say({ kind: 'failed', run: 1, message: 'no such knob', at: null });
    expect((await whenWritten(), entries)).toEqual(['']);
  });
  it('that cannot be opened gives way to that of the run on screen', async () => {
    run({ ...oneHog, seed: 5 }, oneHog);
    const [link] = (await whenWritten(), [...entries]);
    entries.push('#s=cut');
    restoreAddress();
    expect(entries).toEqual([link, link]);
  });
  it('of a run that was started from the cards has the entry that the page of runs has got', async () => {
    store.setState({ page: 'experiments' });
    run(other, other);
    expect(await told()).toEqual(['blank 1']);
  });
});
