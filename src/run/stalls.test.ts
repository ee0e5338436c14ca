/**
 * Labelled worlds of locks: what gets stuck is named, what does not is left alone, and an order that could have hung is found where
 * nothing did. The labels are reasoned from the rules of the primitives (kernel/locking), never from what the watch said.
 *
 * Each world is also drawn as the page draws it, from the rows alone, and the picture must have the nodes and arrows of the label and no
 * others: those of its sentence, those of a line `also: ...` in the world for who stands outside the ring, and at another instant those
 * of `at 500: ...` (ms). A world that ends well ends with an empty picture.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { orderOf } from '../analysis/lock_order.ts';
import { breachWords, inversionWords } from '../analysis/order_words.ts';
import { ringWords } from '../analysis/ring_words.ts';
import { waitGraphAt } from '../analysis/wait_graph.ts';
import { checkInvariants } from '../kernel/check.ts';
import type { Preemption } from '../kernel/kernel.ts';
import { DEAD } from '../kernel/sched/task.ts';
import { deadlocksOf } from './progress.ts';
import { describedArrows, drawnArrows } from './testing/drawn_rings.ts';
import { lockWorld } from './testing/lock_worlds.ts';

/** `self-deadlock`: a CPU asks for a spinlock that it has itself. `invalid wait context`, `atomic`: nothing hangs, but a lock was asked for where its kind may not be, or, on RT, where the CPU may not switch. */
type Label = 'deadlock' | 'self-deadlock' | 'livelock' | 'starvation' | 'invalid wait context' | 'atomic' | 'inversion' | 'none';
/** What it is, its label, the world, and for what is stuck the sentence, for an inversion which locks, for a broken rule what it says. A spinlock whose name begins with q is raw. */
type Case = readonly [what: string, label: Label, world: string, words?: string, preempt?: Preemption];

