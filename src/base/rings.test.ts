import { describe, expect, it } from 'vitest';
import { ringsOf, stuckNodes, stuckRings } from './rings.ts';

describe('elementary cycles', () => {
  it('are none in a chain or a tree', () => {
    expect(ringsOf([[1], [2], []], 9)).toEqual([]);
    expect(ringsOf([[1, 2], [3], [3], []], 9)).toEqual([]);
  });
  it('may be one node that leads to itself', () => {
    expect(ringsOf([[1], [1]], 9)).toEqual([[1]]);
  });
  it('are each found once, from the smallest node, without those who only lead to them', () => {
    expect(ringsOf([[1], [2], [1, 3], [4], [3]], 9)).toEqual([[1, 2], [3, 4]]);
  });
  it('share nodes: two ways back are two cycles', () => {
    expect(ringsOf([[1, 2], [3], [3], [0]], 9)).toEqual([[0, 1, 3], [0, 2, 3]]);
  });
  it('stop at the limit, also where all lead to all', () => {
    const all = Array.from({ length: 30 }, (_, i) => Array.from({ length: 30 }, (_, j) => j).filter((j) => j !== i));
    expect(ringsOf(all, 5)).toHaveLength(5);
  });
});

describe('nodes that nothing lets go on', () => {
  it('are those of a ring and those who wait for them, unless one way out is enough', () => {
    expect(stuckNodes([[1], [0], [1], []], () => false)).toEqual([true, true, true, false]);
    expect(stuckNodes([[1, 2], [0], []], () => false)).toEqual([true, true, false]);
    expect(stuckNodes([[1, 2], [0], []], (i) => i === 0)).toEqual([false, false, false]);
  });
  it('have rings only among themselves', () => {
    expect(stuckRings([[1, 2], [0], []], () => false, 9)).toEqual([[0, 1]]);
    expect(stuckRings([[1, 2], [0], []], (i) => i === 0, 9)).toEqual([]);
  });
});
