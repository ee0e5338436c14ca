/**
 * vfork(): a parent makes a child that runs in its address space (CLONE_VM | CLONE_VFORK) and sleeps in the kernel until the child is
 * done with it; the child grows there as `anon` does.
 */
import type { Kernel } from '../kernel/kernel.ts';
import { waitForVforkDone } from '../kernel/vfork.ts';
import { anon, anonWorker } from './anon.ts';
import { cloneVm, startProcess } from './process.ts';
import type { Parameters, Workload } from './workload.ts';

export const vfork: Workload = {
  id: 'vfork',
  doc: 'a parent that sleeps while its vfork child, named vforked, touches memory in the address space of both',
  parameters: anon.parameters.map((i) => (i.name === 'name' ? { ...i, default: 'parent', doc: 'name of the parent' } : i)),
  start(k: Kernel, p: Parameters): void {
    startProcess(k, { ...p, name: p.name ?? 'parent' }, function* parent(_k, m) {
      const child = yield* cloneVm(k, k.current, m, 'vforked', () => anonWorker(k, p, m));
      yield* waitForVforkDone(k, child);
    });
  },
};
