/** Mutexes that programs share by name: the lock of a driver or a file system that a scenario speaks of. */
import type { Kernel } from '../kernel/kernel.ts';
import { Mutex } from '../kernel/locking/mutex.ts';

export function namedMutex(k: Kernel, name: string): Mutex {
  const known = k.locks.find((l) => l.name === name);
  if (known === undefined) return new Mutex(k, name);
  if (!(known instanceof Mutex)) throw new Error(`the lock ${name} is no mutex`);
  return known;
}
