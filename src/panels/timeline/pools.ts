/** Pools: elements that each keeps, against what it should keep; and kvfree_rcu() on each CPU: objects by stage, pages for their pointers, spare pages. Only in runs that have some. */
import { anyPool, freeAt, type KvfreeCpu, partAt, type Pool, poolsOf, spareAt } from '../../analysis/pools.ts';
import type { Extent, PixelColumns, StepSeries } from '../../analysis/series.ts';
import { zeros } from '../../analysis/pyramid.ts';
import type { Trace } from '../../analysis/trace.ts';
import { hline, type Pen, type Scale } from '../../ui/draw.ts';
import { count, DASH, plural, seconds } from '../../ui/format.ts';
import type { ColourName } from '../../ui/theme.ts';
import type { LabelRow, Lane } from './lane.ts';
import { drawSteps, maxOf, peakOf, straight, timeOf } from './pixels.ts';

const HEAD_PX = 18, POOL_PX = 20, OBJECTS_PX = 22, PAGES_PX = 18, MOST_POOLS = 4, MOST_CPUS = 4;
interface Strip {
  readonly top: number;
  readonly height: number;
  readonly most: number;
  /** What lies on each other, from the base up, as one value a pixel column: it and all below it. */
  /** The first pixel column of which something is known. */
  readonly from: number;
  readonly areas: readonly { readonly colour: ColourName; readonly alpha: number; readonly values: ArrayLike<number>; readonly extent?: Extent }[];
  /** A dashed line: what there should be, or pages in use. */
  readonly line: Extent | null;
  readonly words: (x: number) => string;
}
interface PoolsPicture {
  readonly columns: PixelColumns;
  readonly strips: readonly Strip[];
}
const flat = (values: ArrayLike<number>): Extent => ({ min: values, max: values, last: values } as Extent);
const shown = (trace: Trace): { readonly pools: readonly Pool[]; readonly kvfree: readonly KvfreeCpu[] } => {
  const { pools, kvfree } = poolsOf(trace);
  return { pools: pools.slice(0, MOST_POOLS), kvfree: kvfree.slice(0, MOST_CPUS) };
};
/** The first pixel column at whose end event `since` is over. */
const fromColumn = (c: PixelColumns, since: number): number => { let x = 0; while (since > 0 && x < c.known && c.edges[x + 1] < since) x++; return x; };
const told = (n: number | null): string => (n === null ? DASH : count(n));
const peakOr0 = (s: StepSeries | null): number => (s === null ? 0 : peakOf(s));

function poolStrip(pool: Pool, top: number, c: PixelColumns): Strip {
  const free = pool.free.extent(c), target = pool.target?.extent(c) ?? null, from = fromColumn(c, pool.since);
  return {
    top, height: POOL_PX, from, most: Math.max(1, peakOf(pool.free), pool.target === null ? 0 : peakOf(pool.target)), areas: [{ colour: 'kswapd', alpha: 0.35, values: free.last, extent: free }], line: target,
    words: (x) => x < from ? `${pool.name}: not told of yet` : `${pool.name}: ${count(free.last[x])} free${target === null ? '' : ` of ${count(target.last[x])}`}${x === from ? '' : `, at least ${count(free.min[x])} here`}`,
  };
}
/** Objects: those that gather lie on those that wait for a grace period, and these on those that are being freed. */
function objectStrip(k: KvfreeCpu, top: number, c: PixelColumns): Strip {
  const stored = k.stored.extent(c), linked = k.linked.extent(c).last, freeing = k.freeing?.extent(c).last ?? zeros(c.width), waiting = k.waiting?.extent(c).last ?? zeros(c.width);
  const within = (n: number, x: number): number => Math.min(n, stored.last[x]), waits = Array.from(waiting, (n, x) => within(n + freeing[x], x));
  return {
    top, height: OBJECTS_PX, from: 0, most: Math.max(1, peakOf(k.stored)), line: null,
    areas: [{ colour: 'ok', alpha: 0.55, values: Array.from(freeing, within) }, { colour: 'ink3', alpha: 0.55, values: waits }, { colour: 'mark', alpha: 0.55, values: stored.last, extent: stored }],
    words: (x) => `kvfree cpu ${k.cpu}: ${count(stored.last[x] - waits[x])} gather, ${count(waits[x] - within(freeing[x], x))} wait, ${count(within(freeing[x], x))} are being freed; ${count(linked[x])} linked without a page`,
  };
}
function pageStrip(k: KvfreeCpu, top: number, c: PixelColumns): Strip {
  const cache = k.cache?.extent(c) ?? flat(zeros(c.width)), pages = k.pages?.extent(c) ?? null, from = fromColumn(c, k.cacheSince);
  return {
    top, height: PAGES_PX, from, most: Math.max(1, peakOr0(k.cache), peakOr0(k.pages)), areas: [{ colour: 'kswapd', alpha: 0.35, values: cache.last, extent: cache }], line: pages,
    words: (x) => `kvfree cpu ${k.cpu}: ${x < from ? 'spare pages not told of yet' : plural(cache.last[x], 'spare page')}, ${plural(pages?.last[x] ?? 0, 'page')} in use for pointers`,
  };
}
function stripsOf(trace: Trace, c: PixelColumns): Strip[] {
  const { pools, kvfree } = shown(trace), strips: Strip[] = [];
  let top = HEAD_PX;
  const add = (strip: Strip): void => { strips.push(strip); top += strip.height; };
  for (const pool of pools) add(poolStrip(pool, top, c));
  for (const k of kvfree) { add(objectStrip(k, top, c)); add(pageStrip(k, top, c)); }
  return strips;
}
function drawStrip(g: Pen, s: Strip, c: PixelColumns, { theme, width }: Scale): void {
  const base = s.top + s.height - 3, rise = straight(base, s.top + 3, s.most);
  hline(g, base, 0, width, theme.line);
  g.save();
  g.beginPath();
  g.rect(s.from, s.top, width, s.height);
  g.clip();
  for (const area of [...s.areas].reverse()) drawSteps(g, area.extent ?? flat(area.values), c.known, rise, { line: theme[area.colour], fill: theme[area.colour], alpha: area.alpha, paper: theme.bg });
  if (s.line !== null) drawSteps(g, s.line, c.known, rise, { line: theme.ink2, dash: [3, 2] });
  g.restore();
}

