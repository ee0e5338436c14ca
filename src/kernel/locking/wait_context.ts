/**
 * kernel/locking/lockdep.c, check_wait_context(), with CONFIG_PROVE_RAW_LOCK_NESTING (5.7 on, from memory); here it stands in every version. Each kind of lock has a wait
 * type: raw ones spin under every configuration, spinlock_t and local_lock_t spin but sleep on RT, all others sleep. Under one type nothing may be asked for that
 * waits in a later one, whether it has to wait this time or not. That is told once for each pair of classes; lockdep itself falls silent after its first report.
 * On RT, asking for a sleeping spinlock_t where the CPU may not switch is told besides, and so is a real switch; and under all, a spinlock asked for by its holder.
 * A look takes no time. Left out: locks of interrupts that RT would thread (a handler counts as one that may take a spinlock_t, but not on RT, where this model does
 * not thread it), RCU readers as a wait context.
 */
import { HARDIRQ, SOFTIRQ } from '../../sim/kfn.ts';
import type { Kernel } from '../kernel.ts';
import type { Lock, LockKind } from './lock.ts';

/** LD_WAIT_SPIN, LD_WAIT_CONFIG, LD_WAIT_SLEEP. */
const WAIT = { spin: 2, config: 3, sleep: 4 } as const;
type WaitType = (typeof WAIT)[keyof typeof WAIT];
const TYPE_OF: Readonly<Record<LockKind, WaitType>> = { raw_spinlock: WAIT.spin, spinlock: WAIT.config, local_lock: WAIT.config, mutex: WAIT.sleep, rwsem: WAIT.sleep, semaphore: WAIT.sleep };
const WORDS: Readonly<Record<WaitType, string>> = { [WAIT.spin]: 'spin', [WAIT.config]: 'config', [WAIT.sleep]: 'sleep' };
/** Where a lock is named in a mark: a context instead of one that is held. */
export const IN_HARDIRQ = -1, IN_SOFTIRQ = -2, IRQS_OFF = -3;
const CONTEXT_WORDS: Readonly<Record<number, string>> = { [IN_HARDIRQ]: 'in a hardirq', [IN_SOFTIRQ]: 'in a softirq', [IRQS_OFF]: 'with interrupts off' };
const WARNING = 4, ERR = 3;

const classOf = (l: Lock): string => l.name.split(' ')[0];
/** Once a machine for each text. */
function isNew(k: Kernel, what: string): boolean {
  if (k.lockReports.has(what)) return false;
  k.lockReports.add(what);
  return true;
}
/** What a handler does not hold: the locks of what it interrupted. */
const inThisContext = (k: Kernel, l: Lock): boolean => k.inTask || l.holder === k.cpu.top;

/** The narrowest wait type that current stands in: of what, and which. null = it may sleep. */
function narrowest(k: Kernel): { readonly type: WaitType; readonly of: Lock | number } | null {
  const { kind } = k.cpu.top;
  let type: WaitType = kind === HARDIRQ && k.preempt === 'rt' ? WAIT.spin : kind === HARDIRQ || kind === SOFTIRQ ? WAIT.config : WAIT.sleep;
  let of: Lock | number = kind === HARDIRQ ? IN_HARDIRQ : IN_SOFTIRQ;
  for (const l of k.current.held) if (TYPE_OF[l.kind] < type && inThisContext(k, l)) { type = TYPE_OF[l.kind]; of = l; }
  return type === WAIT.sleep ? null : { type, of };
}
/** Before a lock is asked for by whoever would wait for it; a trylock is not looked at. */
export function checkWaitContext(k: Kernel, l: Lock): void {
  if (k.inTask && k.current.held.length === 0) return;
  const wanted = TYPE_OF[l.kind], under = narrowest(k);
  if (under === null || wanted <= under.type) return;
  const { of, type } = under, outer = typeof of === 'number' ? CONTEXT_WORDS[of] : `while ${of.name} (${WORDS[type]}) is held`;
  if (!isNew(k, `wait ${typeof of === 'number' ? of : classOf(of)} ${classOf(l)}`)) return;
  k.mark('invalid_wait_context', l.id, typeof of === 'number' ? of : of.id);
  k.printk(WARNING, '[ BUG: Invalid wait context ]');
  k.printk(WARNING, `${k.current.comm}/${k.current.pid} asks for ${l.name} (${WORDS[wanted]}) ${outer}`);
}
/** A spinlock asked for by whoever has it on this CPU: nobody will ever give it back. */
export function checkRecursion(k: Kernel, l: Lock): void {
  if (!isNew(k, `recursion ${classOf(l)}`)) return;
  k.printk(WARNING, 'WARNING: possible recursive locking detected');
  k.printk(WARNING, `${k.current.comm}/${k.current.pid} asks for ${l.name}, which it has on CPU ${k.cpu.index} already`);
}

/** in_atomic() or irqs_disabled(), on RT: the CPU may not switch to another task here. */
const atomic = (k: Kernel): boolean => !k.inTask || k.current.preemptCount !== 0 || k.cpu.irqsOff !== 0;
/** What forbids it: the last raw lock taken, else the handler or the interrupts. */
function because(k: Kernel): Lock | number {
  const raw = k.current.held.findLast((l) => l.kind === 'raw_spinlock' && inThisContext(k, l));
  if (raw !== undefined) return raw;
  return k.inTask ? IRQS_OFF : k.cpu.top.kind === HARDIRQ ? IN_HARDIRQ : IN_SOFTIRQ;
}
function tell(k: Kernel, mark: string, l: Lock, line: string): void {
  const of = because(k);
  if (!isNew(k, `${mark} ${typeof of === 'number' ? of : classOf(of)} ${classOf(l)}`)) return;
  k.mark(mark, l.id, typeof of === 'number' ? of : of.id);
  k.printk(ERR, line);
}
/** rtlock_might_resched(): RT, before a spinlock_t, whether it is free or not. */
export function rtlockMightResched(k: Kernel, l: Lock): void {
  if (!atomic(k)) return;
  const { current } = k;
  tell(k, 'sleeping_in_atomic', l, `BUG: sleeping function called from invalid context: in_atomic(): ${current.preemptCount + (k.inTask ? 0 : 1)}, irqs_disabled(): ${k.cpu.irqsOff}, pid: ${current.pid}, name: ${current.comm}`);
}
/** __schedule_bug(): RT, and the lock is not free. The switch is made all the same. */
export function scheduleBug(k: Kernel, l: Lock): void {
  if (!atomic(k)) return;
  tell(k, 'scheduling_while_atomic', l, `BUG: scheduling while atomic: ${k.current.comm}/${k.current.pid}/0x${(k.current.preemptCount + 1).toString(16).padStart(8, '0')}`);
}
