/** include/linux/memcontrol.h, v6.1: struct mem_cgroup, and what the machine keeps of all of them. Data only; made by kernel code in cgroup.ts. */
import type { Lruvec } from './lruvec.ts';
import { LRU_LISTS, type Pgdat } from './mmzone.ts';
import { PageCounter } from './page_counter.ts';
import type { Vmpressure } from './vmpressure.ts';

/** memory.events. */
export interface MemcgEvents { high: number; max: number; oom: number; oom_kill: number; oom_group_kill: number }

export class MemCgroup {
  readonly id: number; // index in Memcgs.groups; 0 = the root
  readonly path: string;
  readonly parent: MemCgroup | null;
  readonly memory: PageCounter;
  readonly swap: PageCounter;
  readonly lruvecs: Lruvec[]; // by node
  oomGroup: boolean; // memory.oom.group
  oomLocked: boolean; // somebody kills in it (4.x: oom_lock of struct mem_cgroup)
  readonly events: MemcgEvents;
  readonly stat: Record<string, number>; // events of memory.stat that are counted, by its names
  kmem: number; // pages of the kernel's: MEMCG_KMEM
  objectBytes: number; // small objects charged (obj_cgroup)
  objectFree: number; // bytes of its pages for such objects that nobody has
  objectPages: number;
  vmpressure: Vmpressure | null; // made at first use
  traced: number; // memory.current as the trace has it, pages
  constructor(id: number, path: string, parent: MemCgroup | null) {
    this.id = id; this.path = path; this.parent = parent; this.memory = new PageCounter(parent?.memory ?? null); this.swap = new PageCounter(parent?.swap ?? null);
    this.lruvecs = []; this.oomGroup = false; this.oomLocked = false; this.events = { high: 0, max: 0, oom: 0, oom_kill: 0, oom_group_kill: 0 }; this.stat = {};
    this.kmem = 0; this.objectBytes = 0; this.objectFree = 0; this.objectPages = 0; this.vmpressure = null; this.traced = 0;
  }
  count(name: string, by: number): void { for (let g: MemCgroup | null = this; g !== null; g = g.parent) g.stat[name] = (g.stat[name] ?? 0) + by; }
  /** mem_cgroup_is_descendant(): itself too. */
  isBelow(other: MemCgroup): boolean { return this === other || (this.parent?.isBelow(other) ?? false); }
}
/** struct memcg_stock_pcp: pages that one CPU has charged ahead. */
export interface MemcgStock { memcg: MemCgroup | null; pages: number }

/** Room for lru_zone_size of a node: by slot and list. */
export const zoneSizes = (p: Pgdat): Int32Array => new Int32Array((Math.max(...p.zones.map((z) => z.slot)) + 1) * LRU_LISTS);

/** One object a machine that has groups, in Mm; without groups there is none, and nothing is charged. */
export class Memcgs {
  readonly groups: MemCgroup[]; // parents before their children
  readonly of: Uint8Array; // by frame: the group that it is charged to, 0 = none
  readonly swapOf: Uint8Array; // by slot of swap: the same (swap_cgroup)
  readonly stocks: MemcgStock[]; // by CPU
  joined: number; // tasks that have joined a group so far: they are listed in that order
  constructor(frames: number, slots: number, cpus: number, nodes: readonly Pgdat[]) {
    const root = new MemCgroup(0, '/', null);
    for (const p of nodes) {
      root.lruvecs.push(p.root);
      p.root.own = p.root.total.slice();
      p.root.zoneOwn = zoneSizes(p);
      for (const z of p.zones) p.root.zoneOwn.set(z.lru, z.slot * LRU_LISTS);
    }
    this.groups = [root]; this.of = new Uint8Array(frames); this.swapOf = new Uint8Array(slots); this.joined = 0;
    this.stocks = Array.from({ length: cpus }, () => ({ memcg: null, pages: 0 }));
  }
  get root(): MemCgroup { return this.groups[0]; }
  /** mem_cgroup_iter(): a group and all below it, parents first. */
  below(top: MemCgroup): MemCgroup[] { return this.groups.filter((g) => g.isBelow(top)); }
}
