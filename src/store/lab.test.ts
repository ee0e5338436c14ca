import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { ClientEvents } from '../client/client.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { reaperCheckRaceClaim } from '../experiments/reaper_check_race.ts';
import { exploreScenario } from '../explore/story.ts';
import { sysrqAndPagefaultOomClaim } from '../experiments/sysrq_and_pagefault_oom.ts';
import type { Columns } from '../format/rows.ts';
import type { Scenario } from '../format/scenario.ts';
import { Run, runScenario } from '../run/run.ts';

/** With fewer seeds of its control, so that the tests are quick. */
const sysrq: Experiment = { ...sysrqAndPagefaultOomClaim, controls: sysrqAndPagefaultOomClaim.controls.map((c) => ({ ...c, seeds: 2 })) };
const second: Experiment = { ...sysrq, id: 'second', verdict: 'refuted' };
const listed: Experiment[] = [sysrq, second];
vi.mock('../experiments/index.ts', () => ({ get experiments() { return listed; } }));
/** A worker without a thread: runs are real, and their messages come as those of the worker do, a moment after they were asked for. */
const made = { runs: 0, clients: 0, closed: 0 };
vi.mock('../client/client.ts', () => ({
  Client: class {
    private readonly events: ClientEvents;
    private wanted: number;
    constructor(events: ClientEvents) { this.events = events; this.wanted = 0; made.clients++; }
    run(scenario: Scenario): number {
      const run = ++made.runs;
      this.wanted = run;
      setTimeout(() => { if (this.wanted === run) this.work(run, scenario); }, 0);
      return run;
    }
    private work(run: number, scenario: Scenario): void {
      const chunks: Columns[] = [];
      try {
        const r = new Run(scenario, (c) => { chunks.push(c); }), { shape, initial } = r.booted;
        this.events.message({ kind: 'booted', run, shape, initial, tables: r.k.recorder.takeGrowth() });
        while (!r.slice()) { /* to its end */ }
        for (const columns of chunks) this.events.message({ kind: 'chunk', run, columns, tables: r.k.recorder.takeGrowth(), timeNs: 0, untilNs: 0, hash: '' });
        this.events.message({ kind: 'end', run, outcome: r.outcome() });
      } catch (error) { this.events.message({ kind: 'failed', run, message: error instanceof Error ? error.message : String(error), at: null }); }
    }
    explore(scenario: Scenario, bound: number | null): number {
      const run = ++made.runs;
      this.wanted = run;
      setTimeout(() => {
        const e = exploreScenario(scenario, bound);
        while (!e.slice(1000)) this.events.message({ kind: 'exploring', run, progress: e.progress });
        if (this.wanted === run) this.events.message({ kind: 'explored', run, explored: e.result() });
      }, 0);
      return run;
    }
    cancel(): void { this.wanted = 0; }
    close(): void { this.wanted = 0; made.closed++; }
  },
}));
// one lane, whatever this machine has
vi.stubGlobal('navigator', { hardwareConcurrency: 2 });
const { cancelAll, cancelCard, experimentsOf, lab, lookAtAll, lookAtClaim, runCard, runCards, runsOf, seen, spread, standOf, stopLooking } = await import('./lab.ts');

const runs = (e: Experiment) => runsOf(lab.getState(), e.id);
const stand = (e: Experiment) => standOf(e, runs(e), lab.getState().seeds);
const until = (true_: () => boolean): Promise<void> => vi.waitFor(() => { if (!true_()) throw new Error('not yet'); }, { timeout: 50_000, interval: 5 });
const done = (e: Experiment): Promise<void> => until(() => runs(e).left === 0);

