// A machine that knows no kernel: a clock, an agenda, chance, stacks, a recorder. No state outside it.
import { Agenda, Timer } from '../base/agenda.ts';
import { ns, type Ns } from '../base/units.ts';
import { Chance } from './chance.ts';
import { Footprint } from './footprint.ts';
import { kernelNames, type Patched, StackTable, type Variant } from './kfn.ts';
import { type Keep, Recorder } from './recorder.ts';

export interface MachineConfig {
  readonly seed?: number;
  readonly tape?: readonly number[];
  readonly keep?: Keep;
  /** Anything armed may come next, and locks let others in before they are taken. */
  readonly explore?: boolean;
  readonly variants?: readonly Variant[];
}

/** One body a function: those of the era below, livepatches above. Two of one kind for one function are refused by name. */
function patchTable(variants: readonly Variant[]): (Patched | undefined)[] {
  const table: (Patched | undefined)[] = kernelNames.map(() => undefined);
  for (const base of [true, false]) {
    const by = new Map<number, string>();
    for (const v of variants) {
      if ((v.base === true) !== base) continue;
      for (const p of v.patches) {
        const other = by.get(p.fn);
        if (other !== undefined) throw new Error(`two variants patch ${kernelNames[p.fn]}(): ${other}, ${v.id}`);
        by.set(p.fn, v.id);
        table[p.fn] = { fn: p.fn, body: p.body, label: base ? '' : ` [${v.id}]` };
      }
    }
  }
  return table;
}

export class Machine {
  now: Ns;
  events: number; // resumptions
  /** Of the step under way. Kept while exploring only. */
  readonly footprint: Footprint;
  objects: number;
  exploring: boolean;
  readonly agenda: Agenda;
  readonly chance: Chance;
  readonly stacks: StackTable;
  readonly recorder: Recorder;
  readonly patched: (Patched | undefined)[];
  readonly timers: Timer[];
  constructor(c: MachineConfig) {
    this.now = ns(0); this.events = 0; this.footprint = new Footprint(); this.objects = 0; this.exploring = c.explore ?? false;
    this.agenda = new Agenda(); this.chance = new Chance(c.seed ?? 1, c.tape); this.stacks = new StackTable(); this.timers = [];
    this.patched = patchTable(c.variants ?? []);
    this.recorder = new Recorder(c.keep ?? 'none', this.stacks, kernelNames.length, (fn) => this.fnName(fn));
    this.stacks.onNew = (fn) => { this.recorder.fnString(fn); };
  }
  timer(name: string, fire: () => void): Timer {
    const t = new Timer(this.timers.length, name, fire);
    this.timers.push(t);
    return t;
  }
  /** A thing that two steps may both touch, and so not be exchanged. */
  newObject(): number { return this.objects++; }
  /** This step changes the thing. */
  touch(object: number): void { if (this.exploring) this.footprint.write(object); }
  /** This step looks at it, and what it does follows from that. */
  look(object: number): void { if (this.exploring) this.footprint.see(object); }
  /** What this step does follows from the clock, or is not told one by one: it can be exchanged with nothing. */
  touchAll(): void { this.footprint.all = true; }
  /** Fires the next timer; it stays on top while it fires, so that re-arming it is one sift. False: nothing will ever happen again. */
  step(): boolean {
    const t = this.agenda.heap[0];
    if (t === undefined) return false;
    const seq = t.seq;
    if (t.at > this.now) this.now = t.at as Ns; // else it is late, after an exploration
    t.fire();
    if (t.seq === seq) this.agenda.cancel(t);
    return true;
  }
  /** In an exploration anything armed may come next: who should have come first is late. */
  stepThis(t: Timer): void {
    this.agenda.cancel(t);
    if (t.at > this.now) this.now = t.at as Ns;
    this.footprint.clear();
    t.fire();
  }
  /** A kernel function as stacks print it: `out_of_memory [notifier_outside_oom_lock]`. */
  fnName(fn: number): string { return kernelNames[fn] + (this.patched[fn]?.label ?? ''); }
  /** Innermost first. */
  stackNames(stack: number): string[] { return this.stacks.fns(stack).map((fn) => this.fnName(fn)); }
}
