import fc from 'fast-check';
import { expect, test } from 'vitest';
import { must, ns } from '../base/units.ts';
import type { MachineShape } from '../format/machine.ts';
import { applyColumns, emptyState, LOCK_CELLS, type MachineState, TASK_CELLS } from '../format/state.ts';
import { livepatch, type Patch } from '../sim/kfn.ts';
import type { BareConfig } from './bare.ts';
import { checkInvariants, observeSched, type Observation } from './check.ts';
import { type Kernel, type Preemption, spend } from './kernel.ts';
import { queue, take } from './locking/lock.ts';
import { mutexLockCommon } from './locking/mutex.ts';
import { rwsemDownWriteSlowpath } from './locking/rwsem.ts';
import { nativeQueuedSpinLockSlowpath } from './locking/spinlock.ts';
import { OPS, randomWorld, type Setup } from './random_world.ts';
import { schedule, setCurrentState } from './sched/core.ts';
import { doSoftirq } from './sched/softirq.ts';
import { DEAD, type Policy } from './sched/task.ts';

const STEPS = 5000;
/** Small here; `SIM_RUNS=5000 npx vitest run src/kernel/properties.test.ts` soaks. */
const RUNS = Number(process.env['SIM_RUNS'] ?? 60);

const op = fc.noBias(fc.record({ kind: fc.constantFrom(...OPS), n: fc.integer({ min: 0, max: 4_000_000 }), i: fc.integer({ min: 0, max: 2 }) }));
const program = fc.record({
  policy: fc.constantFrom<Policy>('fifo', 'normal', 'normal', 'idle'), prio: fc.integer({ min: 1, max: 5 }), weight: fc.constantFrom(335, 1024, 3121),
  ops: fc.array(op, { minLength: 2, maxLength: 12, size: 'max' }),
});
const setups: fc.Arbitrary<Setup> = fc.record({
  cpus: fc.integer({ min: 1, max: 4 }), hz: fc.constantFrom(100, 250, 1000), preempt: fc.constantFrom<Preemption>('none', 'full', 'rt'), wheel: fc.constantFrom('exact', 'levels'),
  seed: fc.integer({ min: 1, max: 1e9 }), irqEveryNs: fc.integer({ min: 50_000, max: 3_000_000 }), programs: fc.array(program, { minLength: 2, maxLength: 7, size: 'max' }),
});
function explain(e: unknown, k: Kernel): Error {
  const where = k.cpus.map((c) => `cpu${c.index} ${c.current.comm}: ${k.stackNames(c.top.stack).join(' < ')}`);
  return new Error(`${e instanceof Error ? e.message : String(e)} (event ${k.events}, t ${k.now} ns)\n${where.join('\n')}`, { cause: e });
}
function run(s: Setup, check: (k: Kernel) => void, more: BareConfig = {}): Kernel {
  const k = randomWorld(s, more);
  try { for (let n = 0; n < STEPS && k.running > 0 && k.step(); n++) check(k); } catch (e) { throw explain(e, k); }
  return k;
}
const nothing = (): void => {};

test('nobody is in two places, locks have one holder, time adds up, no wake-up is lost', () => {
  fc.assert(fc.property(setups, (s) => { run(s, checkInvariants); }), { numRuns: RUNS });
});
test('and so under EEVDF, where who sleeps with a debt is counted on', () => {
  let owed = 0;
  fc.assert(fc.property(setups, (s) => { run(s, (k) => { checkInvariants(k); owed += k.rqs.some((rq) => rq.delayed.length > 0) ? 1 : 0; }, { fairness: 'eevdf' }); }), { numRuns: RUNS });
  expect(owed).toBeGreaterThan(100);
});
test.each(['cfs', 'eevdf'] as const)('every program ends under %s: no random program may hang', (fairness) => {
  fc.assert(fc.property(setups, (s) => {
    const k = randomWorld(s, { fairness });
    try { for (let n = 0; n < 400_000 && k.running > 0; n++) if (!k.step()) break; } catch (e) { throw explain(e, k); }
    const left = k.tasks.filter((t) => !t.daemon && t.state !== DEAD).map((t) => `${t.comm} ${t.state} ${k.stackNames(t.stack).join(' < ')}`);
    expect(left).toEqual([]);
  }), { numRuns: RUNS });
});
test('the same machine has the same history, with a second one running between its steps', () => {
  fc.assert(fc.property(setups, setups, (s, other) => {
    const alone = run(s, nothing), b = randomWorld(other), between = run(s, () => { b.step(); });
    const bAlone = randomWorld(other);
    for (let n = 0; bAlone.events < b.events && n < STEPS; n++) bAlone.step();
    expect(between.recorder.digest).toBe(alone.recorder.digest);
    expect(between.events).toBe(alone.events);
    if (bAlone.events === b.events && bAlone.recorder.rows === b.recorder.rows) expect(bAlone.recorder.digest).toBe(b.recorder.digest);
  }), { numRuns: RUNS });
});

