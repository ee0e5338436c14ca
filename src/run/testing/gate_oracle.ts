/**
 * What becomes of one request on a machine that is full to the page, from the kernel's documentation alone (kernel reference 2.1, 4.1 to 4.5, 6.1 to 6.4, 7.1):
 * every zone stands at MIN with whole blocks up to order 6, per-CPU lists are empty, nothing can be reclaimed, there is no swap; somebody else can be killed. It
 * knows names of flags and numbers, and no code of the model.
 */
export type Profile = 'v4.13' | 'v4.17' | 'v5.9' | 'v6.1' | 'v6.12';
export type Place = 'inside' | 'outside-mutex' | 'outside-rwsem';
/** `task`: a kernel thread; a process; one that would be chosen itself; one with a SIGKILL pending or that exits. */
export interface Question {
  readonly profile: Profile; readonly place: Place; readonly base: 'KERNEL' | 'NOFS' | 'NOIO' | 'USER' | 'ATOMIC' | 'NOWAIT'; readonly flags: readonly string[]; readonly order: number;
  readonly zone: 'Normal' | 'DMA32' | 'DMA'; readonly task: 'kthread' | 'user' | 'best victim' | 'dying'; readonly pf: '-' | 'memalloc' | 'dumpcore' | 'nofs'; readonly state: '-' | 'pm_suspended' | 'oom_disabled';
}
/** `loops`: it never returns. `reclaims`: of one round, or of the whole. `rounds`: out_of_memory() is called in each round of a loop. */
export interface Answer { readonly end: 'page' | 'null' | 'loops'; readonly reclaims: number; readonly asked: boolean; readonly notifiers: boolean; readonly killed: boolean; readonly gate: string }

const LARGEST = 6, COSTLY = 3;
/** 4.3 t6 to t10 and 4.5: on 6.x, where free pages count as reclaimable, 16 more rounds promise something while a block of the order is there; before that none does. */
const rounds = (q: Question): number => (q.profile.startsWith('v6') && q.order <= LARGEST ? 17 : 1);
const has = (q: Question, flag: string): boolean => q.flags.includes(flag);
const answer = (end: Answer['end'], gate: string, reclaims = 0, oom: Partial<Answer> = {}): Answer => ({ end, gate, reclaims, asked: false, notifiers: false, killed: false, ...oom });

/** 2.4: may it go below MIN? `half` by __GFP_HIGH. */
function reserve(q: Question): 'all' | 'half' | 'none' {
  if (!has(q, 'NOMEMALLOC') && (has(q, 'MEMALLOC') || q.pf === 'memalloc')) return 'all';
  return q.base === 'ATOMIC' || has(q, 'HIGH') ? 'half' : 'none';
}
export function oracle(q: Question): Answer {
  const direct = q.base !== 'ATOMIC' && q.base !== 'NOWAIT', blocks = q.order <= LARGEST;
  if (reserve(q) !== 'none' && blocks) return answer('page', 't3: below MIN');
  if (!direct) return answer('null', 't4: it may not wait');
  return withReclaim(q, blocks);
}
/** The nopage label, n1 to n3: __GFP_NOFAIL looks a quarter below MIN and goes back. */
function nopage(q: Question, gate: string, reclaims: number, blocks: boolean): Answer {
  if (!has(q, 'NOFAIL')) return answer('null', gate, reclaims);
  return blocks ? answer('page', `${gate}; n2: NOFAIL, below MIN`, reclaims) : answer('loops', `${gate}; n2: NOFAIL`, reclaims);
}
function withReclaim(q: Question, blocks: boolean): Answer {
  const costly = q.order > COSTLY, io = !['NOIO'].includes(q.base) && q.state !== 'pm_suspended', compacts = q.profile !== 'v6.12' || io;
  if (costly && has(q, 'NORETRY') && !q.profile.startsWith('v4') && compacts && q.pf !== 'memalloc') return nopage(q, 'r4: compaction cannot help, NORETRY', 0, blocks);
  if (q.pf === 'memalloc') return nopage(q, 't5: PF_MEMALLOC', 0, blocks);
  if (has(q, 'NORETRY')) return nopage(q, 't8: NORETRY', 1, blocks);
  if (costly && (!has(q, 'RETRY_MAYFAIL') || !compacts)) return nopage(q, 't9: costly', 1, blocks);
  return mayOom(q, blocks);
}
/** 6.1 step 4, 6.2: the gates before out_of_memory(). */
function stopped(q: Question): string | null {
  if (q.pf === 'dumpcore') return 'a: PF_DUMPCORE';
  if (q.order > COSTLY) return 'b: costly';
  if (has(q, 'RETRY_MAYFAIL')) return 'c: RETRY_MAYFAIL';
  if (q.zone !== 'Normal') return 'd: only low zones';
  if (q.state === 'pm_suspended') return 'e: suspended storage';
  return has(q, 'THISNODE') ? 'g: THISNODE' : null;
}
/** out_of_memory() of 7.1 and what may_oom makes of it. Before oom_lock the chain is called for whoever passes the gates (6.3); inside, after the killer's own switch (7.1, step 2). */
function mayOom(q: Question, blocks: boolean): Answer {
  const gate = stopped(q), reclaims = rounds(q);
  if (gate !== null) return nopage(q, gate, reclaims, blocks);
  const off = q.state === 'oom_disabled', called = { asked: true, notifiers: q.place !== 'inside' || !off };
  if (off) return answer(has(q, 'NOFAIL') ? 'page' : 'null', '1: the killer is disabled', reclaims, called);
  if (q.task === 'dying') return answer(reserveOfVictim(q) ? 'page' : 'null', '3: current is dying', reclaims, { ...called, killed: true });
  const fs = q.base !== 'NOFS' && q.base !== 'NOIO' && q.pf !== 'nofs';
  if (!fs) return has(q, 'NOFAIL') ? answer('page', '4: no __GFP_FS; NOFAIL', reclaims, called) : answer('loops', '4: no __GFP_FS', reclaims, called);
  if (q.task === 'best victim') return answer(reserveOfVictim(q) ? 'page' : 'null', '10: kills itself', reclaims, { ...called, killed: true });
  return answer('page', '10: kills', reclaims, { ...called, killed: true });
}
/** 2.4 and t14: a victim's own request goes on below MIN, unless it must not touch reserves; __GFP_NOFAIL has them from may_oom (6.1 step 5). */
const reserveOfVictim = (q: Question): boolean => !has(q, 'NOMEMALLOC') || has(q, 'NOFAIL');
