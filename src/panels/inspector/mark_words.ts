/** The two numbers of a tracepoint, each with its name and unit: the kernel's own field names where it has one, for marks of ours what docs/formats.md says. */
import { cpusOf } from '../../analysis/rcu.ts';
import type { Trace } from '../../analysis/trace.ts';
import { MT_NAMES } from '../../format/rows.ts';
import { count, hex, pageCount, plural } from '../../ui/format.ts';

/** A number in words; '' = it says nothing here. */
type Field = (n: number, trace: Trace) => string;
const named = (name: string): Field => (n) => `${name} ${count(n)}`;
/** `pfn 77`, or that there was none. */
const frame: Field = (n) => (n < 0 ? 'no page' : `pfn ${n}`);
const things = (one: string, after = ''): Field => (n) => `${plural(n, one)}${after}`;
const pages = (after = ''): Field => (n) => `${pageCount(n)}${after}`;
const cpu: Field = (n) => `cpu ${n}`;
const node: Field = (n) => `node ${n}`;
const pid = named('pid'), order = named('order');
const task: Field = (n, trace) => trace.tables.taskName(n);
const lock: Field = (n, trace) => trace.tables.lockName(n);
const space: Field = (n) => `address space ${n}`;
const one = (words: Readonly<Record<number, string>>): Field => (n) => words[n] ?? `unknown ${n}`;
/** As invalid_wait_context: a lock, or a context below 0. */
const under: Field = (n, trace) => (n >= 0 ? `under ${trace.tables.lockName(n)}` : one({ [-1]: 'in a hardirq', [-2]: 'in a softirq', [-3]: 'with interrupts off' })(n, trace));
const gpSeq = named('grace period'), callback = named('callback'), object = named('object'), trigger = named('trigger');
const cblist = things('callback', ' on this CPU'), queued = things('callback', ' on all CPUs'), lazy = things('lazy callback', ' promised');
const usec = (name: string): Field => (n) => `${name} ${count(n)} µs`;
const reserved: readonly [b: Field, c?: Field] = [pages(), pages(' kept by all')];
const direction = one({ 0: 'writes', 1: 'reads' }), requests = things('request', ' of this direction');
/** Two batches a CPU (KFREE_N_BATCHES). */
const batch: Field = (n) => `cpu ${n >> 1}, batch ${n & 1}`;
/** Where there is no page the field before it has said so. */
const from = one({ [-1]: '', 0: 'from the spare pages', 1: 'from the allocator', 2: "off this CPU's list, without a lock", 3: 'from the reserve' });
const notifiers = things('notifier', ' registered');

