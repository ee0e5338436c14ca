/** A scenario with `explore` as a world, and an exploration of it. */
import type { Explored } from '../format/exploration.ts';
import { type ExploreSpec, NO_PROGRESS, type Scenario } from '../format/scenario.ts';
import { kernelNames } from '../sim/kfn.ts';
import { type Ring, waitRings } from '../kernel/locking/wait_graph.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { bootScenario } from '../run/boot.ts';
import { Window } from '../run/window.ts';
import { Exploration, SLICE_STEPS } from './explore.ts';
import { shapeOf, type World } from './world.ts';

/** Schedules of the search of every order, where a scenario does not say. */
const SCHEDULES = 1000;
/**
 * Functions whose accesses are told one by one, by touch() and look(). A step that has run any other is taken to have touched everything: memory
 * management keeps no books of what it looks at. (docs/decisions/exploration.md)
 */
const TOLD = new Set([
  'schedule', 'sysvec_reschedule_ipi', '__mutex_lock_slowpath', '__mutex_lock_killable_slowpath', '__mutex_lock_common', 'native_queued_spin_lock_slowpath', '__down', '__down_read', '__down_write',
  'rwsem_down_read_slowpath', 'rwsem_down_write_slowpath',
]);

/** The stretch to be explored never begins: a fault of the scenario, not of the machine. */
export class NoBeginning extends Error {}

export function worldOf(s: Scenario, spec: ExploreSpec): World {
  const { k } = bootScenario(s, 'none'), window = new Window(k, spec);
  while (!window.begins()) {
    const next = k.agenda.heap[0];
    if (next === undefined || next.at > s.untilNs || !k.step()) throw new NoBeginning(`expected ${typeof spec.from === 'number' ? `something to happen after ${spec.from / 1e6} ms` : `the tracepoint ${spec.from}`}, where the exploration of ${s.id} begins: it does not come in this run`);
  }
  window.begin();
  k.watched = spec.bad;
  k.cameBy = 0;
  k.stacks.onRun = (fn) => { if (!TOLD.has(kernelNames[fn])) k.touchAll(); };
  const bad = spec.bad === NO_PROGRESS ? () => stuck(k) : () => (k.cameBy > 0 ? spec.bad : null);
  return { k, window, bad, ...(spec.bad === NO_PROGRESS ? {} : { badAt: () => k.cameAt }), ended: () => ({ bad: null, outcome: shapeOf(k) }), shape: null };
}
/**
 * Misses of a trylock in a row, against one and the same hold, that close a ring here. A run waits for 8 and for 5 s without progress
 * (run/progress.ts), and says livelock itself when the schedule that was found is run to its end; here each round is some 25 steps.
 */
const ROUNDS = 3;
/** A ring of waits: at once if only a kill could open it; with a lost trylock in it when that has been lost ROUNDS times. */
function stuck(k: Kernel): string | null {
  if (!k.tasks.some((t) => t.blockedOn !== null || t.awaits !== null || t.retries.some((r) => r.count >= ROUNDS))) return null;
  const [ring] = waitRings(k, k.now, ROUNDS);
  return ring === undefined ? null : ringWords(ring);
}
function ringWords(ring: Ring): string {
  const way = ring.edges.map((e) => `${e.from} ${e.blocking ? '->' : '-(retry)->'} ${e.to}`).join(', ');
  return `${ring.kind} of ${ring.tasks.map((t) => t.comm).join(' and ')}: ${way}`;
}
/** To its end at once, with the scenario's own bounds. */
export function exploreWhole(s: Scenario): Explored {
  const e = exploreScenario(s, null);
  while (!e.slice(SLICE_STEPS)); // a slice a turn
  return e.result();
}
/** @param bound  deviations; null = as the scenario says */
export function exploreScenario(s: Scenario, bound: number | null): Exploration {
  const { explore: spec, choices: _, ...rest } = s;
  if (spec === undefined) throw new Error(`the scenario ${s.id} says nothing about an exploration`);
  return new Exploration(() => worldOf({ ...rest, explore: spec }, spec), { deviations: bound ?? spec.deviations, schedules: spec.schedules ?? SCHEDULES, steps: spec.steps });
}
