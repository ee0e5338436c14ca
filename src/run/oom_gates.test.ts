import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fullMachine, VICTIMS } from '../scenarios/full_machine.ts';
import type { Scenario } from '../format/scenario.ts';
import { type GateCase, runGate } from './testing/gate_cases.ts';

const base: Scenario = { id: 'gates', title: 'gates', text: [], ...fullMachine(1, 1000), profile: 'v6.1', workloads: [VICTIMS[0]], ends: 'no-oom' };
const [head, ...lines] = readFileSync(new URL('../../fixtures/probe/gates_v6.1.csv', import.meta.url), 'utf8').trim().split('\n').map((l) => l.split(','));
const at = (row: readonly string[], column: string): string => row[head.indexOf(column)];

describe('one allocation on a full machine, every case that a real 6.1 was asked', () => {
  for (const row of lines) {
    const name = at(row, 'name'), n = (c: string): number => Number(at(row, c));
    const c: GateCase = { name, gfp: at(row, 'gfp'), order: n('order'), pf: at(row, 'pf'), user: at(row, 'task') === 'user', mods: at(row, 'mods'), selfVictim: name.includes('self_victim') };
    if (name === '73_user_kernel_o0') continue; // void in the capture: its own write had killed the victim first
    test(name, () => {
      const r = runGate(base, c), loops = n('rescued') > 0;
      if (loops) {
        expect(r.page).toBe(null);
        expect([r.oomCalls > 3, r.wholeRounds]).toEqual([true, 17 * r.oomCalls]);
        expect([r.notifiers, r.kills]).toEqual([r.oomCalls, 0]);
        return;
      }
      expect({ page: r.page, directReclaims: r.directReclaims, oomCalls: r.oomCalls, notifiers: r.notifiers, kills: r.kills }).toEqual({ page: at(row, 'result') === 'page', directReclaims: n('direct_reclaims'), oomCalls: n('oom_calls'), notifiers: Math.max(0, n('notifiers')), kills: n('marks') });
    });
  }
});
