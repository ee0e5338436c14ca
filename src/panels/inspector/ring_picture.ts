/**
 * A group of waits as a picture: where its nodes and arrows stand, and what is written beside them. Pure; drawn by ring_view.tsx.
 * With room a ring stands on an ellipse and a chain in a row; in a narrow column both go downwards, and a ring comes back at the side.
 */
import type { WaitEdge, WaitGraph, WaitNode } from '../../analysis/wait_graph.ts';
import { isWait, type WaitGroup } from '../../analysis/wait_groups.ts';
import { count, duration, plural } from '../../ui/format.ts';
import { arc, boundary, line, type Place, type Point, type Stroke } from './ring_shapes.ts';

/** How a task stands, as the strip at the left of its box has it. */
export type Standing = 'blocked' | 'asleep' | 'queued' | 'running' | 'gone';
/** `readyNs`: for how long it is ready to run and has no CPU; null = it is not so. */
export interface TaskWords { readonly fn: string; readonly standing: Standing; readonly readyNs: number | null }

export interface DrawnNode extends Place {
  readonly node: number;
  readonly kind: WaitNode['kind'];
  readonly name: string;
  /** Of a task: its function. Of a lock: how many more hold it. */
  readonly sub: string;
  readonly standing: Standing | null;
  readonly starved: boolean;
  /** It goes on trying, so it runs. */
  readonly retries: boolean;
  /** The event that it leads to: where it began to wait, or was taken; and that in words. */
  readonly event: number;
  readonly words: string;
}
export interface DrawnEdge {
  readonly from: number;
  readonly to: number;
  readonly kind: WaitEdge['kind'];
  readonly stroke: Stroke;
  readonly label: Label;
}
export interface Label { readonly x: number; readonly y: number; readonly anchor: 'start' | 'middle' | 'end'; readonly lines: readonly string[] }
/** Others who wait for a node of the picture: a box beside it, with an arrow if there is room. */
export interface DrawnFold { readonly at: number; readonly kind: WaitEdge['kind']; readonly tasks: readonly number[]; readonly place: Place; readonly lines: readonly string[]; readonly stroke: Stroke | null }
export interface RingPicture {
  readonly width: number;
  readonly height: number;
  readonly closed: boolean;
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
  readonly folds: readonly DrawnFold[];
}
/** From this width on there is room for an ellipse or a row. */
export const ROOMY_PX = 500;
const LETTER_PX = 7.3, SMALL_PX = 6.7, BOX_PX = 40, HEX_PX = 44, GAP_PX = 46, WORDS_PX = 124, FOLD = { w: 128, h: 36 } as const, MARGIN = 12;

const VERBS: Readonly<Record<WaitEdge['kind'], string>> = { waits: 'waits', retries: 'retries', timed: 'waits for a time', holds: 'holds', queued: 'stands before readers' };
/** What stands beside an arrow: since how long, and of a loop how often and at what pace. */
export function edgeLines(g: WaitGraph, e: WaitEdge, sinceNs: number, hz: number): string[] {
  const long = duration(g.nowNs - sinceNs);
  switch (e.kind) {
    case 'waits': return [`waits ${long}`];
    case 'retries': return [`retries ${count(e.count)} ×`, `one each ${duration(e.everyNs)}`];
    case 'timed': return [`waits ${long}`, `at most ${duration((e.jiffies * 1e9) / hz)}`];
    case 'queued': return [`first in line ${long}`];
    case 'holds': return [g.nodes.get(e.from)?.kind === 'event' ? `to make it ${long}` : `held ${long}`];
  }
}
export interface PictureInput {
  readonly graph: WaitGraph;
  readonly group: WaitGroup;
  readonly width: number;
  readonly hz: number;
  /** Time of the row at which something began; -1 = before the first. */
  readonly timeOf: (row: number) => number;
  readonly task: (id: number) => TaskWords;
}

