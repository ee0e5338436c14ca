/** Rings of waits in one sentence each. */
import type { Outcome } from '../format/scenario.ts';

export type ToldRing = Outcome['deadlocks'][number];

/** `A waits for L, held by B; B tries oom_lock again and again, held by A`. The edges go from task to lock to task, and begin with a task. */
export function ringWords(ring: ToldRing): string {
  if (ring.kind === 'starvation') return starvationWords(ring);
  const { edges } = ring, parts: string[] = [];
  for (let i = 0; i + 1 < edges.length; i += 2) {
    const wait = edges[i], { to, queued } = edges[i + 1], where = wait.from === to ? 'held by itself' : queued ? `behind ${to}` : `held by ${to}`;
    parts.push(`${wantWords(wait)}, ${where}`);
  }
  return parts.join('; ');
}
const wantWords = (wait: ToldRing['edges'][number]): string => (wait.blocking ? `${wait.from} waits for ${wait.to}` : `${wait.from} tries ${wait.to} again and again`);

function starvationWords(ring: ToldRing): string {
  const [starved] = ring.tasks, wants = ring.edges.filter((e) => ring.locks.includes(e.to));
  return [`${starved} is ready to run and gets no CPU`, ...wants.map((e) => `${wantWords(e)}, held by ${starved}`)].join('; ');
}
