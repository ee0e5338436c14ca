/** What there is to say of a frame, and who owns what. */
import type { Trace } from '../../analysis/trace.ts';
import { FRAME, FRAME_ACTIVE, FRAME_DIRTY, FRAME_NAMES, FRAME_TYPE_MASK, FRAME_UNEVICTABLE, FRAME_WRITEBACK, frameOwner, ownerBits } from '../../format/rows.ts';
import { hasGenerations } from '../../analysis/generations.ts';
import { lruCell, type MachineState } from '../../format/state.ts';
import { hex } from '../../ui/format.ts';
import { noOwners, type Owners } from './map.ts';

/** Tasks by the owner bits of their address space; processes before their threads. */
export function namesByOwner(trace: Trace): string[] {
  const names: string[] = [];
  for (const t of trace.tables.tasks) {
    if (t === undefined || t.mm < 0) continue;
    const owner = frameOwner(ownerBits(t.mm));
    names[owner] = names[owner] === undefined || names[owner] === t.comm ? t.comm : `${names[owner]} or ${t.comm}`;
  }
  return names;
}
/** Victims of the OOM killer so far, and of programs that kill, and the selected task. */
export function singledOut(trace: Trace, cursor: number, selected: number | null): Owners {
  const owners = noOwners(), { kills, userKills } = trace.series.marks;
  const mark = (task: number, as: number): void => {
    const mm = trace.tables.tasks[task]?.mm ?? -1;
    if (mm >= 0) owners[frameOwner(ownerBits(mm))] = as;
  };
  if (selected !== null) mark(selected, 2);
  for (const points of [kills, userKills]) for (let i = 0, n = points.countAt(cursor); i < n; i++) mark(points.a.data[i], 1);
  return owners;
}
/** `frame 0xc0e2 in DMA32: anon of hog, inactive list`. */
export function frameWords(trace: Trace, state: MachineState, pfn: number): string {
  const word = state.frames[pfn], type = word & FRAME_TYPE_MASK, zone = trace.shape.zones.find((z) => pfn >= z.startPfn && pfn < z.startPfn + z.spanned);
  const place = `frame ${hex(pfn)}${zone === undefined ? '' : ` in ${zone.name}`}`, owner = frameOwner(word);
  if (type === FRAME.hole) return `${place}: no memory here`;
  const flags = [
    lruCell(word) < 0 ? '' : (word & FRAME_UNEVICTABLE) !== 0 ? 'unevictable' : hasGenerations(trace.tables.strings) ? 'in a generation' : (word & FRAME_ACTIVE) !== 0 ? 'active list' : 'inactive list',
    (word & FRAME_DIRTY) !== 0 ? 'dirty' : '', (word & FRAME_WRITEBACK) !== 0 ? 'under writeback' : '',
  ].filter((s) => s !== '');
  return `${place}: ${[FRAME_NAMES[type] + (owner === 0 ? '' : ` of ${namesByOwner(trace)[owner] ?? 'a task'}`), ...flags].join(', ')}`;
}
