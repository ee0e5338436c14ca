import { rawLockNesting as story } from '../scenarios/raw_lock_nesting.ts';
import { type Experiment, type Variant, withWorkload } from './experiment.ts';
import type { View } from './view.ts';

const POLICIES = ['inline-always', 'inline-if-preemptible', 'defer'] as const;
const variantsOf = (preempt: string): Variant[] => POLICIES.map((policy) => ({ name: `${preempt}, ${policy.replace('inline-', '')}`, knobs: { preempt, 'kvfree.allocUnderLock': policy } }));
/** Times that a lock was asked for under one of an earlier wait type, one for each pair of classes. */
const invalid = (run: View): number => run.marks('invalid_wait_context').length;
const whileAtomic = (run: View): number => run.marks('sleeping_in_atomic').length + run.marks('scheduling_while_atomic').length;
/** One task, one lock, which is zone->lock. */
const selfDeadlock = ({ outcome }: View): boolean => outcome.ending === 'deadlock' && outcome.deadlocks.some((d) => d.tasks.length === 1 && d.locks.every((l) => l.startsWith('zone->lock')));
const objects = (run: View): number => run.marks('kvfree_call').length;
const freed = (run: View): number => run.marks('kvfree_free').length;
const goesOn = (run: View): boolean => run.outcome.ending === 'no-oom' && invalid(run) === 0 && whileAtomic(run) === 0 && objects(run) > 0 && freed(run) === objects(run);

export const rawLockNestingClaim: Experiment = {
  id: 'raw-lock-nesting',
  mail: story.mail ?? '',
  claim: 'kvfree_rcu() may not allocate where it stands: its caller may hold a lock of the allocator, and it cannot always tell.',
  verdict: 'holds',
  because: 'zone->lock is a spinlock_t and the lock of kvfree_rcu() a raw one: the page that is asked for inside wants a lock that may sleep on RT under one that may not, a fault by itself, of which lockdep tells on every kernel, and fatal on RT. Where the caller has zone->lock already, this CPU waits for itself. A look at the preempt count helps only where spin_lock() counts: with preemption, not without, and not on RT, where zone->lock is a sleeping lock. (The model takes zone->lock with interrupts on; real kernels switch them off, so that a look at irqs_disabled() too would spare zone->lock, and no lock that is taken without.) Left to a worker, it never happens.',
  inShort: 'none: deadlock unless deferred; full: deadlock only with always; rt: invalid wait context unless deferred',
  shows: 'selfDeadlocks',
  story,
  variants: ['none', 'full', 'rt'].flatMap(variantsOf),
  controls: [{ change: 'the probe\'s work is done by a thread that holds nothing', seeds: 10, edit: (s) => withWorkload(s, 'mapprobe', { locked: 0 }) }],
  figures: (run) => ({
    selfDeadlocks: selfDeadlock(run) ? 1 : 0, invalidWaitContexts: invalid(run), sleepsInAtomic: whileAtomic(run), objectsGivenBack: objects(run), objectsFreed: freed(run), pagesTakenInline: run.marks('kvfree_page').filter((m) => m.c === 1).length,
  }),
  predicate: ([noneAlways, noneSeen, noneDefer, fullAlways, fullSeen, fullDefer, rtAlways, rtSeen, rtDefer]) =>
    [noneAlways, noneSeen, fullAlways].every(selfDeadlock) && [rtAlways, rtSeen].every((run) => invalid(run) > 0 && whileAtomic(run) > 0) && [noneDefer, fullSeen, fullDefer, rtDefer].every(goesOn),
};
