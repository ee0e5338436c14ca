/** /proc/slabinfo, version 2.x: one cache a line. */
import type { Result } from '../base/result.ts';
import { attempt, quote, readCount, refuse, toLines } from './text.ts';

export interface SlabCache {
  readonly name: string;
  readonly activeObjects: number;
  readonly objects: number;
  readonly objectBytes: number;
  readonly objectsPerSlab: number;
  readonly pagesPerSlab: number;
  readonly slabs: number;
}

export const parseSlabinfo = (text: string): Result<readonly SlabCache[]> => attempt(() => {
  const out: SlabCache[] = [];
  toLines(text).forEach((line, i) => {
    if (line.trim() === '' || line.startsWith('#')) return;
    if (/^slabinfo - version: 2\./.test(line)) return;
    const parts = line.trim().split(/\s+/);
    const slabdata = parts.indexOf('slabdata');
    if (parts.length < 6 || slabdata < 0 || parts.length < slabdata + 3) refuse(`expected a line of /proc/slabinfo, found ${quote(line.trim())}`, i + 1, 1);
    const n = (at: number, what: string): number => readCount(parts[at], `${what} of cache ${quote(parts[0])}`, i + 1, line.indexOf(parts[at], parts[0].length));
    out.push({
      name: parts[0], activeObjects: n(1, 'active objects'), objects: n(2, 'objects'), objectBytes: n(3, 'object size'), objectsPerSlab: n(4, 'objects a slab'), pagesPerSlab: n(5, 'pages a slab'),
      slabs: n(slabdata + 2, 'slabs'),
    });
  });
  if (out.length === 0) refuse('expected the text of /proc/slabinfo, found no cache', 1, 1);
  return out;
});
