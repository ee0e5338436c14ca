/** Figures of experiments about per-CPU lists: the measures of the kernel reference, rcu-mempool-io-locking.md 2.7. */
import type { PcpUse } from '../analysis/pcp_books.ts';
import type { Span, View } from './view.ts';

/** What a task of this name did on the CPU where it first took a page. */
export const takesOf = (run: View, comm: string): PcpUse | undefined => run.pcp.uses.find((u) => u.comm === comm);
/** Wakes of kswapd by the workload pcptake. */
export const takerWakes = (run: View): number => run.marks('mm_vmscan_wakeup_kswapd').filter((m) => m.task.startsWith('taker/')).length;
export const refusedTakes = (run: View): number => run.marks('pcp_take').filter((m) => m.b < 0).length;
/** Drains of all lists, as long as their mutex was held. */
export const drains = (run: View): readonly Span[] => run.holds('pcpu_drain_mutex');
/** @param cpu  of the taker */
export function pcpFigures(run: View, cpu: number): Readonly<Record<string, number>> {
  const taker = takesOf(run, 'taker'), all = run.pcp.uses.filter((u) => u.cpu === cpu).reduce((n, u) => n + u.taken, 0);
  return {
    emptyMs: run.pcp.emptyNs(cpu) / 1e6, takerTakenPages: taker?.taken ?? 0, takerSharePercent: all === 0 ? 0 : Math.round((1000 * (taker?.taken ?? 0)) / all) / 10, takerRefills: taker?.refills ?? 0, refusedTakes: refusedTakes(run),
    inducedRefills: run.pcp.uses.reduce((n, u) => n + u.induced, 0), belowMinPages: taker?.belowMin ?? 0, missedWakes: taker?.missedWakes ?? 0, takerWakes: takerWakes(run),
  };
}
