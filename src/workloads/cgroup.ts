/** A memory cgroup, made before the first process runs. Processes name it with `cg`, and join it when they have loaded their program. */
import type { Kernel } from '../kernel/kernel.ts';
import { cgroupByPath, cgroupMkdir } from '../kernel/mm/cgroup.ts';
import { num, PAGES_PER_MIB, type Parameters, text, type Workload } from './workload.ts';

export const cgroup: Workload = {
  id: 'cgroup',
  doc: 'a memory cgroup with a limit of its own; it is there before any process',
  parameters: [
    { name: 'name', unit: '', default: 'box', doc: 'its name below the root; box/inner is a group in the group box, which stands before it in the list' },
    { name: 'max', unit: 'MiB', default: 0, doc: 'memory.max: what its processes may have together; 0 = no limit' },
    { name: 'high', unit: 'MiB', default: 0, doc: 'memory.high: above it who charges reclaims and is held up, and nobody is killed; 0 = none' },
    { name: 'oom_group', unit: '', default: 0, max: 1, doc: '1: memory.oom.group, a kill takes all of its processes' },
  ],
  start(k: Kernel, p: Parameters): void {
    const path = text(p, 'name', 'box').split('/'), name = path.pop() ?? 'box', above = path.length === 0 ? undefined : cgroupByPath(k, `/${path.join('/')}`), pages = (of: string): number | null => (num(this, p, of) > 0 ? Math.floor(num(this, p, of) * PAGES_PER_MIB) : null);
    if (path.length > 0 && above === undefined) throw new Error(`workload cgroup: no group ${path.join('/')} stands before ${name}`);
    cgroupMkdir(k, name, { max: pages('max'), high: pages('high'), oomGroup: num(this, p, 'oom_group') > 0 }, above);
  },
};
/** Of programs that run in a process. */
export const CG = { name: 'cg', unit: '', default: '', doc: 'the memory cgroup that it joins, which a workload cgroup of that name makes; none if empty' } as const;
