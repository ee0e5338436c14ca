/** Elementary cycles of a directed graph: for who waits for whom, and for which lock was taken under which. */

/** Edges that are followed at most: a graph in which everybody waits for everybody has more cycles than anyone could read. */
const BUDGET = 100_000;

/**
 * Each cycle once, as a list of nodes that begins with its smallest; at most `limit`, those of the smallest nodes first.
 * @param next  by node: where its edges lead, each end once
 */
export function ringsOf(next: readonly (readonly number[])[], limit: number): number[][] {
  const rings: number[][] = [], way: number[] = [], on = next.map(() => false);
  let budget = BUDGET;
  const reaches = reachability(next);
  const walk = (at: number, start: number): void => {
    way.push(at);
    on[at] = true;
    for (const to of next[at]) {
      if (rings.length >= limit || budget-- <= 0) break;
      if (to === start) rings.push([...way]);
      else if (to > start && !on[to] && reaches(to, start)) walk(to, start);
    }
    on[at] = false;
    way.pop();
  };
  for (let start = 0; start < next.length && rings.length < limit; start++) walk(start, start);
  return rings;
}
/**
 * Nodes that nothing lets go on: a node goes on if all its ends do, or, where `any` says so, one of them; a node without ends goes on.
 * A ring among these is one that nobody opens from outside.
 */
export function stuckNodes(next: readonly (readonly number[])[], any: (node: number) => boolean): boolean[] {
  const stuck = next.map((ends) => ends.length > 0);
  for (let changed = true; changed;) {
    changed = false;
    next.forEach((ends, i) => {
      if (!stuck[i] || !(any(i) ? ends.some((to) => !stuck[to]) : ends.every((to) => !stuck[to]))) return;
      stuck[i] = false;
      changed = true;
    });
  }
  return stuck;
}
/** Rings among the nodes that are stuck. */
export function stuckRings(next: readonly (readonly number[])[], any: (node: number) => boolean, limit: number): number[][] {
  const stuck = stuckNodes(next, any);
  return ringsOf(next.map((ends, i) => (stuck[i] ? ends.filter((to) => stuck[to]) : [])), limit);
}
/** Whether a way leads from one node to another. Asked for few targets, so each is worked out once, backwards. */
function reachability(next: readonly (readonly number[])[]): (from: number, to: number) => boolean {
  const before: number[][] = next.map(() => []), known = new Map<number, readonly boolean[]>();
  next.forEach((ends, from) => { for (const to of ends) before[to].push(from); });
  const sourcesOf = (to: number): readonly boolean[] => {
    const seen = next.map(() => false), ahead = [to];
    for (let at = ahead.pop(); at !== undefined; at = ahead.pop()) {
      for (const from of before[at]) {
        if (seen[from]) continue;
        seen[from] = true;
        ahead.push(from);
      }
    }
    return seen;
  };
  return (from, to) => {
    let sources = known.get(to);
    if (sources === undefined) { sources = sourcesOf(to); known.set(to, sources); }
    return sources[from];
  };
}
