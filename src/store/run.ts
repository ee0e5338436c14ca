/**
 * Runs: a scenario goes to the worker, rows come back and are appended, the page is told once an animation frame.
 * What is on screen stays there until the next run has booted; a scenario that is refused changes nothing. Each of the two runs of a comparison has a worker of its own.
 */
import { Pair } from '../analysis/compare.ts';
import { Trace } from '../analysis/trace.ts';
import { Client, type RunMessage } from '../client/client.ts';
import type { Scenario } from '../format/scenario.ts';
import type { Phase } from './status.ts';
import { lookAt, type Moment, momentIn, type Place } from './look.ts';
import { aligned, patched, partOf, type RunPart, type Side } from './sides.ts';
import { type AppState, domainOf, type Note, store, timeOf } from './store.ts';
import { clampView, type View } from './view.ts';

/** Where to stand in the new run, as soon as its rows are there; the cursor is set if the run is shown then. */
export interface Wish {
  readonly event: number | Place;
  readonly view: View | null;
  /** Instead of a view: what is around the event, so that this one is seen too. */
  readonly around?: number;
  readonly tab?: AppState['tab'];
  /** Called when the run has booted. */
  readonly booted?: () => void;
  /** Called when the wished event has come, or the run has ended without it. */
  readonly arrived?: (trace: Trace) => void;
}

/** What a run keeps of the one before it of the same story, until it has come so far: where somebody stood, and notes, by their times. */
interface Kept {
  readonly at: Moment | null;
  readonly notes: readonly Note[];
}

type Message<K extends RunMessage['kind']> = Extract<RunMessage, { readonly kind: K }>;

class Runner {
  private readonly side: Side;
  private client: Client | null;
  /** Asked for and not yet booted. */
  private next: Scenario | null;
  /** How the run on screen stood before the next one was asked for. */
  private before: Phase;
  private wish: Wish | null;
  private kept: Kept | null;
  private progress: { readonly timeNs: number; readonly untilNs: number } | null;
  private frame: boolean;
  constructor(side: Side) {
    this.side = side;
    this.client = null;
    this.next = null;
    this.before = { kind: 'idle' };
    this.wish = null;
    this.kept = null;
    this.progress = null;
    this.frame = false;
  }
  private get part(): RunPart | null {
    return partOf(store.getState(), this.side);
  }
  private set(patch: Partial<RunPart>): void {
    store.setState((s) => patched(s, this.side, patch));
  }

  /** @param again  the run on screen is of the same story */
  start(scenario: Scenario, where: Wish | null, again: boolean): void {
    this.client ??= new Client({ catalog: (catalog) => store.setState({ catalog }), message: (m) => this.receive(m), lost: (why) => this.lost(why) });
    const phase = this.part?.phase ?? { kind: 'idle' };
    if (this.next === null) this.before = phase.kind === 'running' ? { kind: 'stopped', timeNs: phase.timeNs } : phase;
    this.kept = again ? this.place() : null;
    this.next = scenario;
    this.wish = where;
    this.progress = { timeNs: 0, untilNs: scenario.untilNs };
    this.set({ running: true, phase: { kind: 'running', timeNs: 0, untilNs: scenario.untilNs } });
    this.client.run(scenario);
  }
  private place(): Kept {
    const { kept, part } = this, { cursor = 0, trace = null, notes = [] } = part ?? {};
    // what the run on screen has not come to yet is kept on; one that has not booted has taken nothing over
    const waits = this.next === null ? kept : null, at = cursor === 0 ? (waits?.at ?? null) : { event: cursor, timeNs: timeOf(trace, cursor) };
    return { at, notes: [...notes, ...(waits?.notes ?? [])] };
  }
  /** Stops the run; what has been computed can be read. */
  stop(): void {
    const { part } = this;
    if (part === null || !part.running) return;
    this.client?.cancel();
    this.finish(this.next === null ? { kind: 'stopped', timeNs: part.trace?.endNs ?? 0 } : this.before);
    this.next = null;
  }
  /** Nobody wants the run any more, nor its worker. */
  close(): void {
    this.client?.close();
    this.client = null;
    this.next = null;
    this.wish = null;
    this.kept = null;
    this.progress = null;
  }
  /** The scenario that was asked for last. */
  get asked(): Scenario | null {
    return this.next ?? this.part?.scenario ?? null;
  }

