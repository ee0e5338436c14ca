/** In words: why the allocation or the charge at the cursor waited or failed, or what the task is doing if it asks for neither. */
import { ROW } from '../format/rows.ts';
import { memcgUse } from './memcgs.ts';
import { gateAt, type Gate, givesPage, lastRowOf, type Request, requestAt } from './path.ts';
import { plainName } from './tables.ts';
import type { Trace } from './trace.ts';
import { heldUp, holderOf, namesOf, taskWords } from './why_task.ts';

type Asked = Pick<Gate, 'question' | 'answer' | 'operands'>;
const ZONE = /^zone_watermark_\w+\((.+)\)$/;
const operand = (gate: Asked, name: string): number => gate.operands.find((o) => o.name === name)?.value ?? 0;
/** Questions whose answer ends an allocation without a page, or a charge without room, unless it may not fail: and why. */
export const ENDS: ReadonlyMap<string, readonly [answer: 0 | 1, words: string]> = new Map([
  ['may reclaim directly (__GFP_DIRECT_RECLAIM)', [0, 'it may not wait for reclaim (no __GFP_DIRECT_RECLAIM)']], ['PF_MEMALLOC: no reclaim inside reclaim', [1, 'it is reclaiming already (PF_MEMALLOC)']],
  ['__GFP_NORETRY', [1, 'it asked for one round of reclaim at most (__GFP_NORETRY)']], ['costly order without __GFP_RETRY_MAYFAIL', [1, 'a costly order is not tried again without __GFP_RETRY_MAYFAIL']],
  ['current is an OOM victim and has had its reserve', [1, 'it is an OOM victim and has had its part of the reserve']], ['PF_DUMPCORE', [1, 'nobody is killed for a core dump (PF_DUMPCORE)']],
  ['order > PAGE_ALLOC_COSTLY_ORDER: a kill would not help', [1, 'nobody is killed for a costly order']], ['__GFP_RETRY_MAYFAIL or __GFP_THISNODE', [1, 'nobody is killed for a request that may fail, or that wants this node alone']],
  ['only low zones may be used', [1, 'nobody is killed for the low zones alone']], ['pm_suspended_storage()', [1, 'nobody is killed while storage is suspended']], ['the OOM killer is disabled', [1, 'the OOM killer is disabled']],
  ['__GFP_RETRY_MAYFAIL', [1, 'nobody is killed for a charge that may fail (__GFP_RETRY_MAYFAIL)']], ['a kill was made for this charge, and current is dying', [1, 'a kill was made for it, and it is dying itself']],
]);
/** Answers that decide what comes next while the request goes on. */
export const ONWARD: ReadonlyMap<string, readonly [answer: 0 | 1, words: string]> = new Map([
  ['no __GFP_FS: do not kill, say that there was progress', [1, 'nobody is killed for it, since it may not enter the file system (no __GFP_FS): that counts as progress, and it goes round again']],
  ['OOM notifiers freed pages', [1, 'the OOM notifiers say that they freed pages, so nobody is killed and it tries again']], ['a victim is dying already: wait for it', [1, 'a victim is dying already, so nobody else is killed and it tries again']],
  ['current is dying already: let it', [1, 'it is dying already, so it may use the reserve and nobody else is killed']],
  ['PF_MEMALLOC: charge past the limit', [1, 'it is reclaiming already (PF_MEMALLOC), so it is charged past the limit']], ['current is dying: charge past the limit', [1, 'it is dying, so it is charged past the limit']],
  ['retries are left', [0, 'no retry is left: unless it may fail, somebody in the group is to be killed']], ['there is room in the group by now', [1, 'there is room in the group by now, so nobody is killed and it tries again']],
  ['current is dying already', [1, 'it is dying already, so nobody else is killed']],
]);
/** What an answer means for the request: the way out of the common one was taken, and why, or it was passed by. null: the question opens none. */
export function exitAt({ question, answer }: Pick<Asked, 'question' | 'answer'>): { readonly taken: false } | { readonly taken: true; readonly words: string } | null {
  const exit = ENDS.get(question) ?? ONWARD.get(question);
  return exit === undefined ? null : exit[0] === answer ? { taken: true, words: exit[1] } : { taken: false };
}
const decided = (list: ReadonlyMap<string, readonly [number, string]>, gate: Asked | null): string | null => {
  const found = gate === null ? undefined : list.get(gate.question);
  return found !== undefined && found[0] === gate?.answer ? found[1] : null;
};

