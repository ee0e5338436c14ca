/**
 * The experiments on the page: which trials are asked for, and what came of them. Trials wait in one queue for workers of their own, so that the run on
 * screen is not disturbed; of a run nothing is kept but its figures. Results live as long as the page does. A store of its own, because it is loaded with the cards.
 */
import { useStore as useZustand } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { Client, type RunMessage } from '../client/client.ts';
import { decide, sameTrial, scenarioOf, seedsFor, type Sum, sumOf, type Trial, trialsOf, type Tried } from '../experiments/evaluate.ts';
import type { Experiment } from '../experiments/experiment.ts';
import type { Explored } from '../format/exploration.ts';
import { experiments } from '../experiments/index.ts';
import { type View, ViewMaker } from '../experiments/view.ts';
import { store } from './store.ts';

export const SEED_CHOICES = [10, 50] as const;
export interface CardRuns {
  readonly tried: readonly Tried[];
  /** Trials that a person asked for and that are not there yet. */
  readonly left: number;
  /** Why the last of them was not to be had. */
  readonly problem: string | null;
}
export interface Lab {
  readonly cards: Readonly<Record<string, CardRuns>>;
  /** Seeds 1 .. seeds are asked for. */
  readonly seeds: number;
  /** What of the cards is seen: those of a mail, those that stand so, those that have these words. */
  readonly mail: string | null;
  readonly show: Show;
  readonly find: string;
  /** Whose reasons are read. */
  readonly why: string;
}
export const SHOWS = ['all', 'holds', 'refuted', 'holds if', 'otherwise', 'not run'] as const;
export type Show = (typeof SHOWS)[number];
const NOTHING: CardRuns = { tried: [], left: 0, problem: null };
export const lab: StoreApi<Lab> = createStore<Lab>(() => ({ cards: {}, seeds: SEED_CHOICES[0], mail: null, show: 'all', find: '', why: '' }));
export const useLab = <T>(selector: (state: Lab) => T): T => useZustand(lab, selector);
export const runsOf = ({ cards }: Lab, id: string): CardRuns => cards[id] ?? NOTHING;
function change(id: string, how: (before: CardRuns) => CardRuns): void {
  lab.setState((s) => ({ cards: { ...s.cards, [id]: how(runsOf(s, id)) } }));
}

interface Job {
  readonly e: Experiment;
  readonly trial: Trial;
  /** By a person: what begins by itself changes no button under the hand. */
  readonly asked: boolean;
}
/** Front first. */
let queue: readonly Job[] = [];

/** One worker, and the trial that it is busy with: the variants one after the other. */
class Lane {
  private client: Client | null;
  job: Job | null;
  private views: View[];
  private maker: ViewMaker | null;
  constructor() {
    this.client = null;
    this.job = null;
    this.views = [];
    this.maker = null;
  }
  /** Takes the next trial, if this lane has none. */
  next(): void {
    if (this.job !== null) return;
    const [job, ...rest] = queue;
    if (job === undefined) return;
    queue = rest;
    this.job = job;
    this.views = [];
    this.runVariant(job);
  }
  /** Drops the trial if it is one of `id`. */
  cancel(id: string): void {
    if (this.job?.e.id !== id) return;
    this.job = null;
    this.client?.cancel();
  }
  close(): void {
    this.client?.close();
    this.client = null;
  }