export const pools: Lane<PoolsPicture> = {
  id: 'pools',
  title: 'Pools',
  exists: anyPool,
  height(trace) {
    const { pools, kvfree } = shown(trace);
    return HEAD_PX + pools.length * POOL_PX + kvfree.length * (OBJECTS_PX + PAGES_PX);
  },
  picture: (trace, { columns }) => ({ columns, strips: stripsOf(trace, columns) }),
  draw(g, p, scale) { for (const s of p.strips) drawStrip(g, s, p.columns, scale); },
  hit(p, x, y) {
    const at = Math.floor(x), s = p.strips.find((one) => y >= one.top && y < one.top + one.height);
    return s === undefined || at < 0 || at >= p.columns.known ? null : { lines: [s.words(at), seconds(timeOf(p.columns, x))] };
  },
  labels(trace, cursor) {
    const { pools, kvfree } = shown(trace), all = poolsOf(trace), hidden = all.pools.length + all.kvfree.length - pools.length - kvfree.length;
    const rows: LabelRow[] = [{ y: 2, name: 'Pools', value: hidden > 0 ? `and ${count(hidden)} more` : kvfree.length > 0 ? 'objects; pages' : 'elements', bold: true, valueTone: 'dim' }];
    let y = HEAD_PX + 2;
    for (const pool of pools) {
      rows.push({ y, name: pool.name, value: `${told(freeAt(pool, cursor))}${(pool.target?.at(cursor) ?? 0) === 0 ? '' : ` of ${count(pool.target?.at(cursor) ?? 0)}`}`, mono: true });
      y += POOL_PX;
    }
    for (const k of kvfree) {
      const linked = partAt(k, 'linked', cursor);
      rows.push({ y, name: `kvfree cpu ${k.cpu}`, value: count(k.stored.at(cursor)) });
      rows.push({ y: y + OBJECTS_PX - 2, name: linked > 0 ? `${count(linked)} linked` : '', value: `${count(partAt(k, 'pages', cursor))} used, ${told(spareAt(k, cursor))} spare`, tone: 'dim' });
      y += OBJECTS_PX + PAGES_PX;
    }
    return rows;
  },
  short(trace, cursor) {
    const { pools, kvfree } = poolsOf(trace);
    return kvfree.length > 0 ? plural(kvfree.reduce((sum, k) => sum + k.stored.at(cursor), 0), 'object') : `${told(pools.every((p) => cursor < p.since) ? null : pools.reduce((sum, p) => sum + (freeAt(p, cursor) ?? 0), 0))} free`;
  },
  silhouette(trace, columns) {
    const { pools, kvfree } = poolsOf(trace), series = kvfree.length > 0 ? kvfree.map((k) => k.stored) : pools.map((p) => p.free), values = zeros(columns.width);
    for (const s of series) { const { last } = s.extent(columns); for (let x = 0; x < columns.width; x++) values[x] += last[x]; }
    return { values, most: Math.max(1, maxOf(values, columns.known)) };
  },
};
