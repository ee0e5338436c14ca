/** mm/vmstat.c, v6.1: counters of /proc/vmstat that reclaim changes, written into the trace once a batch, where they have changed. */
import type { Kernel } from '../kernel.ts';

const NAMES = [
  'pgscan_kswapd', 'pgscan_direct', 'pgsteal_kswapd', 'pgsteal_direct', 'pgscan_anon', 'pgscan_file', 'pgsteal_anon', 'pgsteal_file', 'pswpin', 'pswpout', 'pgrefill', 'pgactivate',
  'pgdeactivate', 'workingset_refault_anon', 'workingset_refault_file', 'workingset_activate_anon', 'workingset_activate_file', 'nr_dirtied', 'nr_written', 'pgpgin', 'pgpgout', 'pgmajfault',
];
/** Writes what has changed since the last time. */
export function vmGauges(k: Kernel): void {
  const { vm, backing } = k.mm, last = backing.lastGauges;
  for (let i = 0; i < NAMES.length; i++) {
    const v = vm[NAMES[i]] ?? 0;
    if (v !== (last[i] ?? 0)) { last[i] = v; k.gauge(NAMES[i], v); }
  }
  gaugeIfNew(k, NAMES.length, 'nr_dirty', backing.nrDirty);
  gaugeIfNew(k, NAMES.length + 1, 'nr_writeback', backing.nrWriteback);
  gaugeIfNew(k, NAMES.length + 2, 'nr_swap_used', k.mm.swap.total - k.mm.swap.free);
}
function gaugeIfNew(k: Kernel, at: number, name: string, value: number): void {
  const last = k.mm.backing.lastGauges;
  if (last[at] === value || (last[at] === undefined && value === 0)) return;
  last[at] = value;
  k.gauge(name, value);
}
