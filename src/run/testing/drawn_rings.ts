/** What the page's drawing of a lock world shows, and what the world's own text says that it has to show, as the same list of arrows. */
import type { Trace } from '../../analysis/trace.ts';
import { type EdgeKind, waitGraphAt } from '../../analysis/wait_graph.ts';
import { waitGroups } from '../../analysis/wait_groups.ts';
import { ringPicture } from '../../panels/inspector/ring_picture.ts';

/** Both layouts: they must show the same. */
const WIDTHS = [300, 900];
const VERBS: Readonly<Record<EdgeKind, string>> = { waits: 'waits for', retries: 'tries', timed: 'waits for a time for', holds: 'held by', queued: 'behind' };

/** Arrows of all pictures at an event, and nodes without any: `A waits for m`, `m held by B`, `C gets no CPU`; in order. */
export function drawnArrows(trace: Trace, event: number): string[] {
  const graph = waitGraphAt(trace, event), sets = WIDTHS.map((width) => {
    const found = new Set<string>();
    for (const group of waitGroups(graph)) {
      const p = ringPicture({ graph, group, width, hz: trace.shape.hz, timeOf: (row) => trace.timeOfEvent(row + 1), task: () => ({ fn: '', standing: 'blocked', readyNs: null }) }), name = (n: number): string => graph.nodes.get(n)?.name ?? '?';
      for (const e of p.edges) found.add(`${p.nodes.find((n) => n.node === e.from)?.name} ${VERBS[e.kind]} ${p.nodes.find((n) => n.node === e.to)?.name}`);
      for (const f of p.folds) for (const t of f.tasks) found.add(`${name(t)} ${VERBS[f.kind]} ${name(f.at)}`);
      for (const e of group.besides) found.add(`${name(e.from)} ${VERBS[e.kind]} ${name(e.to)}`);
      for (const n of p.nodes) if (n.starved) found.add(`${n.name} gets no CPU`);
    }
    return [...found].sort().join('; ');
  });
  if (sets.some((s) => s !== sets[0])) throw new Error(`the layouts differ: ${sets.join(' / ')}`);
  return sets[0] === '' ? [] : sets[0].split('; ');
}
/** `A waits for n, held by B; B tries m again and again, behind W; H is ready to run and gets no CPU` as arrows. */
function arrowsOf(sentence: string): string[] {
  return sentence.split('; ').filter((s) => s !== '').flatMap((s) => {
    const starved = /^(\S+) is ready to run and gets no CPU$/.exec(s), m = /^(\S+) (waits for a time for|waits for|tries) (\S+?)(?: again and again)?(?:, (held by|behind) (.+))?$/.exec(s);
    if (starved !== null) return [`${starved[1]} gets no CPU`];
    if (m === null) throw new Error(`no arrow in "${s}"`);
    const [, who, verb, thing, how, whom] = m;
    return [`${who} ${verb} ${thing}`, ...(whom === undefined ? [] : whom.split(' and ').map((w) => `${thing} ${how} ${w === 'itself' ? who : w}`))];
  });
}
/** @param line  what else the world says: the lines that begin with this word */
export function describedArrows(sentence: string, world: string, line: string): string[] {
  const more = world.split('\n').map((l) => l.trim()).filter((l) => l.startsWith(`${line}: `)).flatMap((l) => arrowsOf(l.slice(line.length + 2)));
  return [...new Set([...arrowsOf(sentence), ...more])].sort();
}