const mutexes: readonly Case[] = [
  ['two locks, taken crosswise at once', 'deadlock', `
    A: lock:m 2 lock:n unlock:n unlock:m
    B: lock:n 2 lock:m unlock:m unlock:n`, 'A waits for n, held by B; B waits for m, held by A'],
  ['the same, one after the other', 'inversion', `
    A: lock:m 2 lock:n unlock:n unlock:m
    B: sleep50 lock:n 2 lock:m unlock:m unlock:n`, 'm n'],
  ['the same order in both', 'none', `
    A: lock:m 2 lock:n 2 unlock:n unlock:m
    B: lock:m 2 lock:n 2 unlock:n unlock:m`],
  ['crosswise, killably, and nobody kills', 'deadlock', `
    A: killable:m 2 killable:n unlock:n unlock:m
    B: killable:n 2 killable:m unlock:m unlock:n`, 'A waits for n, held by B; B waits for m, held by A'],
  ['crosswise, B waits without hearing a signal, and SIGKILL comes for it', 'deadlock', `
    A: lock:m 2 lock:n unlock:n unlock:m
    B: lock:n 2 lock:m unlock:m unlock:n
    K: sleep2000 kill:B`, 'A waits for n, held by B; B waits for m, held by A'],
  ['crosswise, B waits killably, and SIGKILL comes for it', 'inversion', `
    A: lock:m 2 lock:n unlock:n unlock:m
    B: lock:n 2 killable:m unlock:m unlock:n
    K: sleep2000 kill:B`, 'm n'],
  ['a ring of three', 'deadlock', `
    A: lock:m 2 lock:n
    B: lock:n 2 lock:o
    C: lock:o 2 lock:m`, 'A waits for n, held by B; B waits for o, held by C; C waits for m, held by A'],
  ['a chain of three, whose last goes on', 'none', `
    A: lock:m 2 lock:n unlock:n unlock:m
    B: lock:n 2 lock:o unlock:o unlock:n
    C: lock:o 50 unlock:o
    at 10: A waits for n, held by B; B waits for o, held by C`],
  ['three that could have been a ring, one by one', 'inversion', `
    A: lock:m 2 lock:n unlock:n unlock:m
    B: sleep50 lock:n 2 lock:o unlock:o unlock:n
    C: sleep99 lock:o 2 lock:m unlock:m unlock:o`, 'm n o'],
  ['a third who only queues behind the ring', 'deadlock', `
    A: lock:m 2 lock:n
    B: lock:n 2 lock:m
    C: sleep9 lock:m
    also: C waits for m`, 'A waits for n, held by B; B waits for m, held by A'],
  ['a lock taken twice by its holder', 'deadlock', `
    A: lock:m 2 lock:m`, 'A waits for m, held by itself'],
  ['B to L and again to B, below others, with A behind', 'deadlock', `
    B: lock:L 2 lock:o 1 lock:L
    A: sleep5 lock:L
    also: A waits for L`, 'B waits for L, held by itself'],
  ['five that queue for one lock', 'none', `
    A: lock:m 20 unlock:m
    B: lock:m 20 unlock:m
    C: lock:m 20 unlock:m
    D: lock:m 20 unlock:m
    E: lock:m 20 unlock:m
    at 50: D waits for m, held by C; E waits for m`],
  ['a ring that closes after the others have worked for three seconds', 'deadlock', `
    A: lock:m sleep1500 lock:n
    B: lock:n sleep1500 lock:m
    C: work30`, 'A waits for n, held by B; B waits for m, held by A'],
  ['the holder sleeps for twelve seconds', 'none', `
    A: lock:m sleep12000 unlock:m
    B: sleep5 lock:m unlock:m
    at 6000: B waits for m, held by A`],
  ['the holder waits for one who will wake it after seven seconds', 'none', `
    A: lock:m await:q unlock:m
    B: sleep5 lock:m unlock:m
    C: sleep7000 wake:q
    at 3000: B waits for m, held by A`],
  ['nobody does anything', 'none', 'A: pause'],
  ['many do nothing, one with a lock that nobody wants', 'none', `
    A: lock:m pause
    B: pause`],
  ['crosswise on RT, where waiters lend their priority round the ring', 'deadlock', `
    A cpu0 fifo10: lock:m sleep5 lock:n
    B cpu1 fifo20: lock:n sleep5 lock:m`, 'A waits for n, held by B; B waits for m, held by A', 'rt'],
];
const retries: readonly Case[] = [
  ['A waits for L; who holds L tries oom_lock, which A holds', 'livelock', `
    A: lock:oom 2 lock:L unlock:L unlock:oom
    B: lock:L 4 try:oom unlock:oom unlock:L`, 'A waits for L, held by B; B tries oom again and again, held by A'],
  ['the same, without naps', 'livelock', `
    A: lock:oom 2 lock:L unlock:L unlock:oom
    B: lock:L 4 busytry:oom unlock:oom unlock:L`, 'A waits for L, held by B; B tries oom again and again, held by A'],
  ['the same, with naps of a tenth of a second', 'livelock', `
    A: lock:oom 2 lock:L unlock:L unlock:oom
    B: lock:L 4 slowtry:oom unlock:oom unlock:L`, 'A waits for L, held by B; B tries oom again and again, held by A'],
  ['the same, but B gives up after twenty tries', 'inversion', `
    A: lock:oom 2 lock:L unlock:L unlock:oom
    B: lock:L 4 try20:oom unlock:oom unlock:L
    at 100: A waits for L, held by B; B tries oom again and again, held by A`, 'oom L'],
  ['the same, but B gives up after forty slow ones: four seconds', 'inversion', `
    A: lock:oom 2 lock:L unlock:L unlock:oom
    B: lock:L 4 slowtry40:oom unlock:oom unlock:L`, 'oom L'],
  ['both try', 'livelock', `
    A: lock:m 2 try:n unlock:n unlock:m
    B: lock:n 2 try:m unlock:m unlock:n`, 'A tries n again and again, held by B; B tries m again and again, held by A'],
  ['a ring of three with one that tries', 'livelock', `
    A: lock:m 2 lock:n
    B: lock:n 2 lock:o
    C: lock:o 2 try:m`, 'A waits for n, held by B; B waits for o, held by C; C tries m again and again, held by A'],
  ['ten more who try and hold nothing', 'livelock', `
    A: lock:oom 2 lock:L
    B: lock:L 4 try:oom
    C: sleep9 try:oom
    D: sleep9 try:oom
    E: sleep9 try:oom
    also: C tries oom again and again; D tries oom again and again; E tries oom again and again`, 'A waits for L, held by B; B tries oom again and again, held by A'],
  ['the holder computes for six seconds, another keeps trying', 'none', `
    A: lock:m 6000 unlock:m
    B: sleep5 try:m unlock:m
    at 3000: B tries m again and again, held by A`],
  ['the holder sleeps for twelve seconds, another keeps trying', 'none', `
    A: lock:m sleep12000 unlock:m
    B: sleep5 try:m unlock:m
    at 6000: B tries m again and again, held by A`],
  ['one keeps losing to others who take turns', 'none', `
    A: lock:m sleep400 unlock:m lock:m sleep400 unlock:m lock:m sleep400 unlock:m lock:m sleep400 unlock:m
    B: lock:m sleep400 unlock:m lock:m sleep400 unlock:m lock:m sleep400 unlock:m lock:m sleep400 unlock:m
    C: sleep5 slowtry:m unlock:m
    at 200: B waits for m, held by A`],
  ['a unit of a semaphore instead of oom_lock', 'livelock', `
    A: down:s1 2 lock:L
    B: lock:L 4 try:s1`, 'A waits for L, held by B; B tries s1 again and again, held by A'],
  ['a write trylock against a reader who waits for us', 'livelock', `
    A: read:r 2 lock:L
    B: lock:L 4 trywrite:r`, 'A waits for L, held by B; B tries r again and again, held by A'],
  ['a read trylock that a queued writer keeps out', 'livelock', `
    A: read:r 6 lock:L
    W: sleep1 write:r
    B: lock:L 4 tryread:r`, 'A waits for L, held by B; B tries r again and again, behind W; W waits for r, held by A'],
  ['the same on RT, where readers pass: a trylock that wins waits for nobody, and orders nothing', 'none', `
    A: read:r 6 lock:L unlock:L upread:r
    W: sleep1 write:r upwrite:r
    B: lock:L 4 tryread:r upread:r unlock:L`, '', 'rt'],
  ['the same with a lock that waits where it could have tried', 'inversion', `
    A: read:r 6 lock:L unlock:L upread:r
    B: lock:L 4 read:r upread:r unlock:L`, 'r L'],
  ['both orders, the second only by a trylock that wins', 'none', `
    A: lock:m 2 lock:n unlock:n unlock:m
    B: sleep50 lock:n 2 try:m unlock:m unlock:n`],
];
const rwsems: readonly Case[] = [
  ['a writer takes it again', 'deadlock', 'A: write:r 2 write:r', 'A waits for r, held by itself'],
  ['a reader wants to write', 'deadlock', 'A: read:r 2 write:r', 'A waits for r, held by itself'],
  ['a reader reads again, and nobody writes', 'inversion', 'A: read:r 2 read:r upread:r upread:r', 'r'],
  ['a reader reads again, behind a queued writer', 'deadlock', `
    A: read:r 9 read:r
    W: sleep3 write:r`, 'A waits for r, behind W; W waits for r, held by A'],
  ['the same on RT, where readers pass', 'inversion', `
    A: read:r 9 read:r upread:r upread:r
    W: sleep3 write:r upwrite:r`, 'r', 'rt'],
  ['a reader waits for one who wants to read, behind a queued writer', 'deadlock', `
    A: read:r 9 lock:m
    W: sleep3 write:r
    B: lock:m 6 read:r`, 'A waits for m, held by B; B waits for r, behind W; W waits for r, held by A'],
  ['the same without the writer', 'inversion', `
    A: read:r 9 lock:m unlock:m upread:r
    B: lock:m 6 read:r upread:r unlock:m`, 'r m'],
  ['the same on RT', 'inversion', `
    A: read:r 9 lock:m unlock:m upread:r
    W: sleep3 write:r upwrite:r
    B: lock:m 6 read:r upread:r unlock:m`, 'r m', 'rt'],
  ['of three readers one waits for what the writer holds', 'deadlock', `
    A: read:r 20 upread:r
    B: read:r 20 lock:m
    C: read:r 20 upread:r
    W: lock:m 5 write:r`, 'B waits for m, held by W; W waits for r, held by B'],
  ['three readers, and a writer who waits for the last of them', 'none', `
    A: read:r sleep20 upread:r
    B: read:r sleep2000 upread:r
    C: read:r sleep7000 upread:r
    W: sleep5 write:r upwrite:r
    at 1000: W waits for r, held by B and C`],
  ['the notifier chain under a read lock: B to L, the chain, and L again, with A behind', 'deadlock', `
    B: lock:L 2 read:r lock:L
    A: sleep5 read:r lock:L
    also: A waits for L`, 'B waits for L, held by itself'],
];
const others: readonly Case[] = [
  ['spinlocks, crosswise', 'deadlock', `
    A cpu0: spin:x 2 spin:xx
    B cpu1: spin:xx 2 spin:x`, 'A waits for xx, held by B; B waits for x, held by A'],
  ['a spinlock taken twice', 'self-deadlock', 'A cpu0: spin:x 2 spin:x', 'A waits for x, held by itself'],
  ['a spinlock whose holder is interrupted by a handler that wants it', 'self-deadlock', `
    A cpu0: spin:x 20 unspin:x
    irq cpu0 5 x`, 'A waits for x, held by itself'],
  ['the same lock wanted by a handler on another CPU', 'none', `
    A cpu0: spin:x 20 unspin:x
    irq cpu1 5 x
    at 10: swapper/1 waits for x, held by A`],
  ['spinlocks of RT, crosswise', 'deadlock', `
    A cpu0: spin:x 2 spin:xx
    B cpu1: spin:xx 2 spin:x`, 'A waits for xx, held by B; B waits for x, held by A', 'rt'],
  ['four that spin for one lock', 'none', `
    A cpu0: spin:x 20 unspin:x
    B cpu1: spin:x 20 unspin:x
    C cpu2: spin:x 20 unspin:x
    D cpu3: spin:x 20 unspin:x
    at 10: B waits for x, held by A; C waits for x; D waits for x`],
  ['semaphores as mutexes, crosswise', 'deadlock', `
    A: down:s1 2 lock:m
    B: lock:m 2 down:s1`, 'A waits for m, held by B; B waits for s1, held by A'],
  ['a semaphore of two units: one holder goes on', 'inversion', `
    A: down:s2 4 lock:m unlock:m up:s2
    C: down:s2 sleep50 up:s2
    B: lock:m 4 down:s2 up:s2 unlock:m
    at 20: A waits for m, held by B; B waits for s2, held by A and C`, 's2 m'],
  ['a semaphore of two units: both holders wait for who wants one', 'deadlock', `
    A: down:s2 9 lock:m
    C: down:s2 9 lock:m
    B: lock:m 4 down:s2
    also: C waits for m, held by B; B waits for s2, held by C`, 'A waits for m, held by B; B waits for s2, held by A'],
  ['a semaphore that counts events: another gives after seven seconds', 'none', `
    C: up:s1 sleep7000 up:s1
    A: sleep5 down:s1 down:s1 down:s1
    at 3000: A waits for s1`],
  ['a completion whose maker wants what the waiter holds', 'deadlock', `
    c by B
    A: lock:m 2 wait:c
    B: sleep5 lock:m done:c`, 'A waits for c, held by B; B waits for m, held by A'],
  ['the same with a wait of a second', 'none', `
    c by B
    A: lock:m 2 waitfor1s:c unlock:m
    B: sleep5 lock:m done:c unlock:m
    at 500: A waits for a time for c, held by B; B waits for m, held by A`],
  ['a completion that another may make as well', 'none', `
    c by B C
    A: lock:m 2 wait:c unlock:m
    B: sleep5 lock:m done:c unlock:m
    C: sleep7000 done:c
    at 3000: A waits for c, held by B and C; B waits for m, held by A`],
  ['a completion that comes after eight seconds, from nobody knows whom', 'none', `
    A: lock:m wait:c unlock:m
    B: sleep8000 done:c
    at 3000: A waits for c`],
  ['the parent of a vfork, whose child sleeps for eight seconds', 'none', `
    c by B
    A: wait:c
    B: sleep8000 done:c
    at 3000: A waits for c, held by B`],
];
const starved: readonly Case[] = [
  ['the holder is kept from its CPU by a real-time task that computes; an allocator waits', 'starvation', `
    H cpu0: lock:m 50 unlock:m
    F cpu0 fifo50: sleep5 20000
    W cpu1: sleep9 alloc lock:m unlock:m`, 'H is ready to run and gets no CPU; W waits for m, held by H'],
  ['the same; the allocator tries', 'starvation', `
    H cpu0: lock:m 50 unlock:m
    F cpu0 fifo50: sleep5 20000
    W cpu1: sleep9 alloc try:m unlock:m`, 'H is ready to run and gets no CPU; W tries m again and again, held by H'],
  ['the loop itself is the real-time task', 'starvation', `
    H cpu0: lock:m 50 unlock:m
    F cpu0 fifo50: sleep9 alloc busytry:m unlock:m`, 'H is ready to run and gets no CPU; F tries m again and again, held by H'],
  ['the computing ends after four seconds', 'none', `
    H cpu0: lock:m 50 unlock:m
    F cpu0 fifo50: sleep5 4000
    W cpu1: sleep9 alloc lock:m unlock:m
    at 3000: W waits for m, held by H`],
  ['a low holder, a middle one that computes, a high waiter', 'starvation', `
    H cpu0 fifo10: lock:m 50 unlock:m
    M cpu0 fifo20: sleep5 20000
    W cpu0 fifo30: sleep9 alloc lock:m unlock:m`, 'H is ready to run and gets no CPU; W waits for m, held by H'],
  ['the same on RT, where the waiter lends its priority', 'none', `
    H cpu0 fifo10: lock:m 50 unlock:m
    M cpu0 fifo20: sleep5 20000
    W cpu0 fifo30: sleep9 alloc lock:m unlock:m`, '', 'rt'],
  ['a SCHED_IDLE holder beside one that loops: it gets its small share', 'none', `
    H cpu0 idle: lock:m 6 unlock:m
    L cpu0: sleep2 alloc busytry:m unlock:m
    at 8: L tries m again and again, held by H`], // L wakes at the tick of 4 ms and has its turn until that of 12
  ['somebody is kept from its CPU, and nobody wants memory', 'none', `
    H cpu0: lock:m 50 unlock:m
    F cpu0 fifo50: sleep5 20000`],
  ['somebody whom nobody needs is kept from its CPU, while an allocator waits for its disk', 'none', `
    H cpu0: sleep2 50
    F cpu0 fifo50: sleep5 20000
    W cpu1: alloc nap4000`],
  ['an allocator is kept from its CPU', 'starvation', `
    W cpu0: alloc 50
    F cpu0 fifo50: sleep5 20000`, 'W is ready to run and gets no CPU'],
  ['the maker of a completion is kept from its CPU', 'starvation', `
    c by H
    H cpu0: 50 done:c
    F cpu0 fifo50: sleep5 20000
    W cpu1: sleep9 alloc wait:c`, 'H is ready to run and gets no CPU; W waits for c, held by H'],
];

