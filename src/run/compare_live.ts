/** The state that a reader folds out of the rows, held against the machine that wrote them: whatever differs is a row that is missing or wrong. */
import { FRAME_TYPES, FRAME_TYPE_MASK, MT_COUNT, ORDERS, WMARK_CELL } from '../format/rows.ts';
import { buddyCell, LOCK_CELLS, lruCell, type MachineState, TASK_CELLS, ZONE_CELLS } from '../format/state.ts';
import { observeSched } from '../kernel/check.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Zone } from '../kernel/mm/mmzone.ts';

export interface Difference { readonly where: string; readonly live: number; readonly folded: number }
const MOST_TOLD = 50;

/** Differences between the live machine and the fold of all its rows; none, if the trace tells the truth. */
export function compareLive(k: Kernel, s: MachineState): Difference[] {
  const found: Difference[] = [];
  const same = (where: string, live: number, folded: number): void => { if (live !== folded && found.length < MOST_TOLD) found.push({ where, live, folded }); };
  for (let p = 0; p < k.mm.frames; p++) if (k.mm.word[p] !== s.frames[p]) same(`word of pfn ${p}`, k.mm.word[p], s.frames[p]);
  for (const z of k.mm.zones) compareZone(k, z, s, same);
  compareSched(k, s, same);
  same('rows', k.recorder.rows, s.row);
  return found;
}
type Same = (where: string, live: number, folded: number) => void;

function compareZone(k: Kernel, z: Zone, s: MachineState, same: Same): void {
  const Z = ZONE_CELLS, base = z.index * Z.size, cell = (c: number): number => s.zones[base + c];
  same(`${z.name} free`, z.nrFree, cell(Z.free));
  for (const [name, live] of [['min', z.wmark[0]], ['low', z.wmark[1]], ['high', z.wmark[2]], ['boost', z.boost], ['highatomic', z.nrReservedHighatomic]] as const) same(`${z.name} ${name}`, live, cell(Z.wmark + WMARK_CELL[name]));
  for (let o = 0; o < ORDERS; o++) {
    for (let t = 0; t < MT_COUNT; t++) same(`${z.name} free blocks of order ${o}, type ${t}`, z.freeBlocks[o * MT_COUNT + t], s.buddy[buddyCell(z.index, o, t)]);
  }
  z.pcp.forEach((pcp, cpu) => { same(`${z.name} pages on the list of cpu${cpu}`, pcp.count, s.pcp[z.index * k.cpus.length + cpu]); });
  const types = new Int32Array(FRAME_TYPES), lru = new Int32Array(Z.size);
  for (let p = z.startPfn; p < z.endPfn; p++) {
    const word = k.mm.word[p], list = lruCell(word);
    types[word & FRAME_TYPE_MASK]++;
    if (list >= 0) lru[list]++;
  }
  types.forEach((n, t) => { same(`${z.name} frames of type ${t}`, n, cell(Z.types + t)); });
  for (let c = Z.inactiveAnon; c <= Z.unevictable; c++) same(`${z.name} pages of LRU cell ${c}`, lru[c], cell(c));
}
function compareSched(k: Kernel, s: MachineState, same: Same): void {
  const T = TASK_CELLS, L = LOCK_CELLS, live = observeSched(k);
  const lock = (l: number, c: number, none: number): number => ((l + 1) * L.size <= s.locks.length ? s.locks[l * L.size + c] : none);
  for (const t of live.tasks) {
    const name = `${k.tasks[t.id].comm}:`;
    same(`${name} state`, t.state, s.tasks[t.id * T.size + T.state]);
    same(`${name} CPU`, t.cpu, s.tasks[t.id * T.size + T.cpu]);
    same(`${name} waits for lock`, t.waitsFor, s.tasks[t.id * T.size + T.waitsFor]);
  }
  for (const l of live.locks) {
    const { name, kind } = k.locks[l.id];
    same(`${name}: holders`, l.holders, lock(l.id, L.holders, 0));
    same(`${name}: waiters`, l.waiters, lock(l.id, L.waiters, 0));
    if (kind !== 'semaphore' && l.holders < 2) same(`${name}: owner`, l.holders === 0 ? -1 : l.owner, lock(l.id, L.owner, -1)); // of several readers the fold knows the last
  }
  live.current.forEach((t, cpu) => { same(`task on cpu${cpu}`, t, s.current[cpu]); });
  live.context.forEach((n, cpu) => { same(`handlers on cpu${cpu}`, n, s.context[cpu]); });
}