/** The fold of all rows so far, in the terms of observeSched(). */
function folded(s: MachineState, k: Kernel): Observation {
  const T = TASK_CELLS, L = LOCK_CELLS, task = (t: number, c: number): number => s.tasks[t * T.size + c];
  const lock = (l: number, c: number, none: number): number => ((l + 1) * L.size <= s.locks.length ? s.locks[l * L.size + c] : none);
  return {
    tasks: k.tasks.map((t) => ({ id: t.id, state: task(t.id, T.state), cpu: task(t.id, T.cpu), waitsFor: task(t.id, T.waitsFor) })),
    locks: k.locks.map((l) => ({ id: l.id, owner: lock(l.id, L.owner, -1), holders: lock(l.id, L.holders, 0), waiters: lock(l.id, L.waiters, 0) })),
    current: [...s.current], context: [...s.context],
  };
}
const shape = (k: Kernel): MachineShape => ({ profile: '', kernel: '', cpus: k.cpus.length, hz: k.hz, preempt: k.preempt, zones: [], frames: 0, swapPages: 0 });

test('recording changes nothing, and the fold of the rows is the machine as it was', () => {
  fc.assert(fc.property(setups, fc.integer({ min: 1, max: 97 }), (s, every) => {
    const seen: [number, Observation][] = [];
    let n = 0;
    const k = run(s, (m) => { if (++n % every === 0) seen.push([m.recorder.rows, observeSched(m)]); }, { keep: 'all' });
    k.recorder.flush();
    expect(k.recorder.digest).toBe(run(s, nothing).recorder.digest);
    const state = emptyState(shape(k));
    for (const [row, was] of seen) {
      for (const c of k.recorder.chunks) if (c.first + c.length > state.row && state.row < row) applyColumns(state, k.cpus.length, c, Math.min(row, c.first + c.length));
      const now = folded(state, k);
      expect(now.tasks.slice(0, was.tasks.length)).toEqual(was.tasks);
      expect(now.locks).toEqual(was.locks.map((l, i) => ({ ...l, owner: l.holders > 1 || k.locks[i].kind === 'semaphore' || now.locks[i].owner === -1 && l.holders > 0 ? now.locks[i].owner : l.owner })));
      expect(now.current).toEqual(was.current);
      expect(now.context).toEqual(was.context);
    }
  }), { numRuns: Math.ceil(RUNS / 3) });
});