  private runVariant({ e, trial }: Job): void {
    this.maker = null;
    this.client ??= new Client({ catalog: (catalog) => store.setState({ catalog }), message: (m) => this.receive(m), lost: (why) => this.fail(`the simulation stopped answering (${why})`) });
    this.client.run(scenarioOf(e, e.variants[this.views.length], trial));
  }
  private receive(m: RunMessage): void {
    switch (m.kind) {
      case 'booted': this.maker = new ViewMaker(m); this.maker.learn(m.tables); break;
      case 'chunk': this.maker?.learn(m.tables); this.maker?.fold(m.columns); break;
      case 'end': if (this.maker !== null) this.ended(this.maker.view(m.outcome)); break;
      case 'explored': this.explored(m.explored); break;
      case 'failed': this.fail(m.message); break;
      case 'cancelled': case 'exploring': break;
    }
  }
  private ended(view: View): void {
    const { job, views } = this;
    if (job === null) return;
    views.push(view);
    if (job.e.explores === true) this.client?.explore(scenarioOf(job.e, job.e.variants[views.length - 1], job.trial), null);
    else this.goOn(job);
  }
  /** What was found belongs to the variant that was run last. */
  private explored(explored: Explored): void {
    const { job, views } = this, view = views.pop();
    if (job === null || view === undefined) return;
    views.push({ ...view, explored });
    this.goOn(job);
  }
  private goOn(job: Job): void {
    if (this.views.length < job.e.variants.length) this.runVariant(job);
    else this.decided(job);
  }
  private decided({ e, trial, asked }: Job): void {
    let tried: Tried;
    try {
      tried = decide(e, trial, this.views);
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
      return;
    }
    this.job = null;
    change(e.id, (c) => ({ ...c, tried: [...c.tried, tried], left: c.left - (asked ? 1 : 0) }));
    goOn();
  }
  /** What cannot be run for one seed is not tried for the others: the card says why. */
  private fail(why: string): void {
    const { job } = this;
    if (job === null) return;
    const { e, trial } = job, place = `${trial.control === null ? '' : `control ${trial.control + 1}, `}seed ${trial.seed}`;
    this.job = null;
    cancelCard(e.id);
    change(e.id, (c) => ({ ...c, problem: `${place}: ${why}` }));
  }
}
/** The page itself and the run on screen need a processor; more than three workers hardly help with what is small. */
const LANES = Math.max(1, Math.min(3, (globalThis.navigator?.hardwareConcurrency ?? 2) - 1));
const lanes: readonly Lane[] = Array.from({ length: LANES }, () => new Lane());

function goOn(): void {
  for (const lane of lanes) lane.next();
  // one worker stays warm for the next card
  if (queue.length === 0) for (const lane of lanes.slice(1)) if (lane.job === null) lane.close();
}
const range = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i + 1);
/** What of these trials is neither there nor asked for. */
function missing(e: Experiment, trials: readonly Trial[]): readonly Trial[] {
  const { tried } = runsOf(lab.getState(), e.id), known = [...queue, ...lanes.flatMap((l) => (l.job === null ? [] : [l.job]))].filter((j) => j.e === e).map((j) => j.trial);
  return trials.filter((t) => ![...tried, ...known].some((one) => sameTrial(one, t)));
}
/** `first`: before all that waits. */
function ask(e: Experiment, trials: readonly Trial[], first: boolean): void {
  queue = queue.filter((j) => j.e !== e || j.asked); // what would have come by itself is among what is asked for
  const jobs = missing(e, trials).map((trial) => ({ e, trial, asked: true }));
  if (jobs.length === 0) return;
  queue = first ? [...jobs, ...queue] : [...queue, ...jobs];
  change(e.id, (c) => ({ ...c, left: c.left + jobs.length, problem: null }));
}
/** Every seed that is chosen, and the controls. */
export function runCard(e: Experiment): void {
  ask(e, trialsOf(e, range(lab.getState().seeds)), true);
  goOn();
}
/** Each variant with the first seed alone. */
export function runOnce(e: Experiment): void {
  ask(e, seedsFor(e, [1]).map((seed) => ({ control: null, seed })), true);
  goOn();
}
export function runCards(list: readonly Experiment[]): void {
  for (const e of list) ask(e, trialsOf(e, range(lab.getState().seeds)), false);
  goOn();
}
/** What begins by itself, because it is cheap: each claim with its first seed, so that the cards have figures. The one that is named comes first. */
export function lookAtAll(named: string | null): void {
  const jobs = experiments.flatMap((e) => missing(e, seedsFor(e, [1]).map((seed) => ({ control: null, seed }))).map((trial) => ({ e, trial, asked: false })));
  queue = [...jobs.filter((j) => j.e.id === named), ...queue, ...jobs.filter((j) => j.e.id !== named)];
  goOn();
}
/** Likewise the claim of the story on screen, with the seed of that run where it is one of those that count. */
export function lookAtClaim(e: Experiment, seed: number): void {
  const [first] = seedsFor(e, seed >= 1 && seed <= lab.getState().seeds ? [seed] : [1]);
  if (runsOf(lab.getState(), e.id).problem !== null || standOf(e, runsOf(lab.getState(), e.id), lab.getState().seeds).sum.ran.length > 0) return;
  queue = [...missing(e, [{ control: null, seed: first }]).map((trial) => ({ e, trial, asked: false })), ...queue];
  goOn();
}
/** The cards are left: what a person looks at instead has the processors. What was asked for goes on. */
export function stopLooking(): void {
  queue = queue.filter((j) => j.asked);
}
/** Drops what of a card is not there yet. */
export function cancelCard(id: string): void {
  queue = queue.filter((j) => j.e.id !== id);
  for (const lane of lanes) lane.cancel(id);
  change(id, (c) => ({ ...c, left: 0 }));
  goOn();
}
export function cancelAll(): void {
  for (const e of experiments) if (runsOf(lab.getState(), e.id).left > 0) cancelCard(e.id);
}