  private receive(message: RunMessage): void {
    switch (message.kind) {
      case 'booted': this.boot(message); break;
      case 'chunk':
        this.part?.trace?.append(message.columns, message.tables);
        this.part?.trace?.reached(message.timeNs);
        this.progress = { timeNs: message.timeNs, untilNs: message.untilNs };
        this.tellSoon();
        break;
      case 'end':
        this.part?.trace?.reached(message.outcome.endNs);
        this.finish({ kind: 'ended', outcome: message.outcome });
        break;
      case 'cancelled': break;
      case 'failed': this.fail(message); break;
    }
  }
  private boot(message: Message<'booted'>): void {
    if (this.next === null) return;
    const scenario = this.next, trace = new Trace(message.shape, message.initial, scenario.untilNs);
    trace.addTables(message.tables);
    this.next = null;
    if (this.side === 'A') bootAlone(scenario, trace, this.kept !== null);
    else bootBeside(scenario, trace);
    this.wish?.booted?.();
  }
  /** One update for all the rows of a frame. A page in the background gets no frames: there the timer does it. */
  private tellSoon(): void {
    if (this.frame) return;
    this.frame = true;
    let done = false;
    const once = (): void => {
      if (done) return;
      done = true;
      this.frame = false;
      this.tell();
    };
    requestAnimationFrame(once);
    setTimeout(once, 250);
  }
  private tell(): void {
    const { part } = this;
    if (part === null) return;
    const patch: Partial<RunPart> = { version: part.version + 1 };
    this.set(part.running && this.progress !== null && part.phase.kind === 'running' ? { ...patch, phase: { kind: 'running', ...this.progress } } : patch);
    follow();
    this.grant(false);
  }
  private get isShown(): boolean {
    return (store.getState().compare?.shown ?? 'A') === this.side;
  }
  /** Takes over what was kept, as far as the run has come. Whoever has moved meanwhile stays there. */
  private takeOver(trace: Trace, over: boolean): void {
    const { kept } = this;
    if (kept === null) return;
    const waiting: Note[] = [], there: Note[] = [];
    for (const note of kept.notes) {
      const event = momentIn(note)(trace, over);
      if (event === null) waiting.push(note);
      else there.push({ ...note, event });
    }
    const event = kept.at === null ? null : momentIn(kept.at)(trace, over), moved = (this.part?.cursor ?? 0) > 0;
    this.kept = over ? null : { at: event === null && !moved ? kept.at : null, notes: waiting };
    if (there.length > 0) this.set({ notes: [...(this.part?.notes ?? []), ...there].sort((a, b) => a.event - b.event) });
    if (event !== null && !moved && this.isShown) store.getState().setCursor(event);
  }
  /** Goes where the wish says, once the rows are there or will never be. */
  private grant(over: boolean): void {
    const { wish } = this, trace = this.part?.trace ?? null;
    if (trace === null || this.next !== null) return;
    this.takeOver(trace, over);
    if (wish === null) return;
    const event = typeof wish.event !== 'number' ? wish.event(trace, over) : trace.rows >= wish.event || over ? wish.event : null;
    if (event === null && !over) return;
    this.wish = null;
    if (wish.view !== null) store.getState().setView(wish.view.fromNs, wish.view.toNs);
    if (event !== null && this.isShown) {
      if (wish.around === undefined) store.getState().setCursor(event);
      else lookAt(event, wish.around);
    }
    if (wish.tab !== undefined) store.setState({ tab: wish.tab });
    wish.arrived?.(trace);
  }
  private finish(phase: Phase): void {
    this.progress = null;
    this.set({ running: false, phase, version: (this.part?.version ?? 0) + 1 });
    follow();
    this.grant(true);
  }
  private fail(message: Message<'failed'>): void {
    const refused = this.next !== null;
    this.next = null;
    if (refused) this.wish = this.kept = null;
    const where = message.at === null ? '' : ` It happened at ${(message.at.timeNs / 1e9).toFixed(6)} s, event ${message.at.row}, in ${message.at.stack.at(-1) ?? 'no function'}.`;
    this.finish(refused && this.before.kind !== 'idle' ? this.before : { kind: 'failed', message: message.message });
    const rest = refused ? 'The run on screen is unchanged.' : `What was computed until then can be read.${where}`;
    store.setState({ notice: { kind: 'error', title: refused ? 'This cannot be run' : 'The run has failed', text: `${message.message}. ${rest}` } });
  }
  private lost(why: string): void {
    this.next = null;
    this.finish({ kind: 'failed', message: 'the simulation stopped answering' });
    store.setState({ notice: { kind: 'error', title: 'The simulation stopped answering and was started again', text: `Your scenario is kept (${why}). Run it again, or change it first.` } });
  }
}
const runA = new Runner('A'), runB = new Runner('B');
/** The story that the run on screen is of: the one that was chosen last may not have booted. */
let onScreen: Scenario | null = null;