/** By the reference, 6.3 and 6.4: from outside in sleeping locks, spinlock_t, raw ones; the reverse is an error under every configuration, and hurts on RT. */
const waitTypes: readonly Case[] = [
  ['a spinlock_t under a raw one', 'invalid wait context', 'A cpu0: spin:q spin:x unspin:x unspin:q', 'invalid wait context: x was asked for under q'],
  ['the same without preemption', 'invalid wait context', 'A cpu0: spin:q spin:x unspin:x unspin:q', 'invalid wait context: x was asked for under q', 'none'],
  ['the same on RT, where it may sleep though this time it need not', 'invalid wait context', 'A cpu0: spin:q spin:x unspin:x unspin:q', 'invalid wait context: x was asked for under q; sleeping in atomic: x, for which a task may sleep on RT, was asked for under q', 'rt'],
  ['the same on RT, and it must sleep', 'invalid wait context', `
    A cpu0: spin:x 20 unspin:x
    B cpu1: sleep5 spin:q spin:x unspin:x unspin:q
    at 10: B waits for x, held by A`, 'invalid wait context: x was asked for under q; sleeping in atomic: x, for which a task may sleep on RT, was asked for under q; scheduling while atomic: a task slept for x under q', 'rt'],
  ['twice the same mistake is told once', 'invalid wait context', 'A cpu0: spin:q spin:x unspin:x spin:x unspin:x unspin:q', 'invalid wait context: x was asked for under q'],
  ['below a mutex, which changes nothing', 'invalid wait context', 'A cpu0: lock:m spin:q spin:x unspin:x unspin:q unlock:m', 'invalid wait context: x was asked for under q'],
  ['a raw one under a spinlock_t', 'none', 'A cpu0: spin:x spin:q unspin:q unspin:x'],
  ['a raw one under a spinlock_t on RT', 'none', 'A cpu0: spin:x spin:q unspin:q unspin:x', '', 'rt'],
  ['raw under raw', 'none', 'A cpu0: spin:q spin:qq unspin:qq unspin:q', '', 'rt'],
  ['a spinlock_t under another, and both under a mutex', 'none', 'A cpu0: lock:m spin:x spin:xx unspin:xx unspin:x unlock:m', '', 'rt'],
  ['a spinlock_t that is only tried under a raw one: who does not wait has no wait type', 'none', 'A cpu0: spin:q tryspin:x unspin:x unspin:q'],
  ['a spinlock_t after the raw one', 'none', 'A cpu0: spin:q unspin:q spin:x unspin:x', '', 'rt'],
  ['a mutex under a spinlock_t on RT, where both sleep', 'invalid wait context', 'A cpu0: spin:x lock:m unlock:m unspin:x', 'invalid wait context: m was asked for under x', 'rt'],
  ['a rwsem to read under a spinlock_t on RT', 'invalid wait context', 'A cpu0: spin:x read:r upread:r unspin:x', 'invalid wait context: r was asked for under x', 'rt'],
  ['a semaphore under a spinlock_t on RT', 'invalid wait context', 'A cpu0: spin:x down:s1 up:s1 unspin:x', 'invalid wait context: s1 was asked for under x', 'rt'],
  ['a handler that takes a spinlock_t', 'none', `
    A cpu0: 20
    irq cpu0 5 x`],
  ['the same on RT, not threaded', 'invalid wait context', `
    A cpu0: 20
    irq cpu0 5 x`, 'invalid wait context: x was asked for in a hardirq; sleeping in atomic: x, for which a task may sleep on RT, was asked for in a hardirq', 'rt'],
  ['a handler that takes a raw one on RT', 'none', `
    A cpu0: 20
    irq cpu0 5 q`, '', 'rt'],
  ['a handler that takes a spinlock_t above a task with a raw one: it does not hold that', 'none', `
    A cpu0: spin:q 20 unspin:q
    irq cpu0 5 x`],
  ['interrupts off, and a spinlock_t', 'none', 'A cpu0: irqsoff spin:x unspin:x irqson'],
  ['the same on RT', 'atomic', 'A cpu0: irqsoff spin:x unspin:x irqson', 'sleeping in atomic: x, for which a task may sleep on RT, was asked for with interrupts off', 'rt'],
  ['the same on RT, and it must sleep', 'atomic', `
    A cpu0: spin:x 20 unspin:x
    B cpu1: sleep5 irqsoff spin:x unspin:x irqson
    at 10: B waits for x, held by A`, 'sleeping in atomic: x, for which a task may sleep on RT, was asked for with interrupts off; scheduling while atomic: a task slept for x with interrupts off', 'rt'],
  ['a raw spinlock taken twice', 'self-deadlock', 'A cpu0: spin:q 2 spin:q', 'A waits for q, held by itself', 'none'],
  ['a spinlock_t taken twice on RT, where its holder sleeps for itself', 'self-deadlock', 'A cpu0: spin:x 2 spin:x', 'A waits for x, held by itself', 'rt'],
  ['a raw spinlock taken twice on RT, with another CPU behind', 'self-deadlock', `
    A cpu0: spin:q 2 spin:q
    B cpu1: sleep5 spin:q
    also: B waits for q`, 'A waits for q, held by itself', 'rt'],
  ['a raw lock, the spinlock_t below it, and that again', 'self-deadlock', 'A cpu0: spin:x spin:q 2 spin:x', 'A waits for x, held by itself'],
  ['a spinlock asked for again after it was given back', 'none', 'A cpu0: spin:x 2 unspin:x spin:x unspin:x'],
];

