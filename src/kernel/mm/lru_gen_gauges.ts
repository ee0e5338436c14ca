/** What /sys/kernel/debug/lru_gen says of the root group, v6.12, written into the trace: which generations there are, and how many pages each has. */
import type { Kernel } from '../kernel.ts';
import { genOf, type LruGen } from './lru_gen_types.ts';
import type { Lruvec } from './lruvec.ts';

const TYPES = ['anon', 'file'] as const;
/** Writes what has changed since the last time. Names end with the node. */
export function lruGenGauges(k: Kernel, v: Lruvec, g: LruGen): void {
  if (v.memcg !== null && v.memcg.parent !== null) return;
  const { told } = g, node = v.pgdat.id;
  const tell = (at: number, name: string, value: number): void => { if (told[at] !== value) { told[at] = value; k.gauge(`lru_gen ${name} node ${node}`, value); } };
  tell(0, 'max_seq', g.maxSeq);
  TYPES.forEach((name, type) => {
    tell(1 + type, `min_seq ${name}`, g.minSeq[type]);
    for (let seq = g.minSeq[type]; seq <= g.maxSeq; seq++) tell(3 + genOf(seq) * 2 + type, `${genOf(seq)} ${name}`, g.pagesOf(genOf(seq), type));
  });
}
/** Of all nodes. */
export function lruGenGaugesOfAll(k: Kernel): void {
  for (const { root } of k.mm.nodes) if (root.lrugen !== null) lruGenGauges(k, root, root.lrugen);
}