/** The view and the other cursor after rows have come. */
function follow(): void {
  const state = store.getState();
  if (state.fitted) store.setState({ view: domainOf(state) });
  store.setState(aligned(state));
}
/** A new run takes the page; one beside the run before it is dropped. @param again  of the same story: the window stays */
function bootAlone(scenario: Scenario, trace: Trace, again: boolean): void {
  const whole = { fromNs: 0, toNs: scenario.untilNs };
  runB.close();
  onScreen = store.getState().story;
  store.setState((s) => ({
    ...(s.compare === null ? {} : { ...(partOf(s, 'A') ?? {}), compare: null, collapsed: s.compare.collapsedBefore }),
    scenario, trace, version: s.version + 1, cursor: 0, ...(again && !s.fitted ? { view: clampView(s.view.fromNs, s.view.toNs, whole) } : { fitted: true, view: whole }), selectedTask: null, hover: null, found: { kind: 'nothing' }, notes: [],
  }));
}
/** B, or a new one, stands where A does. */
function bootBeside(scenario: Scenario, trace: Trace): void {
  store.setState((s) => {
    const a = partOf(s, 'A')?.trace;
    if (s.compare === null || a === null || a === undefined) return {};
    const placed: Partial<AppState> = patched(s, 'B', { scenario, trace, version: (partOf(s, 'B')?.version ?? 0) + 1, cursor: 0, selectedTask: null, notes: [] });
    return { ...placed, compare: { ...(placed.compare ?? s.compare), pair: new Pair(a, trace), first: null, lead: 'A' } };
  });
  follow();
}

/** Starts a run, and shows it. `story` is what the scenario is an edit of. */
export function startRun(scenario: Scenario, story: Scenario, where: Wish | null = null): void {
  store.setState({ story, draft: scenario, playing: false, notice: null, problems: {} });
  runA.start(scenario, where, where === null && story === onScreen);
  store.setState({ page: 'run' });
}
/** Starts a run beside the one on screen: a comparison must be open. */
export function startBeside(scenario: Scenario, where: Wish | null = null): void {
  store.setState({ draft: scenario, playing: false, notice: null, problems: {} });
  runB.start(scenario, where, where === null && partOf(store.getState(), 'B')?.trace !== null);
}
export const askedBeside = (): Scenario | null => runB.asked;
export const dropBeside = (): void => runB.close();
/** Stops what runs; what has been computed can be read. */
export function stopRun(): void {
  runA.stop();
  runB.stop();
}
