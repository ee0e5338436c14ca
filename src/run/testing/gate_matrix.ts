/** Every combination of flags, order, highest zone, kind of task and state of the machine that the gates look at, and what the model does with each. */
import type { Scenario } from '../../format/scenario.ts';
import { fullMachine, VICTIMS } from '../../scenarios/full_machine.ts';
import { type GateCase, type GateResult, runGate } from './gate_cases.ts';
import { oracle, type Place, type Profile, type Question } from './gate_oracle.ts';

const BASES = ['KERNEL', 'NOFS', 'NOIO', 'USER', 'ATOMIC', 'NOWAIT'] as const;
const FLAGS: readonly (readonly string[])[] = [
  [], ['NORETRY'], ['RETRY_MAYFAIL'], ['NOFAIL'], ['THISNODE'], ['MEMALLOC'], ['NOMEMALLOC'], ['HIGH'], ['MEMALLOC', 'NOMEMALLOC'], ['NOFAIL', 'THISNODE'], ['NOFAIL', 'NORETRY'], ['NORETRY', 'THISNODE'],
];
/** Without direct reclaim the other flags are never looked at. */
const FLAGS_ATOMIC: readonly (readonly string[])[] = [[], ['MEMALLOC'], ['NOMEMALLOC']];
const ORDERS = [0, 1, 2, 3, 4, 9];
const ZONES = ['Normal', 'DMA32', 'DMA'] as const;
type Who = Pick<Question, 'task' | 'pf' | 'state'>;
const WHO: readonly Who[] = [
  { task: 'kthread', pf: '-', state: '-' }, { task: 'kthread', pf: 'memalloc', state: '-' }, { task: 'kthread', pf: 'dumpcore', state: '-' }, { task: 'kthread', pf: 'nofs', state: '-' },
  { task: 'kthread', pf: '-', state: 'pm_suspended' }, { task: 'kthread', pf: '-', state: 'oom_disabled' }, { task: 'user', pf: '-', state: '-' }, { task: 'best victim', pf: '-', state: '-' }, { task: 'dying', pf: '-', state: '-' },
];
export const PROFILES: readonly Profile[] = ['v4.13', 'v4.17', 'v5.9', 'v6.1', 'v6.12'];
export const PLACES: readonly Place[] = ['inside', 'outside-mutex', 'outside-rwsem'];
/** All questions to one variant of one profile. */
export function questions(profile: Profile, place: Place): Question[] {
  return BASES.flatMap((base) => (base === 'ATOMIC' || base === 'NOWAIT' ? FLAGS_ATOMIC : FLAGS).flatMap((flags) => ORDERS.flatMap((order) => ZONES.flatMap((zone) => WHO.map((w) => ({ profile, place, base, flags, order, zone, ...w }))))));
}
export const nameOf = (q: Question): string => `${q.profile} ${q.place}: ${[`GFP_${q.base}`, ...q.flags].join('|')} order ${q.order}, up to ${q.zone}, ${q.task}${q.pf === '-' ? '' : `, PF ${q.pf}`}${q.state === '-' ? '' : `, ${q.state}`}`;

export function askModel(q: Question): GateResult {
  const base: Scenario = { id: 'gates', title: 'gates', text: [], ...fullMachine(1, 1000), profile: q.profile, knobs: { 'oom.notifierPlace': q.place }, workloads: [VICTIMS[0]], ends: 'no-oom' };
  const c: GateCase = {
    name: nameOf(q), gfp: [`GFP_${q.base}`, ...q.flags, ...(q.zone === 'Normal' ? [] : [q.zone])].join('|'), order: q.order, pf: q.pf, user: q.task !== 'kthread',
    mods: q.task === 'dying' ? 'sigkill_pending' : q.state, selfVictim: q.task === 'best victim',
  };
  return runGate(base, c);
}
/** Reclaims that may follow a kill before the victim has given something back. */
const AFTER_KILL = 16;
/**
 * 4.17: reaper and victim both need oom_lock to give anything back, which the killer holds while it sleeps a jiffy (reference 9.2, L2); on one CPU it then
 * goes on until a tick lets them run, so for a jiffy of 4 ms, at 13 priorities of 7.6 us a fruitless reclaim (the table of times). 5.9: the killer does not sleep,
 * but it too keeps its one CPU until a tick where those it has woken have had no less of it; and each of its rounds is one reclaim, as in 4.x.
 */
const A_JIFFY_OF_ROUNDS = Math.ceil(4e6 / (13 * 7600));
const mostAfterKill = (q: Question): number => AFTER_KILL + (q.profile === 'v4.17' || q.profile === 'v5.9' ? A_JIFFY_OF_ROUNDS : 0);
/** What is not as the reference says; empty: all is. */
export function faultsOf(q: Question, r: GateResult): string[] {
  const e = oracle(q), out: string[] = [], end = r.page === null ? 'loops' : r.page ? 'page' : 'null';
  const differs = (what: string, model: unknown, reference: unknown): void => { if (model !== reference) out.push(`${what} ${String(model)}, by the reference ${String(reference)} (${e.gate})`); };
  differs('end', end, e.end);
  differs('asked out_of_memory()', r.oomCalls > 0, e.asked);
  differs('notifiers ran', r.notifiers > 0, e.notifiers);
  differs('somebody was killed', r.kills > 0, e.killed);
  // Whoever kills another goes on reclaiming until the other has given something back, which is the scheduler's business; a loop was watched over many rounds.
  if (e.end === 'loops') { if (e.asked && r.wholeRounds !== r.oomCalls * e.reclaims) differs(`direct reclaims in ${r.oomCalls} rounds`, r.wholeRounds, r.oomCalls * e.reclaims); }
  else if (!e.killed || r.directReclaims < e.reclaims || r.directReclaims > e.reclaims + mostAfterKill(q)) differs('direct reclaims', r.directReclaims, e.reclaims);
  if (e.end !== 'loops' && e.notifiers && !e.killed) differs('calls of the notifiers', r.notifiers, 1);
  return out;
}
