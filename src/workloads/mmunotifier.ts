/**
 * A process whose pages somebody else maps too, as a virtual machine's monitor: a thread of it registers an MMU notifier. For the OOM reaper it can be made
 * a victim that does not get away by itself: its first thread waits for a mutex, with or without mmap_lock in its hands.
 */
import { jiffies, ns } from '../base/units.ts';
import type { Call, Timed } from '../sim/kfn.ts';
import { kfn, type Kernel, spend } from '../kernel/kernel.ts';
import { mutexLock, mutexUnlock } from '../kernel/locking/mutex.ts';
import { downRead, downWrite, upRead, upWrite } from '../kernel/locking/rwsem.ts';
import { mmap, mmapPrivate } from '../kernel/mm/memory.ts';
import type { MmStruct } from '../kernel/mm/mm_types.ts';
import { type MmuNotifier, mmuNotifierInit, mmuNotifierRegister, mmuNotifierUnregister } from '../kernel/mm/mmu_notifier.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { scheduleTimeoutUninterruptible } from '../kernel/sched/wait.ts';
import { touchRange } from './anon.ts';
import { namedMutex } from './named_mutex.ts';
import { startProcess, startThread } from './process.ts';
import { FOR_EVER, num, PAGES_PER_MIB, type Parameters, text, type Workload } from './workload.ts';

/** What a callback does: sleeps so long (for ever: -1), or refuses where it may not. */
interface SecondMmu { readonly sleepMs: number; readonly refuses: boolean }
/** Finding and dropping the second mappings of a range. Chosen. */
const ZAP_NS = 3000;
/** What making a virtual machine takes before it registers. Chosen. */
const CREATE_NS = 20_000;

const invalidateRangeStart = kfn('invalidate_range_start', function* (k: Kernel, mmu: SecondMmu, blockable: boolean): Timed<boolean> {
  yield spend(ns(ZAP_NS));
  if (mmu.sleepMs === 0) return true;
  if (k.decide('it would have to sleep and may not: -EAGAIN', mmu.refuses && !blockable)) return false;
  if (mmu.sleepMs < 0) for (;;) yield* scheduleTimeoutUninterruptible(k, jiffies(k.hz)); // for a device that does not answer
  yield* scheduleTimeoutUninterruptible(k, jiffies(Math.max(1, Math.ceil((mmu.sleepMs * k.hz) / 1000))));
  return true;
});
/** The system call that makes a virtual machine. */
const kvmCreateVm = kfn('kvm_create_vm', function* (k: Kernel, m: MmStruct, n: MmuNotifier): Timed<void> {
  yield spend(ns(CREATE_NS));
  yield* mmuNotifierRegister(k, m, n);
});
/** The last descriptor of it is closed. */
const kvmDestroyVm = kfn('kvm_destroy_vm', function* (k: Kernel, m: MmStruct, n: MmuNotifier): Timed<void> { yield* mmuNotifierUnregister(k, m, n); });
/** A system call that waits for a mutex, no matter which signals come. `hold`: with mmap_lock for reading or writing. */
const kvmVcpuIoctl = kfn('kvm_vcpu_ioctl', function* (k: Kernel, m: MmStruct, lock: string, hold: string): Timed<void> {
  const mmapLock = k.mm.sync.mmapLocks[m.id], mutex = namedMutex(k, lock);
  if (hold === 'write') yield* downWrite(k, mmapLock);
  if (hold === 'read') yield* downRead(k, mmapLock);
  yield* mutexLock(k, mutex);
  mutexUnlock(k, mutex);
  if (hold === 'write') upWrite(k, mmapLock);
  if (hold === 'read') upRead(k, mmapLock);
});
/** mmap() of another thread: waits for mmap_lock for writing behind whoever reads. */
const vmMmapPgoff = kfn('vm_mmap_pgoff', function* (k: Kernel, m: MmStruct): Timed<void> {
  const mmapLock = k.mm.sync.mmapLocks[m.id];
  yield* downWrite(k, mmapLock);
  upWrite(k, mmapLock);
});
const sleeps = (k: Kernel): Call<unknown> => clockNanosleep(k, FOR_EVER);