/** By name without what follows a blank (a cgroup's path): fields b and c. */
const FIELDS: ReadonlyMap<string, readonly [b: Field, c?: Field]> = new Map([
  ['rcu_grace_period_start', [gpSeq, queued]], ['rcu_grace_period_end', [gpSeq, (n) => `took ${plural(n, 'jiffy', 'jiffies')}`]],
  ['rcu_callback', [callback, cblist]], ['rcu_kfree_callback', [(n) => `lazy callback ${count(n)}`, cblist]],
  ['rcu_invoke_callback', [callback, pages(' freed')]], ['rcu_invoke_kfree_callback', [(n) => `lazy callback ${count(n)}`, pages(' freed')]],
  ['rcu_batch_start', [cblist, (n) => (n < 0 ? 'no limit' : `limit ${count(n)}`)]], ['rcu_batch_end', [things('callback', ' invoked'), things('callback', ' left')]],
  ['rcu_quiescent_state_report', [gpSeq, cpu]], ['rcu_flood', [cpu, things('callback', ', its limit is lifted')]],
  ['rcu_fqs', [gpSeq, (n, trace) => `still waits for ${cpusOf(n, trace.shape.cpus).map((i) => `cpu ${i}`).join(', ') || 'no CPU'}`]],
  ['rcu_barrier_begin', [queued]], ['rcu_barrier_end', [queued]],
  ['rcu_oom_notify_begin', [things('callback', ' of kicks under way')]], ['rcu_oom_notify_end', [things('callback', ' of kicks under way'), pages(' claimed as freed')]],
  ['rcu_oom_kick', [things('lazy callback', ' found'), things('callback', ' of its own under way')]],
  ['rcu_nocb_wake', [cpu, one({ 0: 'rcuog is woken now', 1: 'later: bypass', 2: 'later: lazy', 3: 'later: interrupts are off', 4: 'later: too many callbacks' })]],
  ['rcu_lazy_scan_begin', [lazy, named('nr_to_scan')]], ['rcu_lazy_scan_end', [lazy, things('callback', ' reported by the scan')]],
  ['kvfree_call', [object, one({ 0: 'into a page of pointers', 1: 'into a page of pointers, vmalloc()', 2: 'linked', 3: 'its caller waits for a grace period' })]],
  ['kvfree_page', [(n) => (n < 0 ? 'no page for pointers' : `page of pointers, pfn ${n}`), from]],
  ['kvfree_below_min', [frame, pages(' free before: below min')]], ['kvfree_missed_wake', [frame, pages(' free before: below low, kswapd asleep')]],
  ['kvfree_monitor', [batch, things('object', ' begin to wait')]], ['kvfree_worker', [batch, things('object', ' to be freed')]],
  ['kvfree_free', [object, pages(' freed')]], ['kvfree_fill', [cpu, pages(' got')]], ['kvfree_shrink', [cpu, pages(' given back')]],
  ['rcu_invoke_kfree_bulk_callback', [things('object', ' freed'), (n) => `page of pointers, pfn ${n}`]],
  ['block_sleeprq', [direction, requests]], ['set_wb_congested', [direction, requests]], ['clear_wb_congested', [direction, requests]], ['section_page', [frame, pages(' needed by the section')]],
  ['writeback_congestion_wait', [usec('at most'), usec('waited')]], ['writeback_wait_iff_congested', [usec('at most'), usec('waited')]],
  ['perthread_pages_reserve', reserved], ['perthread_pages_release', reserved], ['create_reserved_pages_pool', reserved], ['destroy_unreserve_pages_pool', reserved],
  ['psi_event', [trigger]], ['psi_growth', [trigger, (n) => `stalled for ${count(n)} µs of its window`]],
  ['mm_vmscan_lru_shrink_active', [pages(' taken'), pages(' deactivated')]], ['mm_vmscan_wakeup_kswapd', [node, (n) => (n === 1 ? 'for a boost' : 'for an allocation')]],
  ['mm_shrink_slab_start', [things('freeable object'), (n) => `to scan ${count(n)}`]], ['mm_shrink_slab_end', [things('object', ' freed'), (n) => `${count(n)} deferred`]],
  ['mm_vmscan_memcg_reclaim_begin', [order, (n) => `gfp ${hex(n)}`]], ['mm_vmscan_memcg_reclaim_end', [pages(' reclaimed')]],
  ['mm_vmscan_throttled', [node, one({ 0: 'VMSCAN_THROTTLE_WRITEBACK', 1: 'VMSCAN_THROTTLE_ISOLATED', 2: 'VMSCAN_THROTTLE_NOPROGRESS', 3: 'VMSCAN_THROTTLE_CONGESTED' })]], ['mm_vmscan_write_folio', [frame]],
  ['trace_read', [things('line', ' of the trace read')]],
  ['mm_page_alloc_extfrag', [(n) => `block of order ${n}`, (n) => `taken from ${MT_NAMES[n] ?? '?'}`]],
  ['reclaim_retry_zone', [(n, trace) => `zone ${trace.shape.zones[n]?.name ?? '?'}`, named('no_progress_loops')]],
  ['balance_dirty_pages', [pages(' dirtied'), (n) => `pause ${plural(n, 'jiffy', 'jiffies')}`]],
  ['mmu_notifier_register', [space, notifiers]], ['mmu_notifier_unregister', [space, notifiers]], ['mmu_notifier_release', [space, notifiers]],
  ['invalidate_range_start', [space, one({ 0: 'may not block', 1: 'may block' })]], ['invalidate_range_end', [space]], ['unmap_under_notifier', [space, pages(' unmapped and not told')]],
  ['memcg_charge_forced', [pages(' past the limit')]], ['cgroup_attach_task', [task, pid]],
  ['mempool_alloc', [one({ [-1]: 'from nowhere', 0: 'from the allocator', 1: 'from the reserve' }), things('element', ' left in the reserve')]],
  ['pcp_take', [frame, from]], ['ipi_raise', [cpu]], ['softirq_over_budget', [things('softirq', ' run')]], ['workqueue_rescue', [named('pool')]],
  ['oom_notify_begin', [named('call')]], ['oom_notify_end', [named('call'), pages(' claimed as freed')]], ['ask_for_pages', [order, frame]],
  ['invalid_wait_context', [lock, under]], ['sleeping_in_atomic', [lock, under]], ['scheduling_while_atomic', [lock, under]],
]);

/** The fields of a tracepoint in words; null where they are not known. */
export function fieldWords(trace: Trace, name: string, b: number, c: number): string | null {
  const fields = FIELDS.get(name.split(' ')[0]);
  return fields === undefined ? null : [fields[0](b, trace), fields[1]?.(c, trace) ?? ''].filter((words) => words !== '').join(', ');
}
