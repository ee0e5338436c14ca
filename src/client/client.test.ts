import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FromWorker, ToWorker } from '../format/protocol.ts';
import { buffersOf, newColumns } from '../format/rows.ts';
import type { Scenario } from '../format/scenario.ts';
import { CANCEL_MS, Client, type RunMessage, SILENCE_MS, type WorkerPort } from './client.ts';

/** Keeps what it is told and says what the test lets it say. */
class Port implements WorkerPort {
  onmessage: WorkerPort['onmessage'] = null;
  onerror: WorkerPort['onerror'] = null;
  onmessageerror: WorkerPort['onmessageerror'] = null;
  heard: ToWorker[] = [];
  given: readonly Transferable[] = [];
  ended = false;
  postMessage(message: ToWorker, transfer: Transferable[] = []): void { this.heard.push(message); this.given = transfer; }
  terminate(): void { this.ended = true; }
  say(message: FromWorker): void { this.onmessage?.({ data: message }); }
}
const scenario = (id: string): Scenario => ({ id } as Scenario);
const failed = (run: number): FromWorker => ({ kind: 'failed', run, message: 'no', at: null });

function world() {
  const ports: Port[] = [], messages: RunMessage[] = [], lost: string[] = [];
  const client = new Client(
    { catalog: () => undefined, message: (m) => messages.push(m), lost: (why) => lost.push(why) },
    () => { const p = new Port(); ports.push(p); return p; },
  );
  return { ports, messages, lost, client };
}

describe('client', () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  it('drops what a run says that is no longer wanted', () => {
    const { ports, messages, client } = world();
    const first = client.run(scenario('a'));
    const second = client.run(scenario('b'));
    ports[0].say(failed(first));
    expect(messages).toEqual([]);
    ports[0].say(failed(second));
    expect(messages.map((m) => m.run)).toEqual([second]);
  });

  it('gives the columns of a chunk back to the worker, once they have been listened to, with their memory', () => {
    const { ports, messages, client } = world(), run = client.run(scenario('a')), columns = newColumns(0, 4), tables = { strings: [], stackParent: [], stackFn: [], tasks: [], locks: [], log: [] };
    ports[0].say({ kind: 'chunk', run, columns, tables, timeNs: 1, untilNs: 2, hash: '' });
    expect(messages.map((m) => m.kind)).toEqual(['chunk']);
    expect(ports[0].heard[1]).toEqual({ kind: 'spent', run, columns });
    expect(ports[0].given).toEqual(buffersOf(columns));
    expect(new Set(ports[0].given).size).toBe(Object.values(columns).filter((v) => ArrayBuffer.isView(v)).length); // every column
  });

  it('starts the next run when the worker has let go of the one before', () => {
    const { ports, client } = world();
    const first = client.run(scenario('a'));
    client.run(scenario('b'));
    expect(ports[0].heard.map((m) => m.kind)).toEqual(['run', 'cancel']);
    ports[0].say({ kind: 'cancelled', run: first });
    expect(ports[0].heard.map((m) => m.kind)).toEqual(['run', 'cancel', 'run']);
  });

  it('replaces a worker that does not stop when told to, and keeps the scenario that waits', () => {
    const { ports, lost, client } = world();
    client.run(scenario('a'));
    client.run(scenario('b'));
    vi.advanceTimersByTime(CANCEL_MS);
    expect(ports[0].ended).toBe(true);
    expect(ports[1].heard).toEqual([{ kind: 'run', run: 2, scenario: { id: 'b' } }]);
    expect(lost).toEqual([]);
  });

  it('tells of a run that falls silent and has another worker ready', () => {
    const { ports, lost, client } = world();
    client.run(scenario('a'));
    vi.advanceTimersByTime(SILENCE_MS);
    expect(lost).toEqual(['it said nothing for 20 s']);
    expect(ports).toHaveLength(2);
    client.run(scenario('a'));
    expect(ports[1].heard.map((m) => m.kind)).toEqual(['run']);
  });

  it('tells an exploration to stop, and passes on what it has covered until then', () => {
    const { ports, messages, client } = world();
    const id = client.explore(scenario('a'), 2);
    expect(ports[0].heard).toEqual([{ kind: 'explore', run: id, scenario: { id: 'a' }, bound: 2 }]);
    client.enough();
    client.enough();
    expect(ports[0].heard.slice(1)).toEqual([{ kind: 'cancel', run: id }]);
    const explored = { bad: null, covered: { tasks: 2, steps: 9, deviations: 1, complete: false, longer: false, cut: 'cancelled', schedules: 7, pruned: 0, stepsRun: 60 }, words: 'stopped' } as const;
    ports[0].say({ kind: 'explored', run: id, explored });
    expect(messages).toEqual([{ kind: 'explored', run: id, explored }]);
    vi.advanceTimersByTime(2 * CANCEL_MS);
    expect([ports[0].ended, ports.length]).toEqual([false, 1]);
  });

  it('drops what an exploration says that a run has taken the place of', () => {
    const { ports, messages, client } = world();
    const id = client.explore(scenario('a'), null);
    const next = client.run(scenario('b'));
    ports[0].say({ kind: 'exploring', run: id, progress: { doing: 'x', schedules: 1, stepsRun: 1, depth: 1 } });
    ports[0].say({ kind: 'explored', run: id, explored: { bad: null, covered: { tasks: 0, steps: 0, deviations: -1, complete: false, longer: false, cut: 'cancelled', schedules: 0, pruned: 0, stepsRun: 0 }, words: '' } });
    expect(messages).toEqual([]);
    expect(ports[0].heard.at(-1)).toMatchObject({ kind: 'run', run: next });
  });

  it('does not take a run that has ended for one that hangs', () => {
    const { ports, lost, client } = world();
    ports[0].say(failed(client.run(scenario('a'))));
    vi.advanceTimersByTime(2 * SILENCE_MS);
    expect(lost).toEqual([]);
  });

  it('tells of a worker that dies in a run', () => {
    const { ports, lost, client } = world();
    client.run(scenario('a'));
    ports[0].onerror?.({ message: 'out of memory' });
    expect(lost).toEqual(['out of memory']);
    expect(ports).toHaveLength(2);
  });

  it('says nothing of a worker that is ended because its run was cancelled', () => {
    const { ports, lost, client } = world();
    client.run(scenario('a'));
    client.cancel();
    vi.advanceTimersByTime(CANCEL_MS + SILENCE_MS);
    expect(ports[0].ended).toBe(true);
    expect(lost).toEqual([]);
  });

  it('lets its worker go when it is closed, and starts another for a run after that', () => {
    const { ports, messages, lost, client } = world(), first = client.run(scenario('a'));
    client.close();
    ports[0].say(failed(first));
    vi.advanceTimersByTime(CANCEL_MS + SILENCE_MS);
    expect([ports.length, ports[0].ended, messages, lost]).toEqual([1, true, [], []]);
    client.run(scenario('b'));
    expect(ports[1].heard.map((m) => m.kind)).toEqual(['run']);
  });
});
