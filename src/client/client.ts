/**
 * The page's end of the wire: one worker, one run or exploration at a time. Replies of a run that is no longer wanted are dropped here,
 * and a worker that dies or falls silent is replaced here, so the store above never sees either.
 */
import type { Catalog, FromWorker, ToWorker } from '../format/protocol.ts';
import { buffersOf } from '../format/rows.ts';
import type { Scenario } from '../format/scenario.ts';

/** The part of `Worker` that is used: a test hands in its own. */
export interface WorkerPort {
  postMessage(message: ToWorker, transfer?: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: { readonly data: FromWorker }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  onmessageerror: ((event: { readonly data: unknown }) => void) | null;
}
export type RunMessage = Extract<FromWorker, { readonly run: number }>;

export interface ClientEvents {
  /** The worker has started (again) and says what it knows. */
  catalog(catalog: Catalog): void;
  /** A message of the run that is wanted now. The columns of a chunk go back to the worker after it: whoever wants rows copies them. */
  message(message: RunMessage): void;
  /** The worker died or fell silent in the middle of a run; another one stands ready. */
  lost(why: string): void;
}

/** A worker that has not stopped this long after being told to is ended by force. */
export const CANCEL_MS = 1000;
/** A run that says nothing for this long hangs: chunks come many times a second, and the largest machine boots in a few seconds. */
export const SILENCE_MS = 20_000;

function startWorker(): WorkerPort {
  const worker = new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module' });
  const port: WorkerPort = { postMessage: (message, transfer = []) => worker.postMessage(message, transfer), terminate: () => worker.terminate(), onmessage: null, onerror: null, onmessageerror: null };
  worker.onmessage = (event: MessageEvent<FromWorker>) => port.onmessage?.(event);
  worker.onerror = (event) => port.onerror?.(event);
  worker.onmessageerror = (event) => port.onmessageerror?.(event);
  return port;
}

/** What the worker is to do next. */
type Job = { readonly kind: 'run'; readonly scenario: Scenario } | { readonly kind: 'explore'; readonly scenario: Scenario; readonly bound: number | null };

export class Client {
  private readonly events: ClientEvents;
  private readonly make: () => WorkerPort;
  /** null = the last one died while it had nothing to do: the next run starts another. */
  private worker: WorkerPort | null;
  /** The run whose messages are passed on; 0 = none. */
  private wanted: number;
  /** The run the worker is busy with; 0 = idle. */
  private busy: number;
  private last: number;
  private waiting: Job | null;
  private cancelTimer: ReturnType<typeof setTimeout> | undefined;
  private silenceTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(events: ClientEvents, make: () => WorkerPort = startWorker) {
    this.events = events;
    this.make = make;
    this.wanted = 0;
    this.busy = 0;
    this.last = 0;
    this.waiting = null;
    this.worker = this.start();
  }

  /** Runs `scenario` as soon as the worker has let go of the run before it. Returns the run's number. */
  run(scenario: Scenario): number { return this.begin({ kind: 'run', scenario }); }
  /** Explores the schedules of `scenario`, likewise. */
  explore(scenario: Scenario, bound: number | null): number { return this.begin({ kind: 'explore', scenario, bound }); }
  private begin(job: Job): number {
    this.wanted = ++this.last;
    if (this.busy === 0) this.post(job);
    else {
      this.waiting = job;
      this.askToStop();
    }
    return this.wanted;
  }
  /** Tells an exploration to stop; what it has covered until then comes as its result. */
  enough(): void {
    if (this.wanted !== 0 && this.wanted === this.busy) this.askToStop();
  }

  /** Stops the run; what has come of it stays with the caller. */
  cancel(): void {
    this.wanted = 0;
    this.waiting = null;
    if (this.busy !== 0) this.askToStop();
  }

  /** Stops whatever runs and lets the worker go. */
  close(): void {
    this.cancel();
    clearTimeout(this.cancelTimer);
    this.cancelTimer = undefined;
    this.drop();
    this.busy = 0;
  }

  private post(job: Job): void {
    this.busy = this.wanted;
    this.worker ??= this.start();
    this.worker.postMessage({ run: this.busy, ...job });
    this.watch();
  }

  private askToStop(): void {
    if (this.cancelTimer !== undefined) return;
    this.worker?.postMessage({ kind: 'cancel', run: this.busy });
    this.cancelTimer = setTimeout(() => this.replace(), CANCEL_MS);
  }

  private receive(message: FromWorker): void {
    if (message.kind === 'catalog') {
      this.events.catalog(message.catalog);
      return;
    }
    if (message.run !== this.busy) return;
    const over = message.kind === 'end' || message.kind === 'explored' || message.kind === 'failed' || message.kind === 'cancelled';
    if (over) this.busy = 0;
    this.watch();
    if (message.run === this.wanted) this.events.message(message);
    if (message.kind === 'chunk') this.worker?.postMessage({ kind: 'spent', run: message.run, columns: message.columns }, buffersOf(message.columns));
    if (over) this.next();
  }

  /** The worker is free: the run that waited for it starts. */
  private next(): void {
    clearTimeout(this.cancelTimer);
    this.cancelTimer = undefined;
    if (this.waiting === null || this.busy !== 0) return;
    const job = this.waiting;
    this.waiting = null;
    this.post(job);
  }

  private watch(): void {
    clearTimeout(this.silenceTimer);
    if (this.busy !== 0) this.silenceTimer = setTimeout(() => this.lose(`it said nothing for ${SILENCE_MS / 1000} s`), SILENCE_MS);
  }

  private start(): WorkerPort {
    const worker = this.make();
    worker.onmessage = (event) => this.receive(event.data);
    worker.onerror = (event) => this.lose(event.message || 'it could not be loaded');
    worker.onmessageerror = () => this.lose('a message could not be read');
    return worker;
  }

  private drop(): void {
    clearTimeout(this.silenceTimer);
    if (this.worker === null) return;
    this.worker.onmessage = this.worker.onerror = this.worker.onmessageerror = null;
    this.worker.terminate();
    this.worker = null;
  }

  private replace(): void {
    this.drop();
    this.busy = 0;
    this.worker = this.start();
    this.next();
  }

  private lose(why: string): void {
    const told = this.wanted !== 0 && this.wanted === this.busy;
    // one that dies with nothing to do may die again at once: it is replaced when there is something to run
    if (this.busy === 0) this.drop();
    else this.replace();
    if (told) this.events.lost(why);
  }
}
