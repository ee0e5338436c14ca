import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { askModel, faultsOf, nameOf, PLACES, PROFILES, questions } from './testing/gate_matrix.ts';
import { oracle, type Question } from './testing/gate_oracle.ts';

/** `npm run check:long gates` asks all; here one in so many of each variant, another one in each. */
const ONE_IN = 1499;
const [head, ...lines] = readFileSync(new URL('../../fixtures/probe/gates_v6.1.csv', import.meta.url), 'utf8').trim().split('\n').map((l) => l.split(','));
const at = (row: readonly string[], column: string): string => row[head.indexOf(column)];

/** A row of the capture's table as a question; undefined: it has what no question has. */
function questionOf(row: readonly string[]): Question | undefined {
  const [base, ...flags] = at(row, 'gfp').split('|'), zone = flags.find((f) => f.startsWith('DMA')) ?? 'Normal', mods = at(row, 'mods'), pf = at(row, 'pf'), name = base.slice(4);
  if (!['KERNEL', 'NOFS', 'NOIO', 'USER', 'ATOMIC', 'NOWAIT'].includes(name)) return undefined;
  const task = mods === 'sigkill_pending' || pf === 'exiting' ? 'dying' : at(row, 'name').includes('self_victim') ? 'best victim' : at(row, 'task') === 'user' ? 'user' : 'kthread';
  return {
    profile: 'v6.1', place: 'inside', base: name as Question['base'], flags: flags.filter((f) => !f.startsWith('DMA')), order: Number(at(row, 'order')), zone: zone as Question['zone'], task,
    pf: pf === 'exiting' ? '-' : pf as Question['pf'], state: mods === 'sigkill_pending' ? '-' : mods as Question['state'],
  };
}
test('what the reference says is what a real 6.1 did, in every case of the capture that the matrix can ask', () => {
  const asked = lines.filter((row) => at(row, 'name') !== '73_user_kernel_o0').flatMap((row) => { const q = questionOf(row); return q === undefined ? [] : [{ row, q }]; });
  expect(asked.length).toBe(78); // 79 sound cases, one of which asks for highmem
  for (const { row, q } of asked) {
    const n = (c: string): number => Number(at(row, c)), e = oracle(q), loops = n('rescued') > 0, rounds = loops ? Math.round(n('direct_reclaims') / n('oom_calls')) : n('direct_reclaims') - (e.killed && q.task === 'kthread' && e.end === 'page' && !q.flags.includes('NOFAIL') ? 1 : 0);
    expect({ name: at(row, 'name'), end: loops ? 'loops' : at(row, 'result') === 'page' ? 'page' : 'null', reclaims: rounds, asked: n('oom_calls') > 0, notifiers: n('notifiers') > 0, killed: n('marks') > 0 })
      .toEqual({ name: at(row, 'name'), end: e.end, reclaims: e.reclaims, asked: e.asked, notifiers: e.notifiers, killed: e.killed });
  }
});
describe('a request on a machine that is full to the page is what the reference says of it', () => {
  PROFILES.flatMap((profile) => PLACES.map((place) => ({ profile, place }))).forEach(({ profile, place }, nth) => {
    test(`${profile}, chain ${place}`, () => {
      const all = questions(profile, place), some = all.filter((_, i) => i % ONE_IN === (nth * 127) % ONE_IN);
      expect(some.length).toBeGreaterThan(4);
      expect(some.flatMap((q) => faultsOf(q, askModel(q)).map((f) => `${nameOf(q)}: ${f}`))).toEqual([]);
    });
  });
});
describe('a kernel in which a gate is missing is found out', () => {
  const plain: Question = { profile: 'v6.1', place: 'inside', base: 'KERNEL', flags: [], order: 0, zone: 'Normal', task: 'kthread', pf: '-', state: '-' };
  const faults: Readonly<Record<string, readonly [asked: Partial<Question>, done: Partial<Question>]>> = {
    'no test of __GFP_FS': [{ base: 'NOFS' }, { base: 'KERNEL' }], 'no test of PF_DUMPCORE': [{ pf: 'dumpcore' }, {}], 'a costly order may kill': [{ order: 4 }, { order: 3 }],
    'RETRY_MAYFAIL is not seen': [{ flags: ['RETRY_MAYFAIL'] }, {}], 'low zones may kill': [{ zone: 'DMA32' }, {}], 'suspended storage is not seen': [{ state: 'pm_suspended' }, {}], 'the switch of the killer is not seen': [{ state: 'oom_disabled' }, {}],
    'PF_MEMALLOC reclaims': [{ pf: 'memalloc' }, {}], 'NORETRY goes on': [{ flags: ['NORETRY'] }, {}], 'a dying task is killed for, not let go': [{ task: 'dying', base: 'NOFS' }, { task: 'user', base: 'NOFS' }],
    'the chain stays inside': [{ state: 'oom_disabled', place: 'outside-mutex' }, { state: 'oom_disabled' }], 'free pages do not count': [{}, { profile: 'v4.17' }],
  };
  for (const [name, [asked, done]] of Object.entries(faults)) test(name, () => { expect(faultsOf({ ...plain, ...asked }, askModel({ ...plain, ...done })).length).toBeGreaterThan(0); });
});
