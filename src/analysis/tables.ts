/** Names and stacks of a run as they arrive, and what follows from a stack alone: its depth, the path it is on, the allocation it is in. */
import type { LockInfo, LogLine, TableGrowth, TaskInfo } from '../format/machine.ts';
import { Ints } from './pyramid.ts';

/** What a task works for, told from the functions on its stack: this is what colours mean. */
export const HUE = { plain: 0, direct: 1, kswapd: 2, oom: 3, exit: 4 } as const;
export const HUE_COUNT = 5;
export const HUE_WORDS = ['other work', 'direct reclaim', 'kswapd', 'OOM', 'exit'] as const;
const HUE_OF_FUNCTION: ReadonlyMap<string, number> = new Map([
  ...['__alloc_pages_slowpath', '__alloc_pages_direct_reclaim', 'try_to_free_pages', 'try_to_free_mem_cgroup_pages', 'mem_cgroup_handle_over_high'].map((f) => [f, HUE.direct] as const),
  ...['kswapd', 'balance_pgdat'].map((f) => [f, HUE.kswapd] as const),
  ...['out_of_memory', 'mem_cgroup_out_of_memory', 'pagefault_out_of_memory'].map((f) => [f, HUE.oom] as const),
  ...['do_exit', 'do_group_exit', 'exit_mmap', 'mmput', '__mmput', 'oom_reaper', 'oom_reap_task', '__oom_reap_task_mm'].map((f) => [f, HUE.exit] as const),
]);
const ALLOCATION = new Set(['__alloc_pages', '__alloc_pages_noprof', '__alloc_pages_nodemask', '__alloc_frozen_pages_noprof']);
/**
 * What a task asks for, and may be made to wait for: a page, room under the limit of a memory cgroup, or one of the places that ask questions of their
 * own before they wait. Of two on one stack the later in this list counts, of two alike the outer: a charge is made with the page in hand, and what
 * its reclaim allocates is part of it.
 */
export const REQUEST = { none: 0, wait: 1, allocation: 2, charge: 3 } as const;
export const WAITING: ReadonlySet<string> = new Set(['mempool_alloc', 'get_request', 'blk_mq_submit_request', 'balance_dirty_pages', 'mem_cgroup_handle_over_high', 'mem_cgroup_oom_synchronize']);
const requestOf = (name: string): number => (ALLOCATION.has(name) ? REQUEST.allocation : name === 'try_charge_memcg' ? REQUEST.charge : WAITING.has(name) ? REQUEST.wait : REQUEST.none);

/** The kernel's name of a function without the name of a livepatch behind it. */
export const plainName = (name: string): string => {
  const end = name.indexOf(' ');
  return end < 0 ? name : name.slice(0, end);
};

export class Tables {
  readonly strings: string[];
  readonly stackParent: number[];
  readonly stackFn: number[];
  readonly tasks: TaskInfo[];
  readonly locks: LockInfo[];
  readonly log: LogLine[];
  /** By stack: how many functions, what it works for, the request and the innermost allocation in it (a stack's index, 0 = none). */
  readonly depth: Ints;
  readonly hue: Ints;
  readonly request: Ints;
  readonly innerAllocation: Ints;
  private readonly index: Map<string, number>;
  constructor() {
    this.strings = [];
    this.stackParent = [];
    this.stackFn = [];
    this.tasks = [];
    this.locks = [];
    this.log = [];
    this.depth = new Ints();
    this.hue = new Ints();
    this.request = new Ints();
    this.innerAllocation = new Ints();
    this.index = new Map();
  }
  add(growth: TableGrowth): void {
    for (const s of growth.strings) {
      if (!this.index.has(s)) this.index.set(s, this.strings.length);
      this.strings.push(s);
    }
    growth.stackParent.forEach((parent, i) => this.addStack(parent, growth.stackFn[i]));
    for (const t of growth.tasks) this.tasks[t.id] = t;
    for (const l of growth.locks) this.locks[l.id] = l;
    this.log.push(...growth.log);
  }
  private addStack(parent: number, fn: number): void {
    const id = this.stackParent.length;
    this.stackParent.push(parent);
    this.stackFn.push(fn);
    if (id === 0) {
      for (const column of [this.depth, this.hue, this.request, this.innerAllocation]) column.push(0);
      return;
    }
    const name = plainName(this.strings[fn]), outer = this.request.data[parent];
    this.depth.push(this.depth.data[parent] + 1);
    this.hue.push(HUE_OF_FUNCTION.get(name) ?? this.hue.data[parent]);
    this.request.push(requestOf(name) > this.requestKind(outer) ? id : outer);
    this.innerAllocation.push(ALLOCATION.has(name) ? id : this.innerAllocation.data[parent]);
  }
  /** Of which kind the request is whose frame this stack is. */
  requestKind(frame: number): number {
    return frame === 0 ? REQUEST.none : requestOf(plainName(this.topName(frame)));
  }
  /** Index of a string, -1 = it has not occurred. */
  stringIndex(s: string): number {
    return this.index.get(s) ?? -1;
  }
  /** Functions of a stack, outermost first. */
  stackNames(stack: number): string[] {
    const names: string[] = [];
    for (let s = stack; s > 0; s = this.stackParent[s]) names.push(this.strings[this.stackFn[s]]);
    return names.reverse();
  }
  /** The innermost function of a stack; '' for the empty one. */
  topName(stack: number): string {
    return stack > 0 ? this.strings[this.stackFn[stack]] : '';
  }
  /** Whether a stack has a function of one of these names (string indices). */
  stackHas(stack: number, names: ReadonlySet<number>): boolean {
    for (let s = stack; s > 0; s = this.stackParent[s]) if (names.has(this.stackFn[s])) return true;
    return false;
  }
  taskName(id: number): string {
    return this.tasks[id]?.comm ?? `task ${id}`;
  }
  lockName(id: number): string {
    return this.locks[id]?.name ?? `lock ${id}`;
  }
}
