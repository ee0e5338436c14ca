/** A check over the visible state, for links: two pages that show the same event of the same run have the same. */
import type { MachineState } from '../format/state.ts';

const FNV_OFFSET = 0x811c9dc5, FNV_PRIME = 0x01000193;

function mix(hash: number, values: Int32Array | Uint16Array): number {
  let h = hash;
  for (let i = 0; i < values.length; i++) h = Math.imul(h ^ values[i], FNV_PRIME);
  return (h ^ (h >>> 15)) >>> 0;
}
/** 8 hex digits. */
export function stateHash(s: MachineState): string {
  const parts = [s.zones, s.buddy, s.pcp, s.tasks, s.locks, s.rss, s.gauges, s.current, s.context, s.frames];
  return parts.reduce(mix, Math.imul(FNV_OFFSET ^ s.row, FNV_PRIME) >>> 0).toString(16).padStart(8, '0');
}
