import { describe, expect, it, vi } from 'vitest';

vi.mock('../../scenarios/index.ts', () => ({ stories: [{ id: 'none' }] }));
const { parsePlace } = await import('./goto_dialog.tsx');
const { matching } = await import('./palette.tsx');

describe('a place in the run', () => {
  it('is a time with its unit, seconds where none is given', () => {
    expect(parsePlace('2.65')).toEqual({ ok: true, value: { timeNs: 2_650_000_000 } });
    expect(parsePlace('340 ms')).toEqual({ ok: true, value: { timeNs: 340_000_000 } });
    expect(parsePlace('12us')).toEqual({ ok: true, value: { timeNs: 12_000 } });
  });
  it('is a time as the page writes it', () => {
    expect(parsePlace('2.159\u202f821 s')).toEqual({ ok: true, value: { timeNs: 2_159_821_000 } });
  });
  it('is an event', () => {
    expect(parsePlace('#181204')).toEqual({ ok: true, value: { event: 181_204 } });
    expect(parsePlace('event 1 089')).toEqual({ ok: true, value: { event: 1089 } });
  });
  it('is refused in one line otherwise', () => {
    const r = parsePlace('soon');
    expect(r.ok ? '' : r.problem.message).toBe('expected a time such as 2.65 s or an event such as #1204, found “soon”');
  });
});

describe('commands', () => {
  it('are found by all of the words, in any order', () => {
    const all = [{ name: 'Step forward' }, { name: 'Step back' }, { name: 'Next occurrence' }];
    expect(matching(all, 'back st').map((c) => c.name)).toEqual(['Step back']);
    expect(matching(all, '')).toEqual(all);
  });
});
