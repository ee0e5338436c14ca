/** In words: why the allocation at the cursor waited or failed, or what the task is doing if it is not allocating. */
import { ROW } from '../format/rows.ts';
import { TASK_CELLS } from '../format/state.ts';
import { allocationAt, type Allocation, gateAt, type Gate, lastRowOf } from './path.ts';
import { plainName } from './tables.ts';
import { CODE, isQueued, isRunning } from './task_tracks.ts';
import type { Trace } from './trace.ts';

type Asked = Pick<Gate, 'question' | 'answer' | 'operands'>;
const ZONE = /^zone_watermark_\w+\((.+)\)$/;
const operand = (gate: Asked, name: string): number => gate.operands.find((o) => o.name === name)?.value ?? 0;

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
  rounds: number;
  reclaimed: number;
  /** The task it has chosen to kill, -1 = none. */
  victim: number;
}
function meet(trace: Trace, { task, frame, firstRow, lastRow }: Allocation): Met {
  const met: Met = { refused: new Map(), last: null, rounds: 0, reclaimed: 0, victim: -1 }, inner = trace.tables.innerAllocation.data;
  for (let row = firstRow; row <= lastRow; row++) {
    if (trace.taskAt(row) !== task || inner[trace.stackAt(row)] !== frame) continue;
    const kind = trace.kindAt(row);
    if (kind === ROW.mark) {
      const name = trace.tables.strings[trace.aAt(row)];
      if (name === 'mm_vmscan_direct_reclaim_begin') met.rounds++;
      else if (name === 'mm_vmscan_direct_reclaim_end') met.reclaimed += trace.bAt(row);
      else if (name === 'mark_victim') met.victim = trace.bAt(row);
    } else if (kind === ROW.decide) {
      const gate = gateAt(trace, row), zone = ZONE.exec(gate.question)?.[1];
      met.last = gate;
      // the last look before a kill asks for high, on purpose: it is not what the request needs
      if (zone !== undefined && gate.answer === 0 && !gate.operands.some((o) => o.name === 'high')) met.refused.set(zone, gate);
    }
  }
  return met;
}
const times = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

function doing(trace: Trace, at: Allocation, met: Met): string {
  const names = trace.stackNames(trace.stackAt(at.lastRow)).map(plainName), has = (name: string): boolean => names.includes(name);
  if (has('out_of_memory')) return met.victim < 0 ? 'it holds oom_lock and is choosing a task to kill' : `it has chosen ${met.victim === at.task ? 'itself' : trace.tables.taskName(met.victim)} to be killed`;
  if (met.last?.question === 'mutex_trylock(&oom_lock)' && met.last.answer === 0) return 'another task holds oom_lock, so it sleeps one jiffy and tries again';
  if (has('try_to_free_pages')) return `it reclaims for itself, round ${met.rounds}`;
  if (has('should_reclaim_retry')) return 'it decides whether another round of reclaim can help';
  if (has('__alloc_pages_slowpath')) return 'it is in the slow path and looks at the zones again';
  return 'it looks for a free page';
}
const allocating = (trace: Trace, at: Allocation, who: string): string => {
  const met = meet(trace, at), zones = [...met.refused.values()].map(shortOf).filter((s) => s !== null);
  if (zones.length === 0) return `${who} is allocating: no zone has refused it so far.`;
  const rounds = met.rounds === 0 ? '' : ` ${times(met.rounds, 'round')} of direct reclaim so far gave ${times(met.reclaimed, 'page')}.`;
  return `${who} waits for a page: ${zones.join('; ')}. Now ${doing(trace, at, met)}.${rounds}`;
};

/** One or two sentences about `task` at event `event`; the task of the last event if none is given. */
export function whyAt(trace: Trace, event: number, task: number | null = null): string {
  const id = task ?? trace.taskOfEvent(event);
  if (id < 0) return 'Nothing has happened yet: this is the machine before its first event.';
  const info = trace.tables.tasks[id], who = trace.tables.taskName(id), cpu = event > 0 ? trace.cpuAt(Math.min(event, trace.rows) - 1) : 0;
  if (info?.idle === true) return `CPU ${cpu} is idle.`;
  const code = trace.series.tasks.codes[id]?.at(event) ?? CODE.gone;
  if (code === CODE.gone) return `${who} does not run: it has not started yet, or it is gone.`;
  const at = allocationAt(trace, event, id);
  if (at !== null) return allocating(trace, at, who);
  const row = lastRowOf(trace, id, event), top = row < 0 ? '' : plainName(trace.tables.topName(trace.stackAt(row))), place = top === '' ? 'in user space' : `in ${top}()`;
  const lock = trace.stateAt(event - 1).tasks[id * TASK_CELLS.size + TASK_CELLS.waitsFor] ?? -1;
  if (lock >= 0) return `${who} waits for ${trace.tables.lockName(lock)}, ${place}.`;
  if (isRunning(code)) return `${who} runs ${place}.`;
  if (isQueued(code)) return `${who} could run and waits for a CPU, ${place}.`;
  return `${who} ${code === CODE.blocked ? 'is blocked' : 'is asleep'}, ${place}.`;
}