type Node = Omit<DrawnNode, 'x' | 'y'>;
function nodeOf(input: PictureInput, n: number): Node {
  const { graph, group } = input, { kind, id, name } = graph.nodes.get(n) ?? { kind: 'task', id: n, name: '?' }, isTask = kind === 'task', starved = isTask ? graph.starved.find((s) => s.node === n) : undefined;
  const out = group.edges.find((e) => e.from === n), into = group.edges.find((e) => e.to === n), lead = (isTask ? out : (out ?? into)) ?? into, task = isTask ? input.task(id) : null;
  const more = new Set(group.besides.filter((e) => e.from === n).map((e) => e.to)).size;
  const sub = task !== null ? (task.readyNs === null || out !== undefined ? task.fn : `ready, no CPU ${duration(task.readyNs)}`) : more > 0 ? `${plural(more, 'more holder')}` : kind === 'event' ? 'completion' : kind === 'side' ? 'its readers' : '';
  const w = isTask ? Math.max(84, 22 + Math.max(name.length * LETTER_PX, sub.length * SMALL_PX)) : Math.max(76, 40 + Math.max(name.length, sub.length) * SMALL_PX);
  const event = lead === undefined ? (starved?.row ?? graph.event - 1) + 1 : lead.row + 1, began = lead === undefined ? 'got no CPU any more' : isWait(lead.kind) ? `began to wait for ${nameOf(graph, lead.to)}` : lead.kind === 'queued' ? `queued for ${nameOf(graph, lead.from)}` : `${nameOf(graph, lead.to)} took it`;
  return { node: n, kind, name, sub, w, h: isTask ? BOX_PX : HEX_PX, standing: task?.standing ?? null, starved: starved !== undefined, retries: out?.kind === 'retries', event, words: isTask && lead !== undefined && !isWait(lead.kind) ? `${name} took ${nameOf(graph, lead.from)}` : isTask ? `${name} ${began}` : `${name}: ${began}` };
}
const nameOf = (g: WaitGraph, n: number): string => g.nodes.get(n)?.name ?? '?';

/** Outwards from the middle of the ellipse, so that words stay off the arrows. */
function outside(mid: Point, cx: number, cy: number, lines: readonly string[]): Label {
  const right = mid.x >= cx - 1, below = mid.y > cy;
  return { x: mid.x + (right ? 12 : -12), y: below ? mid.y + 7 : mid.y - 7 - (lines.length - 1) * 13, anchor: right ? 'start' : 'end', lines };
}
interface Layout { readonly nodes: readonly DrawnNode[]; readonly edges: readonly DrawnEdge[]; readonly height: number }

/** Clockwise, the first node at the right: of two and two the locks stand above and below. */
function ellipse(input: PictureInput, list: readonly Node[]): Layout {
  const { width, group } = input, n = list.length, widest = Math.max(...list.map((x) => x.w)), rx = Math.min(n <= 4 ? 170 : 190, (width - widest) / 2 - MARGIN, (width / 2 - WORDS_PX - MARGIN) / (n <= 4 ? 0.78 : 0.97)), ry = n === 2 ? 1 : Math.max(104, n * 24), cx = width / 2, cy = ry + (n === 2 ? 58 : 34);
  const nodes = list.map((x, i): DrawnNode => ({ ...x, x: cx + rx * Math.cos((2 * Math.PI * i) / n), y: cy + ry * Math.sin((2 * Math.PI * i) / n) }));
  const edges = group.edges.map((e, i): DrawnEdge => {
    const from = nodes[i], to = nodes[(i + 1) % n], stroke = arc(from, to, n === 2 ? 56 : n <= 4 ? 26 : 0), lines = labelOf(input, e);
    const label = n === 2 ? { x: cx, y: stroke.mid.y + (i === 0 ? 14 : -14 - (lines.length - 1) * 13), anchor: 'middle' as const, lines } : outside(stroke.mid, cx, cy, lines);
    return { from: e.from, to: e.to, kind: e.kind, stroke, label };
  });
  return { nodes, edges, height: cy + ry + (n === 2 ? 58 : 34) };
}
const labelOf = (input: PictureInput, e: WaitEdge): string[] => edgeLines(input.graph, e, input.timeOf(e.row), input.hz);
const roomFor = (lines: readonly string[]): number => Math.max(...lines.map((l) => l.length)) * 6.1 + 34;

