/**
 * A wait-for graph in pieces that can be drawn: each ring by itself, and chains that end in somebody who can go on.
 *
 * 1. Each ring is a group, closed.
 * 2. Of the other waits the longest chain comes first: from one whom nobody waits for, by who holds what it wants, to the last holder.
 * 3. Who waits for a thing that is drawn already, and is waited for by nobody, stands beside it, folded with others who do the same.
 * 4. Somebody who gets no CPU, and stands in no chain, is a group alone.
 */
import type { EdgeKind, WaitEdge, WaitGraph } from './wait_graph.ts';

/** Tasks that wait in one way for a thing of the group's path, outside it. */
export interface Folded { readonly at: number; readonly kind: EdgeKind; readonly edges: readonly WaitEdge[] }
export interface WaitGroup {
  readonly kind: 'deadlock' | 'livelock' | 'starvation' | 'waiting';
  /** Nodes in the order of their edges; a closed one leads from its last node to its first. */
  readonly path: readonly number[];
  readonly edges: readonly WaitEdge[];
  readonly closed: boolean;
  readonly folded: readonly Folded[];
  /** Hold edges of things of the path that lead out of it: readers, units of a semaphore. */
  readonly besides: readonly WaitEdge[];
}
interface Draft { kind: WaitGroup['kind']; readonly path: number[]; readonly edges: WaitEdge[]; readonly closed: boolean; readonly folded: Map<string, WaitEdge[]> }

export const isWait = (kind: EdgeKind): boolean => kind === 'waits' || kind === 'retries' || kind === 'timed';

/** From one wait along who holds what, as far as it goes without meeting itself. */
function chainFrom(g: WaitGraph, first: WaitEdge, left: ReadonlySet<WaitEdge>): Draft {
  const path = [first.from], edges: WaitEdge[] = [];
  for (let wait: WaitEdge | undefined = first; wait !== undefined;) {
    const thing: number = wait.to;
    edges.push(wait);
    path.push(thing);
    const hold = g.edges.find((e) => e.from === thing && !path.includes(e.to));
    if (hold === undefined) break;
    edges.push(hold);
    path.push(hold.to);
    wait = g.edges.find((e) => e.from === hold.to && isWait(e.kind) && left.has(e) && !path.includes(e.to));
  }
  return { kind: 'waiting', path, edges, closed: false, folded: new Map() };
}
function fold(draft: Draft, e: WaitEdge): void {
  const key = `${e.to} ${e.kind}`;
  draft.folded.set(key, [...(draft.folded.get(key) ?? []), e]);
}
/** Tasks whom these waits are for. */
function wantedBy(g: WaitGraph, waits: ReadonlySet<WaitEdge>): ReadonlySet<number> {
  const things = new Map<number, WaitEdge>(), wanted = new Set<number>();
  for (const w of waits) things.set(w.to, w);
  for (const h of g.edges) { const w = things.get(h.from); if (w !== undefined && w.from !== h.to) wanted.add(h.to); }
  return wanted;
}
function chains(g: WaitGraph, drafts: Draft[]): void {
  const left = new Set(g.edges.filter((e) => isWait(e.kind) && !drafts.some((d) => d.edges.includes(e))));
  while (left.size > 0) {
    const wanted = wantedBy(g, left);
    for (const e of left) {
      const at = wanted.has(e.from) ? undefined : drafts.find((d) => d.path.includes(e.to));
      if (at === undefined) continue;
      fold(at, e);
      left.delete(e);
    }
    const all = [...left].map((e) => chainFrom(g, e, left)), longest = all.reduce<Draft | null>((best, d) => (best === null || d.path.length > best.path.length ? d : best), null);
    if (longest === null) return;
    drafts.push(longest);
    for (const e of longest.edges) left.delete(e);
  }
}
export function waitGroups(g: WaitGraph): WaitGroup[] {
  const drafts: Draft[] = g.rings.map((r) => ({ kind: r.kind, path: [...r.nodes], edges: [...r.edges], closed: true, folded: new Map() }));
  chains(g, drafts);
  for (const s of g.starved) {
    const ends = drafts.filter((d) => !d.closed && d.path[d.path.length - 1] === s.node);
    for (const d of ends) d.kind = 'starvation';
    if (ends.length === 0) drafts.push({ kind: 'starvation', path: [s.node], edges: [], closed: false, folded: new Map() });
  }
  return drafts.map(({ kind, path, edges, closed, folded }) => ({
    kind, path, edges, closed,
    folded: [...folded.values()].map((list) => ({ at: list[0].to, kind: list[0].kind, edges: list })),
    besides: g.edges.filter((e) => path.includes(e.from) && !isWait(e.kind) && !edges.includes(e)),
  })).sort((a, b) => order(a) - order(b));
}
const ORDER: Readonly<Record<WaitGroup['kind'], number>> = { deadlock: 0, livelock: 0, starvation: 1, waiting: 2 };
const order = (g: WaitGroup): number => ORDER[g.kind];

const nameOf = (g: WaitGraph, n: number): string => g.nodes.get(n)?.name ?? '?';
const WANTS: Readonly<Record<EdgeKind, (who: string, what: string) => string>> = {
  waits: (who, what) => `${who} waits for ${what}`, timed: (who, what) => `${who} waits for ${what} for a time`, retries: (who, what) => `${who} tries ${what} again and again`, holds: () => '', queued: () => '',
};
/** A group in a sentence: `A waits for n, held by B; B is ready to run and gets no CPU`. */
export function groupWords(g: WaitGraph, { path, edges }: WaitGroup): string {
  const parts = edges.flatMap((e, i) => {
    if (!isWait(e.kind)) return [];
    const next = edges[i + 1], who = nameOf(g, e.from), by = next === undefined ? '' : nameOf(g, next.to), event = g.nodes.get(e.to)?.kind === 'event';
    const where = next === undefined ? (event ? ', and nobody is known to make it' : ', which nobody is known to hold') : next.kind === 'queued' ? `, behind ${by}` : event ? `, which ${by} is to make` : by === who ? ', held by itself' : `, held by ${by}`;
    return [`${WANTS[e.kind](who, nameOf(g, e.to))}${where}`];
  });
  return [...parts, ...g.starved.filter((s) => path.includes(s.node)).map((s) => `${nameOf(g, s.node)} is ready to run and gets no CPU`)].join('; ');
}
