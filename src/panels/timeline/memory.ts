/** Memory: what the pages of the machine are used for, one area on the other. */
import { zeros } from '../../analysis/pyramid.ts';
import type { Extent, PixelColumns } from '../../analysis/series.ts';
import type { Trace } from '../../analysis/trace.ts';
import { FRAME } from '../../format/rows.ts';
import { mib, seconds } from '../../ui/format.ts';
import type { ColourName } from '../../ui/theme.ts';
import type { LabelRow, Lane } from './lane.ts';
import { drawSteps, maxOf, straight, timeOf } from './pixels.ts';

const HEIGHT_PX = 70;
interface Use {
  readonly name: string;
  readonly types: readonly number[];
  readonly colour: ColourName;
  readonly alpha: number;
}
/** From the bottom up. What is free, reserved or a hole is not drawn. */
const USES: readonly Use[] = [
  { name: 'kernel, tables, stacks', types: [FRAME.kernel, FRAME.table, FRAME.stack, FRAME.zram], colour: 'mark', alpha: 0.5 },
  { name: 'slab', types: [FRAME.slabReclaimable, FRAME.slabUnreclaimable], colour: 'direct', alpha: 0.55 },
  { name: 'file, shmem', types: [FRAME.file, FRAME.shmem], colour: 'ink3', alpha: 0.6 },
  { name: 'anon', types: [FRAME.anon, FRAME.swapcache], colour: 'run', alpha: 0.55 },
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
  return USES.map((use) => {
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
    for (let i = USES.length - 1; i >= 0; i--) {
      const colour = theme[USES[i].colour];
      drawSteps(g, flat(p.sums[i]), p.columns.known, rise, { line: colour, fill: colour, alpha: USES[i].alpha, paper: theme.bg });
    }
  },
  hit(p, x) {
    const at = Math.floor(x);
    if (at < 0 || at >= p.columns.known) return null;
    const words = USES.map((use, i) => `${use.name} ${mib(p.sums[i][at] - (i > 0 ? p.sums[i - 1][at] : 0))}`).reverse();
    return { lines: [...words, seconds(timeOf(p.columns, x))] };
  },
  labels(trace, cursor, _, height) {
    const rows: LabelRow[] = [{ y: 3, name: 'Memory', value: mib(present(trace)), bold: true, valueTone: 'dim' }];
    const [, slab, file, anon] = USES.map((use) => mib(usedAt(trace, use, cursor)));
    rows.push({ y: 19, name: 'anon', value: anon }, { y: 35, name: 'file, shmem', value: file, tone: 'dim' }, { y: 51, name: trace.shape.swapPages > 0 ? 'swap used' : 'slab', value: trace.shape.swapPages > 0 ? mib(trace.series.swapUsed.at(cursor)) : slab, tone: 'dim' });
    return rows.filter(({ y }) => y + 16 <= height);
  },
  short: (trace, cursor) => `${mib(usedAt(trace, USES[USES.length - 1], cursor))} anon`,
  silhouette(trace, columns) {
    const last = trace.series.types[FRAME.anon].extent(columns).last;
    return { values: last, most: Math.max(1, maxOf(last, columns.known)) };
  },
};
