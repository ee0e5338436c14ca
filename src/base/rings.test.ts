import { describe, expect, it } from 'vitest';
import { ringsOf } from './rings.ts';

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
