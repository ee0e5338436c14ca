/**
 * The stretch of a run in which schedules are explored (ExploreSpec in format/scenario.ts). At each step any timer that is armed for no
 * later than the stretch's end may come next: the end of a CPU's spend, an interrupt between CPUs, a timeout. `armed()` gives them in the
 * order in which they would come; the first is the timed order.
 *
 * A deviation takes a later one and *holds up* those before it, as a hypervisor or a long interrupt holds up a CPU: they come again when no
 * other CPU has work and only a timeout could come next, or by another deviation. So one deviation is enough for "this CPU stood still
 * while the other did all that".
 *
 * The tick is off meanwhile: one that may come at any moment never ends. Timers of the wheel come at their jiffy.
 */
import type { Timer } from '../base/agenda.ts';
import { must } from '../base/units.ts';
import type { ExploreSpec } from '../format/scenario.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { armTick } from '../kernel/sched/timer.ts';

const byTime = (a: Timer, b: Timer): number => a.at - b.at || a.seq - b.seq;

export class Window {
  readonly k: Kernel;
  readonly spec: Pick<ExploreSpec, 'from' | 'untilNs' | 'steps'>;
  /** Steps made in it. */
  made: number;
  open: boolean;
  over: boolean;
  private readonly held: Map<number, number>; // by timer: when it was held up
  private readonly ticks: boolean;
  private readonly work: Set<Timer>; // ends of spends and interrupts between CPUs, not timeouts
  constructor(k: Kernel, spec: Pick<ExploreSpec, 'from' | 'untilNs' | 'steps'>) {
    this.k = k; this.spec = spec; this.made = 0; this.open = false; this.over = false; this.held = new Map(); this.ticks = k.ticks;
    this.work = new Set([...k.cpus.map((c) => c.end), ...k.rqs.map((rq) => rq.ipi)]);
    if (typeof spec.from === 'string') k.watched = spec.from;
  }
  /** Does it begin before the timer that is due next? */
  begins(): boolean {
    const { k, spec: { from } } = this, next = k.agenda.heap[0];
    if (this.open || this.over || next === undefined) return false;
    return typeof from === 'string' ? k.cameBy > 0 : next.at >= from;
  }
  begin(): void {
    const { k } = this;
    this.open = true;
    k.exploring = true;
    this.setTicks(false);
  }
  /** What may come next, in the order in which it would; none = the stretch is over. */
  armed(): readonly Timer[] {
    const { k, held, spec, work } = this, free: Timer[] = [], late: Timer[] = [];
    if (this.made >= spec.steps) return late;
    for (const t of k.agenda.heap) if (t.at <= spec.untilNs) (held.has(t.id) ? late : free).push(t);
    free.sort(byTime);
    if (late.length === 0) return free;
    late.sort((a, b) => (held.get(a.id) ?? 0) - (held.get(b.id) ?? 0) || byTime(a, b));
    return free.length === 0 || (free[0].at > k.now && !work.has(free[0])) ? [...late, ...free] : [...free, ...late];
  }
  /** Lets one of `armed()` come. */
  fire(armed: readonly Timer[], choice: number): void {
    const t = must(armed[choice], 'a choice among what is armed');
    for (const other of armed.slice(0, choice)) if (!this.held.has(other.id)) this.held.set(other.id, this.made);
    this.held.delete(t.id);
    this.made++;
    this.k.stepThis(t);
  }
  /** One step, as `k.chance` chooses. false: the stretch is over. */
  step(): boolean {
    const armed = this.armed();
    if (armed.length === 0) return false;
    this.fire(armed, this.k.chance.choose(armed.length));
    return true;
  }
  end(): void {
    this.open = false;
    this.over = true;
    this.k.exploring = false;
    this.setTicks(this.ticks);
  }
  private setTicks(on: boolean): void {
    const { k } = this;
    k.ticks = on;
    for (const cpu of k.cpus) armTick(k, cpu);
  }
}