describe('a card', () => {
  beforeEach(() => {
    for (const e of listed) cancelCard(e.id);
    lab.setState({ cards: {}, seeds: 2, mail: null, show: 'all', find: '' });
    made.runs = 0;
    listed.splice(0, listed.length, sysrq, second);
  });

  test('fills seed by seed with what the command line would find, and its control with it', async () => {
    const filled: number[] = [], stop = lab.subscribe((s) => filled.push(runsOf(s, sysrq.id).tried.length));
    runCard(sysrq);
    expect([stand(sysrq).kind, stand(sysrq).of]).toEqual(['running', 4]);
    await done(sysrq);
    stop();
    expect([...new Set(filled)]).toEqual([0, 1, 2, 3, 4]);
    const { kind, sum } = stand(sysrq);
    expect([kind, sum.held, sum.failed, sum.controls]).toEqual(['as-said', 2, [], [{ ran: 2, flipped: 2, failed: [] }]]);
    const first = runs(sysrq).tried.find((t) => t.control === null && t.seed === 2);
    expect(first?.hashes).toEqual(sysrq.variants.map((v) => runScenario({ ...sysrq.story, seed: 2, knobs: v.knobs }).outcome.hash));
    expect(spread(runs(sysrq).tried, 0, 'callbacks')).toEqual({ median: 1, least: 1, most: 1, seeds: 2 });
    expect(spread(runs(sysrq).tried, 0, 'noSuchFigure')).toBeNull();
  });
  test('is looked at with its first seed alone, and what is asked for later is only the rest', async () => {
    listed.splice(0, listed.length, sysrq);
    lookAtAll(null);
    expect([runs(sysrq).left, stand(sysrq).kind]).toEqual([0, 'new']);
    await until(() => runs(sysrq).tried.length > 0);
    expect([runs(sysrq).tried.map((t) => [t.control, t.seed]), stand(sysrq).kind, made.runs]).toEqual([[[null, 1]], 'partly', 2]);
    lookAtAll(null);
    runCards([sysrq]);
    runCard(sysrq);
    await done(sysrq);
    expect([runs(sysrq).tried.length, made.runs]).toEqual([4, 8]);
  });
  test('of the story on screen is checked once, with the seed of its run if that is one that counts', async () => {
    lookAtClaim(sysrq, 2);
    expect([runs(sysrq).left, stand(sysrq).kind]).toEqual([0, 'new']); // nobody has asked for it
    await until(() => runs(sysrq).tried.length > 0);
    lookAtClaim(sysrq, 1);
    lookAtClaim(second, 4711);
    await until(() => runs(second).tried.length > 0);
    expect([runs(sysrq).tried, runs(second).tried].map((tried) => tried.map((t) => [t.control, t.seed]))).toEqual([[[null, 2]], [[null, 1]]]);
  });
  test('that is asked for while it is looked at runs nothing twice', async () => {
    listed.splice(0, listed.length, sysrq);
    lookAtAll(sysrq.id);
    runCard(sysrq);
    expect(stand(sysrq).left).toBe(3); // the first seed is under way
    await done(sysrq);
    await until(() => runs(sysrq).tried.length === 4);
    expect([made.runs, stand(sysrq).kind, stand(sysrq).left]).toEqual([8, 'as-said', 0]);
  });
  test('that was not reached yet is not looked at once the cards are left, and is run if it was asked for', async () => {
    const other: Experiment = { ...sysrq, id: 'other' };
    listed.splice(0, listed.length, sysrq, other);
    lookAtAll(null);
    stopLooking();
    runCard(sysrq);
    await done(sysrq);
    expect([runs(other).tried, runs(sysrq).tried.length]).toEqual([[], 4]);
  });
  test('keeps what is there when the rest is cancelled, and goes on from there', async () => {
    runCard(sysrq);
    await until(() => runs(sysrq).tried.length >= 1);
    cancelCard(sysrq.id);
    const kept = runs(sysrq).tried.length;
    expect([runs(sysrq).left, kept < 4, stand(sysrq).kind]).toEqual([0, true, 'partly']);
    runCard(sysrq);
    await done(sysrq);
    expect(stand(sysrq).kind).toBe('as-said');
  });
  test('is cancelled with all others', () => {
    runCards([sysrq]);
    expect(runs(sysrq).left).toBe(4);
    cancelAll();
    expect([runs(sysrq).left, stand(sysrq).kind]).toEqual([0, 'new']);
  });
  test('names the seeds for which it comes out otherwise, and what of them the chosen seeds are', async () => {
    const odd: Experiment = { ...sysrq, id: 'odd', controls: [], predicate: ([inside]) => inside.outcome.hash !== runScenario({ ...sysrq.story, seed: 2, knobs: sysrq.variants[0].knobs }).outcome.hash };
    runCard(odd);
    await done(odd);
    expect([stand(odd).kind, stand(odd).sum.failed]).toEqual(['otherwise', [2]]);
    lab.setState({ seeds: 1 });
    expect(stand(odd).kind).toBe('as-said');
  });
  test('says why it cannot be run, and the others go on', async () => {
    const wrong: Experiment = { ...sysrq, id: 'wrong', story: { ...sysrq.story, workloads: [{ type: 'no-such-program' }] } }, broken: Experiment = { ...sysrq, id: 'broken', predicate: () => { throw new Error('no such mark'); } };
    runCards([wrong, broken, sysrq]);
    await done(sysrq);
    expect([runs(wrong).problem, runs(wrong).tried, stand(wrong).kind]).toEqual([expect.stringMatching(/^seed 1: .*no-such-program/), [], 'failed']);
    expect(runs(broken).problem).toBe('seed 1: no such mark');
    expect(stand(sysrq).kind).toBe('as-said');
  });
  test('whose claim is settled by exploration has the schedules of each variant explored, and says what came of it', async () => {
    const race: Experiment = { ...reaperCheckRaceClaim, controls: [] };
    listed.push(race);
    runCard(race);
    await done(race);
    const [tried] = runs(race).tried;
    // asked before the lock there is a bad schedule; asked after it there is none up to the bound, and no word says that there is none at all
    expect([stand(race).kind, runs(race).tried.length, tried.explored.map((x) => x?.bad !== null)]).toEqual(['as-said', 2, [true, false]]);
    expect(tried.explored[1]?.words).toMatch(/^no bad schedule with \d+ tasks up to \d+ steps/);
  });
  test('is found by its words, its mail, its verdict and how it stands', async () => {
    const ids = (): string[] => seen(lab.getState()).map((e) => e.id);
    expect(ids()).toEqual([sysrq.id, 'second']);
    lab.setState({ find: 'SysRq rientjes' });
    expect(ids()).toEqual([sysrq.id, 'second']);
    lab.setState({ find: 'no such words' });
    expect(ids()).toEqual([]);
    lab.setState({ find: '', show: 'refuted' });
    expect(ids()).toEqual(['second']);
    lab.setState({ show: 'not run' });
    expect(ids()).toEqual([sysrq.id, 'second']);
    runCard(sysrq);
    await done(sysrq);
    expect(ids()).toEqual(['second']);
    lab.setState({ show: 'all', mail: 'of nobody' });
    expect(ids()).toEqual([]);
  });
  test('belongs to the stories that its variants run', () => {
    expect([experimentsOf(sysrq.story.id).map((e) => e.id), experimentsOf('one-hog')]).toEqual([[sysrq.id, 'second'], []]);
  });
});