/** How a card stands with the seeds that are chosen. */
export type Standing = 'failed' | 'running' | 'new' | 'partly' | 'as-said' | 'otherwise';
export interface Stand {
  readonly kind: Standing;
  /** What is there of the seeds that are chosen, and of the controls. */
  readonly tried: readonly Tried[];
  readonly sum: Sum;
  /** Seeds that make the claim's row of cells. */
  readonly seeds: readonly number[];
  /** Trials that are there, of all that the card needs. */
  readonly done: number;
  readonly of: number;
  /** Of those, asked for and not there yet. */
  readonly left: number;
}
export function standOf(e: Experiment, { tried, left, problem }: CardRuns, asked: number): Stand {
  const seeds = seedsFor(e, range(asked)), trials = trialsOf(e, seeds), there = tried.filter((t) => trials.some((wanted) => sameTrial(wanted, t))), sum = sumOf(e, there);
  return { kind: kindOf(sum, left, problem, there.length, trials.length), tried: there, sum, seeds, done: there.length, of: trials.length, left };
}
function kindOf(sum: Sum, left: number, problem: string | null, done: number, of: number): Standing {
  if (problem !== null) return 'failed';
  if (sum.failed.length > 0 || sum.controls.some((c) => c.failed.length > 0)) return left > 0 ? 'running' : 'otherwise';
  if (left > 0) return 'running';
  if (done === 0) return 'new';
  return done < of ? 'partly' : 'as-said';
}

export interface Spread { readonly median: number; readonly least: number; readonly most: number; readonly seeds: number }
/** The middle of what the seeds gave, and their range; null = no seed has this figure. With an even number of seeds the lower of the two in the middle, so that it is a value that occurred. */
export function spread(tried: readonly Tried[], variant: number, figure: string): Spread | null {
  const values = tried.filter((t) => t.control === null).map((t) => t.figures[variant]?.[figure]).filter((x): x is number => x !== undefined && Number.isFinite(x)).sort((a, b) => a - b);
  return values.length === 0 ? null : { median: values[(values.length - 1) >> 1], least: values[0], most: values[values.length - 1], seeds: values.length };
}
/** The cards that are seen, in their order. */
export function seen({ cards, seeds, mail, show, find }: Lab): readonly Experiment[] {
  const words = find.toLowerCase().split(/\s+/).filter((w) => w !== '');
  return experiments.filter((e) => {
    if (mail !== null && e.mail !== mail) return false;
    const text = [e.id, e.claim, e.mail, e.because, ...e.variants.map((v) => v.name)].join(' ').toLowerCase();
    if (!words.every((w) => text.includes(w))) return false;
    if (show === 'all') return true;
    if (show !== 'otherwise' && show !== 'not run') return e.verdict === show;
    const { kind } = standOf(e, cards[e.id] ?? NOTHING, seeds);
    return show === 'otherwise' ? kind === 'otherwise' || kind === 'failed' : kind === 'new' || kind === 'partly';
  });
}
/** The experiments that a story is a variant of. */
export const experimentsOf = (story: string): readonly Experiment[] => experiments.filter((e) => e.story.id === story || e.variants.some((v) => v.story?.id === story));
export { experiments };
