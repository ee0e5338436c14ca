/**
 * The visible state of the machine, as integers, and how a row changes it. State at row N = keyframe + fold of the rows
 * after it. The page folds to look back, the tests fold to hold the live machine against its own trace.
 */
import { assert } from '../base/units.ts';
import type { MachineShape } from './machine.ts';
import {
  blockCpu, blockFrom, blockOrder, blockType, blockZone, type Columns, FRAME, FRAME_TYPE_MASK, FRAME_TYPES, FRAME_UNEVICTABLE, FRAME_ACTIVE, MT_COUNT, NO_CPU, ORDERS, ROW, TASK_STATE,
} from './rows.ts';

/** Cells of a zone: free pages, watermarks as WMARK_CELL, then counts of frames by type; then LRU sizes. */
export const ZONE_CELLS = { free: 0, wmark: 1, types: 8, inactiveAnon: 24, activeAnon: 25, inactiveFile: 26, activeFile: 27, unevictable: 28, size: 29 } as const;
export const TASK_CELLS = { state: 0, cpu: 1, waitsFor: 2, stack: 3, lastRow: 4, signals: 5, size: 6 } as const;
export const LOCK_CELLS = { owner: 0, holders: 1, waiters: 2, misses: 3, sinceRow: 4, size: 5 } as const;
export const RSS_CELLS = { anon: 0, file: 1, shmem: 2, swap: 3, tables: 4, size: 5 } as const;

/** Mutable, and all of it plain arrays: a keyframe is a copy. Tables grow with their highest index. */
export interface MachineState {
  row: number; // rows folded so far
  frames: Uint16Array; // frame words, by pfn
  zones: Int32Array; // zone * ZONE_CELLS.size + cell
  buddy: Int32Array; // (zone * ORDERS + order) * MT_COUNT + type: free blocks
  pcp: Int32Array; // zone * cpus + cpu: pages
  tasks: Int32Array; // task * TASK_CELLS.size + cell
  locks: Int32Array; // lock * LOCK_CELLS.size + cell
  rss: Int32Array; // mm * RSS_CELLS.size + cell, in pages
  gauges: Int32Array; // by string index of the gauge's name
  current: Int32Array; // by CPU: task
  context: Int32Array; // by CPU: depth of handlers on top of the task
}

export const buddyCell = (zone: number, order: number, type: number): number => (zone * ORDERS + order) * MT_COUNT + type;

export function emptyState(shape: MachineShape): MachineState {
  const z = shape.zones.length;
  return {
    row: 0, frames: new Uint16Array(shape.frames), zones: new Int32Array(z * ZONE_CELLS.size), buddy: new Int32Array(z * ORDERS * MT_COUNT), pcp: new Int32Array(z * shape.cpus),
    tasks: new Int32Array(0), locks: new Int32Array(0), rss: new Int32Array(0), gauges: new Int32Array(0), current: new Int32Array(shape.cpus), context: new Int32Array(shape.cpus),
  };
}
export function copyState(s: MachineState): MachineState {
  return {
    row: s.row, frames: s.frames.slice(), zones: s.zones.slice(), buddy: s.buddy.slice(), pcp: s.pcp.slice(), tasks: s.tasks.slice(), locks: s.locks.slice(),
    rss: s.rss.slice(), gauges: s.gauges.slice(), current: s.current.slice(), context: s.context.slice(),
  };
}
/** `a`, or a longer copy of it in which `index` exists; what is new holds `fill`. */
function grown(a: Int32Array, index: number, fill: number): Int32Array {
  if (index < a.length) return a;
  const b = new Int32Array(Math.max(index + 1, a.length * 2, 64)).fill(fill, a.length);
  b.set(a);
  return b;
}