function row(input: PictureInput, list: readonly Node[]): Layout | null {
  const { width, group } = input, labels = group.edges.map((e) => labelOf(input, e)), nodes: DrawnNode[] = [], y = 46;
  let x = MARGIN;
  list.forEach((one, i) => {
    nodes.push({ ...one, x: x + one.w / 2, y });
    x += one.w + (labels[i] === undefined ? 0 : roomFor(labels[i]));
  });
  if (x + MARGIN > width) return null;
  const edges = group.edges.map((e, i): DrawnEdge => {
    const stroke = line(nodes[i], nodes[i + 1]);
    return { from: e.from, to: e.to, kind: e.kind, stroke, label: { x: stroke.mid.x - 3, y: y - 12 - (labels[i].length - 1) * 13, anchor: 'middle', lines: labels[i] } };
  });
  return { nodes, edges, height: 76 };
}
/** Downwards; what leads back from the last to the first goes along the left edge. */
function column(input: PictureInput, list: readonly Node[]): Layout {
  const { group } = input, left = group.closed ? 26 : MARGIN, widest = Math.max(...list.map((x) => x.w)), cx = left + Math.max(60, widest / 2), nodes: DrawnNode[] = [];
  let y = 8;
  for (const one of list) {
    nodes.push({ ...one, x: cx, y: y + one.h / 2 });
    y += one.h + GAP_PX;
  }
  const last = nodes[nodes.length - 1], height = y - GAP_PX + (group.closed ? 26 : 8);
  const edges = group.edges.map((e, i): DrawnEdge => {
    const lines = labelOf(input, e), from = nodes[i], back = i + 1 === nodes.length, to = nodes[back ? 0 : i + 1];
    if (!back) return { from: e.from, to: e.to, kind: e.kind, stroke: line(from, to), label: { x: cx + 11, y: (from.y + from.h / 2 + to.y - to.h / 2) / 2 - (lines.length - 1) * 6.5, anchor: 'start', lines } };
    const start = { x: cx, y: last.y + last.h / 2 }, turn = height - 8, end = boundary(to, { x: to.x - 1000, y: to.y });
    return { from: e.from, to: e.to, kind: e.kind, stroke: { points: [start, { x: cx, y: turn }, { x: 10, y: turn }, { x: 10, y: to.y }, end], curve: false, mid: { x: cx, y: turn }, toward: { x: 1, y: 0 } }, label: { x: cx + 11, y: turn - 7, anchor: 'start', lines: [lines.join(', ')] } };
  });
  return { nodes, edges, height };
}
/** Others beside the things they wait for: at the left of a thing at the top or the foot of a ring of four, else in a line below. */
function foldsOf(input: PictureInput, { nodes, height }: Layout, beside: boolean): { readonly folds: readonly DrawnFold[]; readonly height: number } {
  const { width, group, graph } = input, folds: DrawnFold[] = [], taken = new Set<number>();
  let y = height;
  for (const f of group.folded) {
    const at = nodes.find((n) => n.node === f.at), tasks = f.edges.map((e) => e.from), one = tasks.length === 1 ? nameOf(graph, tasks[0]) : `${count(tasks.length)} more tasks`;
    const verb = tasks.length === 1 ? VERBS[f.kind] : VERBS[f.kind].replace(/^(\w+)s\b/, '$1').replace('retrie', 'retry');
    if (at !== undefined && beside && !taken.has(f.at) && at.x - at.w / 2 - FOLD.w - MARGIN > 44) {
      taken.add(f.at);
      const place = { x: MARGIN + FOLD.w / 2, y: at.y, w: FOLD.w, h: FOLD.h };
      folds.push({ at: f.at, kind: f.kind, tasks, place, lines: [one, `${verb}, not in a ring`], stroke: line(place, at) });
      continue;
    }
    const words = `${verb}${f.kind === 'waits' ? ' for' : ''} ${nameOf(graph, f.at)}`, w = Math.min(width - 2 * MARGIN, Math.max(FOLD.w, Math.max(one.length, words.length) * 6.4 + 18));
    folds.push({ at: f.at, kind: f.kind, tasks, place: { x: MARGIN + w / 2, y: y + 4 + FOLD.h / 2, w, h: FOLD.h }, lines: [one, words], stroke: null });
    y += FOLD.h + 8;
  }
  return { folds, height: folds.some((f) => f.stroke === null) ? y + 4 : height };
}
export function ringPicture(input: PictureInput): RingPicture {
  const { width, group } = input, list = group.path.map((n) => nodeOf(input, n)), roomy = width >= ROOMY_PX;
  const layout = !roomy ? column(input, list) : group.closed ? ellipse(input, list) : (row(input, list) ?? column(input, list));
  const { folds, height } = foldsOf(input, layout, roomy && group.closed && list.length === 4);
  return { width, height: Math.ceil(height), closed: group.closed, nodes: layout.nodes, edges: layout.edges, folds };
}