const battery = { mutexes, retries, rwsems, 'spinlocks, semaphores, completions': others, starved, 'wait types': waitTypes };
const BROKEN = '[ BUG: Invalid wait context ]', AGAIN = 'WARNING: possible recursive locking detected';
describe.each(Object.entries(battery))('%s', (_, cases) => {
  test.each(cases.map((c) => [c[0], c[1], c] as const))('%s: %s', (_what, label, [, , world, words, preempt]) => {
    const { k, stall, trace } = lockWorld(world, preempt), order = orderOf(trace), { inversions } = order;
    checkInvariants(k);
    const log = k.recorder.log.map((l) => l.text), typed = order.breaches.filter((b) => ['wait', 'atomic', 'switch'].includes(b.rule));
    const broken: Label | null = typed.some((b) => b.rule === 'wait') ? 'invalid wait context' : typed.length > 0 ? 'atomic' : null;
    const found: Label = stall?.ending === 'deadlock' && log.includes(AGAIN) ? 'self-deadlock' : (stall?.ending ?? broken ?? (inversions.length > 0 ? 'inversion' : 'none'));
    expect(found).toBe(label);
    expect(log.includes(BROKEN)).toBe(typed.some((b) => b.rule === 'wait'));
    if (broken !== null && stall === null) expect(typed.map((b) => breachWords(order, b)).join('; ')).toBe(words);
    if (stall !== null) expect(ringWords(stall.rings[0])).toBe(words);
    else if (label === 'inversion') expect(inversions[0].map((e) => order.classes.names[e.held]).join(' ')).toBe(words);
    const graph = waitGraphAt(trace, trace.rows);
    expect(graph.starved.length > 0 ? 'starvation' : (graph.rings[0]?.kind ?? 'none')).toBe(stall?.ending ?? 'none');
    expect(drawnArrows(trace, trace.rows)).toEqual(describedArrows(stall === null ? '' : (words ?? ''), world, 'also'));
    for (const [, at] of world.matchAll(/^\s*at (\d+): /gm)) expect(drawnArrows(trace, trace.eventAt(Number(at) * 1e6)), at).toEqual(describedArrows('', world, `at ${at}`));
    if (label === 'none') for (let n = 0; n <= 24; n++) expect(waitGraphAt(trace, Math.floor((trace.rows * n) / 24)).rings, `event ${n}/24`).toEqual([]);
  });
});
test('there are at least forty, and each label has some', () => {
  const labels = Object.values(battery).flat().map((c) => c[1]), count = (l: Label): number => labels.filter((x) => x === l).length;
  expect(labels.length).toBeGreaterThanOrEqual(40);
  for (const l of ['deadlock', 'self-deadlock', 'livelock', 'starvation', 'invalid wait context', 'inversion', 'none'] as const) expect(count(l)).toBeGreaterThanOrEqual(6);
});
test('a picture that lacks an arrow, has one too many or another kind of arrow is noticed', () => {
  const world = `
    A: lock:oom 2 lock:L
    B: lock:L 4 try:oom
    C: sleep9 try:oom`, { trace } = lockWorld(world), drawn = drawnArrows(trace, trace.rows), ring = 'A waits for L, held by B; B tries oom again and again, held by A';
  expect(drawn).toEqual(describedArrows(`${ring}; C tries oom again and again`, world, 'also'));
  for (const wrong of [ring, `${ring}; C tries oom again and again; D waits for L`, `${ring}; C waits for oom`, `${ring}; C tries oom again and again; C is ready to run and gets no CPU`]) expect(drawn).not.toEqual(describedArrows(wrong, world, 'also'));
});
test('a ring of two does not end a run in which a third goes on, and is told at its end', () => {
  const { k, stall } = lockWorld('A: lock:m 2 lock:n\nB: lock:n 2 lock:m\nC: work400');
  expect(stall).toBeNull();
  expect(deadlocksOf(k).map(ringWords)).toEqual(['A waits for n, held by B; B waits for m, held by A']);
});
test('a run that is over before five seconds have passed says deadlock, but not yet livelock', () => {
  expect(lockWorld('A: lock:m 2 lock:n\nB: lock:n 2 lock:m', 'full', 2e9).stall?.ending).toBe('deadlock');
  expect(lockWorld('A: lock:m 2 lock:n\nB: lock:n 2 try:m', 'full', 2e9).stall).toBeNull();
});

