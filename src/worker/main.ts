/**
 * The worker: boots a scenario, runs it in slices so that it can always be stopped, and posts columns as they fill; or explores its schedules, in slices too.
 * It begins with what the first story needs; the other programs, the catalog and the explorer are fetched when they are wanted, so that the first picture comes early.
 */
import type { Explored } from '../format/exploration.ts';
import type { FromWorker, ToWorker } from '../format/protocol.ts';
import { buffersOf, type Columns } from '../format/rows.ts';
import type { Scenario } from '../format/scenario.ts';
import type { Exploration } from '../explore/explore.ts';
import { eraV61 } from '../kernel/mm/era_v6_1.ts';
import { isEnough, provide } from '../run/parts.ts';
import { Run } from '../run/run.ts';
import { anon } from '../workloads/anon.ts';

provide({ eras: [eraV61], workloads: [anon], atBoot: [] });

interface Current { readonly id: number; readonly run: Run; readonly ready: Columns[] }
let current: Current | null = null;
/** The job that was asked for last, from then on until it runs, or is cancelled while its parts are fetched; 0 = none. */
let asked = 0;
let exploring: { readonly id: number; readonly exploration: Exploration } | null = null;
/** Steps of an exploration between two looks at what the page has said: some 50 ms. */
const EXPLORE_SLICE = 1000;

const post = (message: FromWorker, transfer: Transferable[] = []): void => { self.postMessage(message, { transfer }); };

/** Between two slices the worker hears messages: a channel to itself is as quick as the event loop goes. */
const pulse = new MessageChannel();
pulse.port1.onmessage = () => { step(); exploreOn(); };
const goOn = (): void => { pulse.port2.postMessage(null); };

/** Fetches what a job needs, then begins it, unless it has been cancelled meanwhile. */
async function prepare<T>(id: number, fetching: Promise<T>, start: (fetched: T) => void): Promise<void> {
  asked = id;
  try {
    const fetched = await fetching;
    if (asked !== id) return;
    asked = 0;
    start(fetched);
  } catch (e) { fail(id, e); }
}
let catalogTold = false;
/** What can be chosen, once there is a first picture. */
async function tellCatalog(): Promise<void> {
  if (catalogTold) return;
  catalogTold = true;
  const { catalog } = await import('../run/catalog.ts');
  post({ kind: 'catalog', catalog: catalog() });
}

function begin(id: number, scenario: Scenario): void {
  try {
    const ready: Columns[] = [];
    const run = new Run(scenario, (c) => { ready.push(c); });
    const { shape, initial } = run.booted;
    current = { id, run, ready };
    post({ kind: 'booted', run: id, shape, initial, tables: run.k.recorder.takeGrowth() }, [initial.frames.buffer as ArrayBuffer]);
    goOn();
  } catch (e) { fail(id, e); }
}
function step(): void {
  const c = current;
  if (c === null) return;
  try {
    const ended = c.run.slice();
    for (const columns of c.ready.splice(0)) {
      post({ kind: 'chunk', run: c.id, columns, tables: c.run.k.recorder.takeGrowth(), timeNs: c.run.k.now, untilNs: c.run.endNs, hash: c.run.k.recorder.digest }, buffersOf(columns));
    }
    if (c.run.k.recorder.rows > 0) void tellCatalog();
    if (!ended) { goOn(); return; }
    current = null;
    post({ kind: 'end', run: c.id, outcome: c.run.outcome() });
  } catch (e) {
    current = null;
    fail(c.id, e, c.run);
  }
}
function exploreOn(): void {
  const e = exploring;
  if (e === null) return;
  try {
    if (!e.exploration.slice(EXPLORE_SLICE)) {
      post({ kind: 'exploring', run: e.id, progress: e.exploration.progress });
      goOn();
      return;
    }
    endExploring(e.id, e.exploration.result());
  } catch (error) {
    exploring = null;
    fail(e.id, error);
  }
}
function endExploring(id: number, explored: Explored): void {
  exploring = null;
  post({ kind: 'explored', run: id, explored });
}
/** What an exploration has covered until it is cancelled is worth as much as the time it took. */
function cancel(id: number): void {
  if (asked === id) { asked = 0; post({ kind: 'cancelled', run: id }); }
  if (current?.id === id) { current = null; post({ kind: 'cancelled', run: id }); }
  if (exploring?.id === id) endExploring(id, exploring.exploration.result());
}
function fail(id: number, e: unknown, run?: Run): void {
  void tellCatalog();
  const at = run === undefined ? null : { timeNs: run.k.now, row: run.k.recorder.rows, stack: run.k.stackNames(run.k.cpu.top.stack) };
  post({ kind: 'failed', run: id, message: e instanceof Error ? e.message : String(e), at });
}

self.onmessage = (e: MessageEvent<ToWorker>) => {
  const m = e.data;
  switch (m.kind) {
    case 'run': void prepare<unknown>(m.run, isEnough(m.scenario) ? Promise.resolve() : import('../run/all_parts.ts'), () => begin(m.run, m.scenario)); break;
    case 'explore': void prepare(m.run, Promise.all([import('../explore/story.ts'), import('../run/all_parts.ts')]), ([{ exploreScenario }]) => {
      exploring = { id: m.run, exploration: exploreScenario(m.scenario, m.bound) };
      goOn();
    }); break;
    case 'spent': if (current?.id === m.run) current.run.k.recorder.recycle(m.columns); break;
    case 'cancel': cancel(m.run); break;
  }
};