/** `DMA32 has 641 pages free, min is 662: short by 22`: a zone is used while free > mark + reserve. */
function shortOf(gate: Asked): string | null {
  const zone = ZONE.exec(gate.question)?.[1], mark = gate.operands.find((o) => ['min', 'low', 'high'].includes(o.name));
  if (zone === undefined || mark === undefined) return null;
  const free = operand(gate, 'free'), reserve = operand(gate, 'lowmem_reserve'), need = mark.value + reserve;
  const sum = reserve > 0 ? `${mark.name} ${mark.value} + reserve ${reserve}` : `${mark.name} ${mark.value}`;
  return free <= need ? `${zone} has ${free} pages free and needs more than ${sum}: short by ${need - free + 1}` : `${zone} has ${free} pages free, more than ${sum}, but no block that fits`;
}
/** What the allocation has met up to the cursor. */
interface Met {
  /** The last refusal of each zone, in the order asked. */
  readonly refused: Map<string, Asked>;
  last: Asked | null;
  /** Why there will be no page, null = it goes on. */
  ends: string | null;
  /** Rounds of reclaim that are over, and what they gave in pages. */
  rounds: number;
  reclaimed: number;
  /** The task it has chosen to kill, -1 = none. */
  victim: number;
}
/** @param mine  whether a row belongs to what is told of */
function meet(trace: Trace, task: number, firstRow: number, lastRow: number, mine: (row: number) => boolean): Met {
  const met: Met = { refused: new Map(), last: null, ends: null, rounds: 0, reclaimed: 0, victim: -1 };
  for (let row = firstRow; row <= lastRow; row++) {
    if (trace.taskAt(row) !== task || !mine(row)) continue;
    const kind = trace.kindAt(row);
    if (kind === ROW.mark) {
      const name = trace.tables.strings[trace.aAt(row)];
      if (/^mm_vmscan_(?:direct|memcg)_reclaim_begin$/.test(name)) met.ends = null;
      else if (/^mm_vmscan_(?:direct|memcg)_reclaim_end$/.test(name)) { met.rounds++; met.reclaimed += trace.bAt(row); }
      else if (name === 'mark_victim') met.victim = trace.bAt(row);
    } else if (kind === ROW.decide) {
      const gate = gateAt(trace, row), zone = ZONE.exec(gate.question)?.[1];
      met.last = gate;
      met.ends = decided(ENDS, gate) ?? (zone === undefined ? met.ends : null); // one that may not fail looks at the zones again
      // the last look before a kill asks for high, on purpose: it is not what the request needs
      if (zone !== undefined && gate.answer === 0 && !gate.operands.some((o) => o.name === 'high')) met.refused.set(zone, gate);
    }
  }
  return met;
}
function meetAllocation(trace: Trace, { task, frame, firstRow, lastRow }: Request): Met {
  const inner = trace.tables.innerAllocation.data;
  return meet(trace, task, firstRow, lastRow, (row) => inner[trace.stackAt(row)] === frame);
}
const times = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;
const zonesOf = (met: Met): string[] => [...met.refused.values()].map(shortOf).filter((s) => s !== null);
const before = (met: Met): string => (met.rounds === 0 ? '' : ` ${times(met.rounds, 'round')} of reclaim before gave ${times(met.reclaimed, 'page')}.`);