// Faults planted in a running machine: each must be seen by the judge, or the judge is worth nothing.
const faults: Record<string, (k: Kernel) => boolean> = {
  'a task is put into a second queue': (k) => {
    const t = k.rqs.flatMap((r) => r.list).at(0);
    if (t === undefined) return false;
    k.rqs[0].list.push(t);
    return true;
  },
  'a task runs on two CPUs': (k) => {
    const c = k.cpus.find((x) => x.current !== x.idle), d = k.cpus.find((x) => x !== c);
    if (c === undefined || d === undefined) return false;
    d.current = c.current;
    return true;
  },
  'a lock is given to a second holder': (k) => {
    const l = k.locks.find((x) => x.kind === 'mutex' && !x.free), t = k.tasks.find((x) => !x.daemon && x !== l?.owner);
    if (l === undefined || t === undefined) return false;
    l.owners.push(t);
    t.held.push(l);
    return true;
  },
  'an interrupted spend forgets a nanosecond': (k) => {
    const c = k.cpus.find((x) => x.end.slot >= 0 && x.top.left > 1);
    if (c === undefined) return false;
    c.top.left -= 1;
    return true;
  },
  'a nanosecond is charged twice': (k) => { k.cpus[0].usage[0] += 1; return true; },
  'a wake-up is dropped': (k) => {
    const t = k.rqs.flatMap((r) => r.list).find((x) => x.state === 0);
    if (t === undefined) return false;
    k.rqs[t.cpuIndex].remove(t);
    return true;
  },
  'a task that runs is counted as one that sleeps with a debt': (k) => {
    const c = k.cpus.find((x) => x.current !== x.idle);
    if (c === undefined) return false;
    k.rqs[c.index].delayed.push(c.current);
    return true;
  },
  'a waiter is lost from the queue of a lock': (k) => {
    const l = k.locks.find((x) => x.waiters.length > 0);
    if (l === undefined) return false;
    must(l.waiters.pop(), 'a waiter');
    return true;
  },
  'a boost is kept too long': (k) => {
    const t = k.tasks.find((x) => !x.daemon && x.held.length === 0 && x.prio > 10);
    if (t === undefined) return false;
    t.prio = 5;
    return true;
  },
};
for (const [name, plant] of Object.entries(faults)) {
  test(`the judge sees it when ${name}`, () => {
    let planted = 0;
    fc.assert(fc.property(setups, fc.integer({ min: 5, max: 400 }), (s, when) => {
      const k = randomWorld(s);
      for (let n = 0; n < when && k.running > 0; n++) k.step();
      for (let n = 0; n < 2000 && k.running > 0; n++, k.step()) { // until there is something to spoil
        checkInvariants(k);
        if (!plant(k)) continue;
        planted++;
        expect(() => checkInvariants(k)).toThrow();
        return;
      }
    }), { numRuns: Math.max(60, RUNS) });
    expect(planted).toBeGreaterThan(3);
  });
}

test('in an exploration, where anything armed may come next, the same things hold', () => {
  fc.assert(fc.property(setups, (s) => {
    const k = randomWorld(s, { explore: true, ticks: false });
    try {
      for (let n = 0; n < 1500 && k.running > 0 && k.agenda.heap.length > 0; n++) {
        k.stepThis(k.agenda.heap[k.chance.below(k.agenda.heap.length)]);
        checkInvariants(k);
      }
    } catch (e) { throw explain(e, k); }
  }), { numRuns: RUNS });
});

// Faulty bodies of the primitives: as livepatches, in machines that are otherwise right.
const patches: Record<string, Patch> = {
  'a mutex is taken without looking': livepatch(mutexLockCommon, function* (k, m) {
    take(k, m, k.current);
    return true;
  }),
  'a mutex sleeps without a last look': livepatch(mutexLockCommon, function* (k, m, state) {
    const w = queue(k, m, true);
    while (!w.granted) {
      setCurrentState(k, state);
      yield* schedule(k);
    }
    return true;
  }),
  'a spinner does not wait': livepatch(nativeQueuedSpinLockSlowpath, function* (k, l) {
    l.holder = k.cpu.top;
    take(k, l, k.current);
  }),
  'a writer passes readers': livepatch(rwsemDownWriteSlowpath, function* (k, s) {
    s.writer = k.current;
    take(k, s, k.current);
    return true;
  }),
  'a softirq forgets what is pending': livepatch(doSoftirq, function* (k) { yield spend(ns(100)); k.cpu.attention |= 2; }),
};
for (const [name, patch] of Object.entries(patches)) {
  test(`a faulty livepatch is found when ${name}`, () => {
    let found = 0;
    for (const s of fc.sample(setups, { numRuns: 60, seed: 1 })) {
      const full: Setup = { ...s, preempt: 'full' };
      if (run(full, nothing).running > 0) continue;
      try { if (run(full, checkInvariants, { variants: [{ id: 'faulty', patches: [patch] }] }).running > 0) found++; } catch { found++; } // a hang counts
    }
    expect(found).toBeGreaterThan(2);
  });
}