/** The LRU cell of a frame's word, or -1. Shmem pages are on the anon lists. */
export function lruCell(word: number): number {
  const type = word & FRAME_TYPE_MASK;
  if (type !== FRAME.anon && type !== FRAME.file && type !== FRAME.shmem && type !== FRAME.swapcache) return -1;
  if (word & FRAME_UNEVICTABLE) return ZONE_CELLS.unevictable;
  const active = word & FRAME_ACTIVE ? 1 : 0;
  return type === FRAME.file ? ZONE_CELLS.inactiveFile + active : ZONE_CELLS.inactiveAnon + active;
}
function setFrames(s: MachineState, zone: number, pfn: number, count: number, word: number): void {
  const base = zone * ZONE_CELLS.size, { frames, zones } = s;
  const newCell = lruCell(word);
  for (let p = pfn; p < pfn + count; p++) {
    const old = frames[p], oldCell = lruCell(old);
    const t = base + ZONE_CELLS.types + (old & FRAME_TYPE_MASK);
    zones[t]--;
    if (oldCell >= 0) zones[base + oldCell]--;
    frames[p] = word;
  }
  const t = base + ZONE_CELLS.types + (word & FRAME_TYPE_MASK);
  zones[t] += count;
  if (newCell >= 0) zones[base + newCell] += count;
}
const add = (a: Int32Array, i: number, by: number): void => { a[i] += by; };

/** Counts frames by type and LRU list into the cells of `zone`: once, for a first state whose `frames` were filled in. */
export function countFrames(s: MachineState, shape: MachineShape): void {
  shape.zones.forEach((z, i) => {
    const base = i * ZONE_CELLS.size;
    s.zones.fill(0, base + ZONE_CELLS.types, base + ZONE_CELLS.types + FRAME_TYPES);
    s.zones.fill(0, base + ZONE_CELLS.inactiveAnon, base + ZONE_CELLS.size);
    for (let p = z.startPfn; p < z.startPfn + z.spanned; p++) {
      const word = s.frames[p], cell = lruCell(word);
      add(s.zones, base + ZONE_CELLS.types + (word & FRAME_TYPE_MASK), 1);
      if (cell >= 0) add(s.zones, base + cell, 1);
    }
  });
}

function takeBlock(s: MachineState, cpus: number, pfn: number, b: number): void {
  const order = blockOrder(b), from = blockFrom(b), type = blockType(b), zone = blockZone(b), cpu = blockCpu(b);
  add(s.buddy, buddyCell(zone, from, type), -1);
  for (let o = from - 1; o >= order; o--) add(s.buddy, buddyCell(zone, o, type), 1);
  add(s.zones, zone * ZONE_CELLS.size + ZONE_CELLS.free, -(1 << order));
  if (cpu !== NO_CPU) add(s.pcp, zone * cpus + cpu, 1 << order);
  setFrames(s, zone, pfn, 1 << order, cpu === NO_CPU ? FRAME.kernel : FRAME.pcp);
}
function freeBlock(s: MachineState, cpus: number, pfn: number, b: number, types: number): void {
  const order = blockOrder(b), merged = blockFrom(b), type = blockType(b), zone = blockZone(b), cpu = blockCpu(b);
  for (let o = order; o < merged; o++) add(s.buddy, buddyCell(zone, o, (types >>> (o * 3)) & 7), -1); // a buddy may stand on another type's list
  add(s.buddy, buddyCell(zone, merged, type), 1);
  add(s.zones, zone * ZONE_CELLS.size + ZONE_CELLS.free, 1 << order);
  if (cpu !== NO_CPU) add(s.pcp, zone * cpus + cpu, -(1 << order));
  setFrames(s, zone, pfn, 1 << order, FRAME.buddy);
}

