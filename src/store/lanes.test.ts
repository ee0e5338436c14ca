import { describe, expect, it } from 'vitest';
import { moved } from './lanes.ts';

describe('a lane that is moved', () => {
  const ids = ['zones', 'pcp', 'tasks'];
  it('changes its place with its neighbour', () => {
    expect([moved(ids, 'pcp', -1), moved(ids, 'pcp', 1)]).toEqual([['pcp', 'zones', 'tasks'], ['zones', 'tasks', 'pcp']]);
    expect(ids).toEqual(['zones', 'pcp', 'tasks']);
  });
  it('stays where there is no place beyond, and so do all if there is no such lane', () => {
    for (const [id, by] of [['zones', -1], ['tasks', 1], ['none', 1], ['none', -1]] as const) expect(moved(ids, id, by)).toEqual(ids);
  });
});
