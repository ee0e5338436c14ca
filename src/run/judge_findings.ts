/** What the judge looks at, by names that stay, and the book in which it writes what did not hold. */

/** Invariants of a run, in the order in which they are told. The names go into `run --json` and into the tests. */
export const INVARIANTS = {
  'rows-in-order': 'rows are numbered without gaps, and time never runs backward',
  'names-known': 'strings, stacks, tasks, locks and CPUs that rows point to exist',
  'operands-follow': 'an operand follows its decision',
  'log-in-order': 'lines of the kernel log come in order, each at its own time',
  'page-states': 'a frame is taken only when free, used only when taken, freed only when in use or on the list it leaves',
  'blocks-in-zone': 'a block is aligned and lies in the zone that its row names',
  'buddy-blocks': 'a block that is split, merged or moved stands on the list that the row names',
  'buddies-merged': 'no two free buddies of one order and mergeable types stand side by side',
  'free-counts': 'free blocks by zone, order and type are as many as rows and frames say',
  'pcp-counts': 'pages counted on a per-CPU list are the frames that are there',
  'pages-conserved': 'frames by state add up to the frames of the zone',
  'no-negative': 'no count is below zero',
  'watermarks': 'min <= low <= high in every zone',
  'rss': 'no resident set is below zero',
  'one-holder': 'a lock has one holder, or readers',
  'dropped-by-holder': 'a lock is dropped by a task that holds it',
  'waits': 'a task waits for one lock at a time, for none that it holds, and leaves only the queue it stands in',
  'switch-chain': 'a switch goes from the task that ran on this CPU',
  'one-cpu': 'no task runs on two CPUs, and rows are written by the task that runs',
  'asleep': 'a task that blocks or is dead leaves its CPU and does not run before it is woken',
  'handlers-nest': 'handlers leave in the reverse of the order in which they came, and no task is switched under one',
  'killed-exits': 'a task with SIGKILL sleeps no sleep that a signal ends, and does not stand runnable beside idle CPUs at the end',
  'reaper-tries': 'the reaper tries a victim ten times at most, a tenth of a second apart, ends what it begins, and gives up after ten only',
  'kill-marked': 'each kill in the log had its mark_victim, and no victim was dead',
} as const;
export type Invariant = keyof typeof INVARIANTS;

export interface Broken {
  readonly invariant: Invariant;
  /** Index of the row; -1 = the first state, the number of rows = the end. */
  readonly row: number;
  readonly timeNs: number;
  readonly what: string;
}
/** One fault often brings a thousand after it: so many are told of each invariant. */
const MOST_TOLD = 5;

export class Findings {
  readonly broken: Broken[];
  /** The row that is looked at. */
  row: number;
  timeNs: number;
  private readonly told: Map<Invariant, number>;
  constructor() {
    this.broken = []; this.row = -1; this.timeNs = 0; this.told = new Map();
  }
  tell(invariant: Invariant, what: string): void {
    const n = (this.told.get(invariant) ?? 0) + 1;
    this.told.set(invariant, n);
    if (n <= MOST_TOLD) this.broken.push({ invariant, row: this.row, timeNs: this.timeNs, what });
  }
}