/** Random programs that take locks inside each other and give them back in reverse. */
const TAKES = { m: ['lock', 'unlock'], n: ['lock', 'unlock'], R: ['read', 'upread'], W: ['write', 'upwrite'], s1: ['down', 'up'], s2: ['down', 'up'], x: ['sleep3', ''] } as const;
const task = fc.array(fc.tuple(fc.constantFrom(...(Object.keys(TAKES) as (keyof typeof TAKES)[])), fc.integer({ min: 0, max: 5 })), { minLength: 1, maxLength: 4 });
const nameOf = (what: string): string => (what === 'R' || what === 'W' ? 'r' : what);
const lineOf = (ops: readonly (readonly [keyof typeof TAKES, number])[]): string => {
  const locks = ops.filter(([what]) => what !== 'x');
  return [...ops.map(([what, ms]) => (what === 'x' ? TAKES.x[0] : `${TAKES[what][0]}:${nameOf(what)} ${ms}`)), ...locks.reverse().map(([what]) => `${TAKES[what][1]}:${nameOf(what)}`)].join(' ');
};
test('of random worlds without timeouts those hang that have a ring, and no others', () => {
  let hung = 0, ended = 0;
  fc.assert(fc.property(fc.array(task, { minLength: 2, maxLength: 5 }), fc.constantFrom<Preemption>('full', 'none', 'rt'), (tasks, preempt) => {
    const { k, stall } = lockWorld(tasks.map((ops, i) => `T${i}: ${lineOf(ops)}`).join('\n'), preempt, 2e9);
    checkInvariants(k);
    const hangs = k.tasks.some((t) => !t.daemon && t.state !== DEAD); // nothing in these worlds takes a second
    if (hangs) hung++; else ended++;
    expect(deadlocksOf(k).length > 0).toBe(hangs);
    expect(stall?.ending ?? 'none').toBe(hangs ? 'deadlock' : 'none');
  }), { numRuns: 400 });
  expect(Math.min(hung, ended)).toBeGreaterThan(50);
});
test('both inversions of a world are told in words', () => {
  const { k, trace } = lockWorld('A: lock:m 2 lock:n unlock:n unlock:m\nB: sleep50 lock:n 2 lock:m unlock:m unlock:n'), order = orderOf(trace);
  expect(order.inversions.map((i) => inversionWords(order, i, (id) => k.tasks[id].comm))).toEqual(['n under m, once by A; m under n, once by B']);
});