export const mmunotifier: Workload = {
  id: 'mmunotifier',
  doc: 'a process that a second MMU shares its pages with (a virtual machine): one of its threads registers a notifier',
  parameters: [
    { name: 'name', unit: '', default: 'vmm', doc: 'name of the process' },
    { name: 'mb', unit: 'MiB', default: 4, doc: 'how much it touches' },
    { name: 'start', unit: 'ms', default: 0, doc: 'when it begins' },
    { name: 'adj', unit: '', default: 0, min: -1000, max: 1000, doc: 'oom_score_adj' },
    { name: 'cpu', unit: '', default: -1, min: -1, doc: 'the CPU it is bound to; -1 = any' },
    { name: 'maps', unit: '', default: 0, doc: 'small mappings that it has besides, of which nothing is touched: text, data, libraries' },
    { name: 'register', unit: 'ms', default: 0, min: -1, doc: 'when its second thread registers the notifier; -1 = never' },
    { name: 'jitter', unit: 'ms', default: 0, doc: 'it does so up to so much later, by chance' },
    { name: 'until', unit: 'ms', default: -1, min: -1, doc: 'when it takes it back; -1 = never' },
    { name: 'sleep', unit: 'ms', default: 0, min: -1, doc: 'how long the callback sleeps; -1 = for ever' },
    { name: 'again', unit: '', default: 1, max: 1, doc: '1: a callback that would sleep and may not says so (-EAGAIN); 0: it sleeps all the same' },
    { name: 'safe', unit: '', default: 1, max: 1, doc: '1: it promises that its callback neither sleeps nor allocates' },
    { name: 'lock', unit: '', default: '', doc: 'a mutex that its first thread waits for, so that it cannot exit; none if empty' },
    { name: 'wait', unit: 'ms', default: 0, doc: 'when it begins to wait for it' },
    { name: 'hold', unit: '', default: 'nothing', doc: 'what it holds meanwhile: nothing, or mmap_lock to read or write', values: ['nothing', 'read', 'write'] },
    { name: 'writer', unit: '', default: 0, max: 1, doc: '1: another thread asks for mmap_lock for writing, 1 ms later' },
  ],
  start(k: Kernel, p: Parameters): void {
    const of = (name: string): number => num(mmunotifier, p, name), pages = Math.floor(of('mb') * PAGES_PER_MIB), lock = text(p, 'lock', ''), mmu: SecondMmu = { sleepMs: of('sleep'), refuses: of('again') > 0 };
    const notifier: MmuNotifier = { safe: of('safe') > 0, invalidateRangeStart: (k, blockable) => invalidateRangeStart(k, mmu, blockable) };
    const at = of('register') < 0 ? -1 : ns(Math.round((of('register') + (of('jitter') * k.chance.below(1000)) / 1000) * 1e6)), waitAt = ns(of('wait') * 1e6);
    mmuNotifierInit(k);
    startProcess(k, { ...p, name: p.name ?? 'vmm' }, function* main(_k, m): Timed<void> {
      for (let i = 0; i < of('maps'); i++) mmap(m, 1, 'anon');
      const vma = mmapPrivate(k, m, pages, { noreserve: true }), leader = k.current;
      if (vma === null || !(yield* touchRange(k, m, vma, 0, pages, 0))) return;
      if (at >= 0) yield* startThread(k, leader, m, `${leader.comm} vcpu`, function* vcpu(): Timed<void> {
        if (k.now < at) yield* clockNanosleep(k, ns(at));
        yield* kvmCreateVm(k, m, notifier);
        if (of('until') >= 0 && (yield* clockNanosleep(k, ns(of('until') * 1e6)))) yield* kvmDestroyVm(k, m, notifier);
        yield* sleeps(k);
      });
      if (of('writer') > 0) yield* startThread(k, leader, m, `${leader.comm} mmap`, function* writer(): Timed<void> {
        yield* clockNanosleep(k, ns(Math.max(k.now, waitAt) + 1e6));
        yield* vmMmapPgoff(k, m);
        yield* sleeps(k);
      });
      if (lock === '') { yield* sleeps(k); return; }
      if (k.now < waitAt) yield* clockNanosleep(k, waitAt);
      yield* kvmVcpuIoctl(k, m, lock, text(p, 'hold', 'nothing'));
      yield* sleeps(k);
    });
  },
};
