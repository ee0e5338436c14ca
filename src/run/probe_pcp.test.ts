import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { comparePcp, readPcpBlocks } from './testing/probe_pcp.ts';

/** What real kernels did with one CPU's lists, page by page; docs/fidelity.md has the table. */
const blocks = readPcpBlocks(readFileSync(new URL('../../fixtures/probe/pcp_lists.csv', import.meta.url), 'utf8'));
describe('taking pages one by one and giving them back does to the lists what it did on a real kernel', () => {
  const rows = comparePcp(blocks);
  test.each(rows)('$block.profile $block.name', ({ cells }) => {
    expect(cells.length).toBeGreaterThan(0);
    expect(cells.filter((c) => !c.same)).toEqual([]);
  });
});