/** What a task does that has the OOM path on its stack; null = it has not. */
function killing(trace: Trace, task: number, met: Met, names: readonly string[]): string | null {
  if (names.includes('blocking_notifier_call_chain')) return 'it calls the OOM notifiers';
  if (!names.includes('out_of_memory')) return null;
  if (met.victim >= 0) return `it has chosen ${met.victim === task ? 'itself' : trace.tables.taskName(met.victim)} to be killed`;
  return names.includes('dump_header') ? 'it holds oom_lock and prints the report of the kill' : 'it holds oom_lock and is choosing a task to kill';
}
function doing(trace: Trace, event: number, { task, lastRow }: Request, met: Met): string {
  const names = namesOf(trace, trace.stackAt(lastRow)), kills = killing(trace, task, met, names), on = decided(ONWARD, met.last);
  if (on !== null) return on;
  if (kills !== null) return kills;
  if (met.last?.question === 'mutex_trylock(&oom_lock)' && met.last.answer === 0) return `${holderOf(trace, event, 'oom_lock') || 'another task'} holds oom_lock, so it sleeps one jiffy and tries again`;
  if (names.includes('try_to_free_pages')) return `it reclaims for itself, round ${met.rounds + 1}`;
  if (names.includes('should_reclaim_retry')) return 'it decides whether another round of reclaim can help';
  if (names.includes('__alloc_pages_slowpath')) return 'it is in the slow path and looks at the zones again';
  return 'it looks for a free page';
}
function allocating(trace: Trace, event: number, at: Request): string {
  const met = meetAllocation(trace, at), who = trace.tables.taskName(at.task), zones = zonesOf(met), held = heldUp(trace, event, at.task, trace.stackAt(at.lastRow));
  if (zones.length === 0) return `${who} is allocating: no zone has refused it so far${held}.`;
  if (met.ends !== null) return `${who} gets no page: ${zones.join('; ')}. It is not tried again: ${met.ends}.${before(met)}`;
  return `${who} waits for a page: ${zones.join('; ')}. Now ${doing(trace, event, at, met)}${held}.${before(met)}`;
}
/** The allocation that ended without a page right before what `row` tells of its task; null = there was none. */
function justRefused(trace: Trace, task: number, row: number): string | null {
  const last = lastRowOf(trace, task, row), at = last < 0 ? null : requestAt(trace, last + 1, task);
  if (at === null || at.kind !== 'allocation' || givesPage(trace, last, at.frame)) return null;
  const met = meetAllocation(trace, at), zones = zonesOf(met);
  return zones.length === 0 ? null : `${trace.tables.taskName(task)} got no page: ${zones.join('; ')}.${met.ends === null ? '' : ` It was not tried again: ${met.ends}.`}${before(met)}`;
}
/** What a task does for a memory cgroup that has no room for it. */
function doingForGroup(trace: Trace, task: number, met: Met, names: readonly string[]): string {
  const on = decided(ONWARD, met.last);
  if (on !== null) return on;
  return killing(trace, task, met, names) ?? (names.includes('try_to_free_mem_cgroup_pages') ? `it reclaims from the group alone, round ${met.rounds + 1}` : 'it decides whether to try once more');
}
/** Charging a memory cgroup that has no room, or answering for one that is above memory.high; null = nothing has been refused. */
function charging(trace: Trace, event: number, { task, frame, firstRow, lastRow }: Request): string | null {
  const { tables } = trace, names = namesOf(trace, trace.stackAt(lastRow)), who = tables.taskName(task), held = heldUp(trace, event, task, trace.stackAt(lastRow));
  const met = meet(trace, task, firstRow, lastRow, (row) => tables.request.data[trace.stackAt(row)] === frame);
  if (names.includes('mem_cgroup_handle_over_high')) return `${who} is held up because its memory cgroup is above memory.high. Now ${names.includes('reclaim_high') ? `it reclaims from the group alone, round ${met.rounds + 1}` : 'it reckons how long to wait'}${held}.${before(met)}`;
  if (met.last === null) return null;
  const full = memcgUse(tables.strings, trace.stateAt(event - 1).gauges).filter((g) => g.max !== null && g.pages >= g.max), where = full.length === 0 ? '' : `: ${full.map((g) => `${g.path} has ${g.pages} pages, all that memory.max allows`).join('; ')}`;
  if (met.ends !== null) return `${who} gets no room in its memory cgroup${where}. It is not tried again: ${met.ends}.${before(met)}`;
  return `${who} waits for room in its memory cgroup${where}. Now ${doingForGroup(trace, task, met, names)}${held}.${before(met)}`;
}

/** A charge and what is done for memory.high is told of; what else waits says its place. */
const charged = (trace: Trace, event: number, at: Request): string | null => (at.kind === 'charge' || plainName(trace.tables.topName(at.frame)) === 'mem_cgroup_handle_over_high' ? charging(trace, event, at) : null);

/** One or two sentences about `task` at event `event`; the task of the last event if none is given. */
export function whyAt(trace: Trace, event: number, task: number | null = null): string {
  const id = task ?? trace.taskOfEvent(event);
  if (id < 0) return 'Nothing has happened yet: this is the machine before its first event.';
  if (trace.tables.tasks[id]?.idle === true) return `CPU ${event > 0 ? trace.cpuAt(Math.min(event, trace.rows) - 1) : 0} is idle.`;
  const at = requestAt(trace, event, id), row = lastRowOf(trace, id, event);
  if (at?.kind === 'allocation') return allocating(trace, event, at);
  if (row < 0) return taskWords(trace, event, id, 0);
  return (at === null ? null : charged(trace, event, at)) ?? justRefused(trace, id, row) ?? taskWords(trace, event, id, trace.stackAt(row));
}