/** Folds one row into `s`. */
export function applyRow(s: MachineState, cpus: number, kind: number, cpu: number, task: number, stack: number, a: number, b: number, c: number): void {
  const T = TASK_CELLS;
  s.tasks = grown(s.tasks, (task + 1) * T.size - 1, -1);
  s.tasks[task * T.size + T.stack] = stack;
  s.tasks[task * T.size + T.lastRow] = s.row;
  switch (kind) {
    case ROW.spawn:
      s.tasks = grown(s.tasks, (a + 1) * T.size - 1, -1);
      s.tasks.fill(-1, a * T.size, (a + 1) * T.size);
      s.tasks[a * T.size + T.state] = TASK_STATE.running;
      s.tasks[a * T.size + T.signals] = 0;
      break;
    case ROW.switch_:
      if (s.tasks[a * T.size + T.cpu] === cpu) s.tasks[a * T.size + T.cpu] = -1;
      s.tasks[b * T.size + T.cpu] = cpu;
      s.current[cpu] = b;
      break;
    case ROW.block: s.tasks[a * T.size + T.state] = b; break;
    case ROW.wake: s.tasks[a * T.size + T.state] = TASK_STATE.running; break;
    case ROW.exit: s.tasks[a * T.size + T.state] = TASK_STATE.dead; break;
    case ROW.signal: add(s.tasks, a * T.size + T.signals, 1); break;
    case ROW.enter: add(s.context, cpu, 1); break;
    case ROW.leave: add(s.context, cpu, -1); break;
    case ROW.lockWait: case ROW.lockGot: case ROW.lockDrop: case ROW.lockQuit: case ROW.lockMiss: applyLock(s, kind, a, b); break;
    case ROW.buddyTake: takeBlock(s, cpus, a, b); break;
    case ROW.buddyFree: freeBlock(s, cpus, a, b, c); break;
    case ROW.pcpFree:
      add(s.pcp, blockZone(b) * cpus + blockCpu(b), 1 << blockOrder(b));
      setFrames(s, blockZone(b), a, 1 << blockOrder(b), FRAME.pcp);
      break;
    case ROW.pageUse:
      if (blockCpu(b) !== NO_CPU) add(s.pcp, blockZone(b) * cpus + blockCpu(b), -(1 << blockOrder(b)));
      setFrames(s, blockZone(b), a, 1 << blockOrder(b), c);
      break;
    case ROW.pageState: setFrames(s, blockZone(b), a, 1, c); break;
    case ROW.moveFree:
      add(s.buddy, buddyCell(blockZone(b), blockOrder(b), blockFrom(b)), -1);
      add(s.buddy, buddyCell(blockZone(b), blockOrder(b), blockType(b)), 1);
      break;
    case ROW.wmark: s.zones[(a >> 3) * ZONE_CELLS.size + ZONE_CELLS.wmark + (a & 7)] = b; break;
    case ROW.rss:
      s.rss = grown(s.rss, (a + 1) * RSS_CELLS.size - 1, 0);
      s.rss[a * RSS_CELLS.size + b] = c;
      break;
    case ROW.gauge:
      s.gauges = grown(s.gauges, a, 0);
      s.gauges[a] = b;
      break;
    default: break; // decide, operand, mark, log, prio, blockType: they change nothing that is folded
  }
  s.row++;
}
function applyLock(s: MachineState, kind: number, lock: number, task: number): void {
  const L = LOCK_CELLS, T = TASK_CELLS;
  if ((lock + 1) * L.size > s.locks.length) {
    const from = s.locks.length;
    s.locks = grown(s.locks, (lock + 1) * L.size - 1, 0);
    for (let i = Math.ceil(from / L.size) * L.size; i < s.locks.length; i += L.size) s.locks[i + L.owner] = -1;
  }
  const at = lock * L.size;
  switch (kind) {
    case ROW.lockWait: add(s.locks, at + L.waiters, 1); s.tasks[task * T.size + T.waitsFor] = lock; break;
    case ROW.lockGot:
      if (s.tasks[task * T.size + T.waitsFor] === lock) { add(s.locks, at + L.waiters, -1); s.tasks[task * T.size + T.waitsFor] = -1; }
      s.locks[at + L.owner] = task; s.locks[at + L.sinceRow] = s.row; add(s.locks, at + L.holders, 1);
      break;
    case ROW.lockDrop: add(s.locks, at + L.holders, -1); if (s.locks[at + L.owner] === task) s.locks[at + L.owner] = -1; break;
    case ROW.lockQuit: add(s.locks, at + L.waiters, -1); s.tasks[task * T.size + T.waitsFor] = -1; break;
    default: add(s.locks, at + L.misses, 1);
  }
}

/** Folds the rows `s.row .. to - 1`, which must lie in `c`. */
export function applyColumns(s: MachineState, cpus: number, c: Columns, to: number): void {
  assert(s.row >= c.first && to <= c.first + c.length, 'rows are folded in order, from the chunk that has them');
  for (let i = s.row - c.first, end = to - c.first; i < end; i++) {
    applyRow(s, cpus, c.kind[i], c.cpu[i], c.task[i], c.stack[i], c.a[i], c.b[i], c.c[i]);
  }
}
