/** What is explored: a machine at the beginning of the stretch in which anything armed may come next, and what is asked of it. */
import { isIdle } from '../sim/cpu.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { DEAD } from '../kernel/sched/task.ts';
import type { Window } from '../run/window.ts';

export interface World {
  readonly k: Kernel;
  readonly window: Window;
  /** After a step: why it is bad now; null = it is not. */
  bad(): string | null;
  /** The event at which it became bad; absent = the end of the step. */
  badAt?(): number;
  /** When nothing is armed any more: why that is bad, and what it came to in words that two searches can compare. */
  ended(): { readonly bad: string | null; readonly outcome: string };
  /** What can be seen of the machine without its clock, for loops; null = loops are not looked for. */
  readonly shape: (() => string) | null;
}
/** Made anew for every schedule: frames of generators cannot be copied. */
export type Make = () => World;

/** Who has not come to its end, and what it stands in. */
export function whoWaits(k: Kernel): string {
  return k.tasks.filter((t) => !t.daemon && t.state !== DEAD && !isIdle(t)).map((t) => {
    const at = k.stackNames(t.onCpu ? k.cpus[t.cpuIndex].top.stack : t.stack).slice(0, 4).join(' < ');
    return `${t.comm} in ${at || 'its program'}${t.blockedOn === null ? '' : `, for ${t.blockedOn.name} of ${t.blockedOn.owner?.comm ?? 'nobody'}`}`;
  }).join('; ');
}
/** Where each task stands, who holds and who waits. It does not see the locals of a frame: two that are equal may differ. */
export function shapeOf(k: Kernel): string {
  let s = '';
  for (const t of k.tasks) if (!isIdle(t)) s += `|${t.state}.${t.onCpu ? k.cpus[t.cpuIndex].top.stack : t.stack}.${t.left === Infinity ? 2 : t.left > 0 ? 1 : 0}.${t.blockedOn?.id ?? -1}`;
  for (const l of k.locks) s += `/${l.owners.map((o) => o.id).join()}.${l.waiters.map((w) => w.task.id).join()}`;
  return s;
}
