/** Memory: what the pages of the machine are used for, one area on the other. */
import { zeros } from '../../analysis/pyramid.ts';
import type { Extent, PixelColumns } from '../../analysis/series.ts';
import type { Trace } from '../../analysis/trace.ts';
import { FRAME } from '../../format/rows.ts';
import { mib, seconds } from '../../ui/format.ts';
import type { ColourName } from '../../ui/theme.ts';
import { type UseColour, USES } from '../../ui/uses.ts';
import type { LabelRow, Lane } from './lane.ts';
import { drawSteps, maxOf, straight, timeOf } from './pixels.ts';

const HEIGHT_PX = 70;
interface Use {
  readonly name: string;
  readonly types: readonly number[];
  readonly colour: UseColour;
  /** Of its upper edge. */
  readonly line: ColourName;
}
/** From the bottom up. What is free, reserved or a hole is not drawn. */
const PARTS: readonly Use[] = [
  { name: 'kernel, tables, stacks', types: [FRAME.kernel, FRAME.table, FRAME.stack, FRAME.zram], colour: USES.kernel, line: 'mark' },
  { name: 'slab', types: [FRAME.slabReclaimable, FRAME.slabUnreclaimable], colour: USES.slabUnreclaimable, line: 'direct' },
  { name: 'file, shmem', types: [FRAME.file, FRAME.shmem], colour: USES.shmem, line: 'ink3' },
  { name: 'anon', types: [FRAME.anon, FRAME.swapcache], colour: USES.anon, line: 'run' },
];
interface MemoryPicture {
  readonly columns: PixelColumns;
  /** By use: it and all below it. */
  readonly sums: readonly (readonly number[])[];
  readonly most: number;
}
const usedAt = (trace: Trace, use: Use, cursor: number): number => use.types.reduce((sum, type) => sum + trace.series.types[type].at(cursor), 0);
const present = (trace: Trace): number => trace.shape.zones.reduce((sum, z) => sum + z.present, 0);
const flat = (values: readonly number[]): Extent => ({ min: values, max: values, last: values });

function stacked(trace: Trace, c: PixelColumns): number[][] {
  const below = zeros(c.width);
  return PARTS.map((use) => {
    for (const type of use.types) {
      const last = trace.series.types[type].extent(c).last;
      for (let x = 0; x < c.width; x++) below[x] += last[x];
    }
    return below.slice();
  });
}

export const memory: Lane<MemoryPicture> = {
  id: 'memory',
  title: 'Memory',
  height: () => HEIGHT_PX,
  grows: 0.5,
  spares: 31, // the last two lines of its labels
  picture: (trace, { columns }) => ({ columns, sums: stacked(trace, columns), most: Math.max(1, present(trace)) }),
  draw(g, p, { theme, height }) {
    const rise = straight(height - 3, 5, p.most);
    for (let i = PARTS.length - 1; i >= 0; i--) {
      const { colour: [colour, share], line } = PARTS[i];
      drawSteps(g, flat(p.sums[i]), p.columns.known, rise, { line: theme[line], fill: theme[colour], alpha: share, paper: theme.bg });
    }
  },
  hit(p, x) {
    const at = Math.floor(x);
    if (at < 0 || at >= p.columns.known) return null;
    const words = PARTS.map((use, i) => `${use.name} ${mib(p.sums[i][at] - (i > 0 ? p.sums[i - 1][at] : 0))}`).reverse();
    return { lines: [...words, seconds(timeOf(p.columns, x))] };
  },
  labels(trace, cursor, _, height) {
    const rows: LabelRow[] = [{ y: 3, name: 'Memory', value: `of ${mib(present(trace))}`, bold: true, valueTone: 'dim' }];
    const [, slab, file, anon] = PARTS.map((use) => mib(usedAt(trace, use, cursor)));
    rows.push({ y: 19, name: 'anon', value: anon }, { y: 35, name: 'file, shmem', value: file, tone: 'dim' }, { y: 51, name: trace.shape.swapPages > 0 ? 'swap used' : 'slab', value: trace.shape.swapPages > 0 ? mib(trace.series.swapUsed.at(cursor)) : slab, tone: 'dim' }, { y: 67, name: 'present', value: mib(present(trace)), tone: 'dim' });
    return rows.filter(({ y }) => y + 16 <= height);
  },
  short: (trace, cursor) => `${mib(usedAt(trace, PARTS[PARTS.length - 1], cursor))} anon`,
  silhouette(trace, columns) {
    const last = trace.series.types[FRAME.anon].extent(columns).last;
    return { values: last, most: Math.max(1, maxOf(last, columns.known)) };
  },
};
