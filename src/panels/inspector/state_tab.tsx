/** The machine at the cursor, from what is scarce to what is plenty. */
import type { ReactElement, ReactNode } from 'react';
import { generationsAt } from '../../analysis/generations.ts';
import { requestAt } from '../../analysis/path.ts';
import { anyPool } from '../../analysis/pools.ts';
import type { StepSeries } from '../../analysis/series.ts';
import type { Trace } from '../../analysis/trace.ts';
import { WMARK_CELL } from '../../format/rows.ts';
import { follow } from '../../store/follow.ts';
import { useStore } from '../../store/store.ts';
import { count, DASH, duration, mib, plural, signed } from '../../ui/format.ts';
import { type AtCursor, useAtCursor } from './at_cursor.ts';
import { Boxes, StackBar, ZoneBar } from './bars.tsx';
import { memcgUse } from '../../analysis/memcgs.ts';
import { Rcu } from './rcu_block.tsx';
import { rowWords } from './row_words.ts';
import { Why } from './why.tsx';
import { freeBlocks, hasPsi, usage, zoneNeeds } from './zone_levels.ts';

export interface StateSlots {
  /** The text twins of the lanes, and the map of frames: made by other panels, put in by the app. */
  readonly zones: ReactNode;
  readonly pcp: ReactNode;
  readonly rcu: ReactNode;
  readonly pools: ReactNode;
  readonly frames: ReactNode;
  readonly both: ReactNode;
}

function Head({ left, right }: { readonly left: string; readonly right?: ReactNode }): ReactElement {
  return <h2 className="head"><span>{left}</span><span>{right}</span></h2>;
}

/** A table that may be wider than the column: it scrolls by keys too. */
const Sideways = ({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement => (
  <div className="sideways" role="group" aria-label={name} tabIndex={0}>{children}</div>
);

/** How long its request has lasted, or how long after the event before this one came. */
function since(trace: Trace, cursor: number, actor: number): string {
  const request = requestAt(trace, cursor, actor), now = trace.timeOfEvent(cursor);
  if (request === null || request.kind === 'wait') return `+${duration(now - trace.timeOfEvent(cursor - 1))}`;
  return `${request.kind === 'charge' ? 'charging' : 'allocating'} ${duration(now - trace.timeAt(request.firstRow))}`;
}

/** Who acts, where, and what it is that happens. */
export function Who({ trace, cursor, actor }: AtCursor): ReactElement {
  if (cursor === 0 || actor < 0) return <div className="who"><span className="i2">Before the first event</span><span className="i3">{plural(trace.shape.cpus, 'CPU')}, {mib(trace.shape.zones.reduce((sum, z) => sum + z.managed, 0))} managed</span></div>;
  const row = cursor - 1, top = trace.tables.topName(trace.stackAt(row));
  return (
    <div className="who">
      <span className="who-where"><b>{trace.tables.taskName(actor)}</b> <span className="i2">on cpu {trace.cpuAt(row)}{top === '' ? '' : ' in '}</span>{top !== '' && <code>{top}()</code>}</span>
      <span className="i3">{since(trace, cursor, actor)}</span>
      <span className="who-what">{rowWords(trace, row)}</span>
    </div>
  );
}

/** Whether a value is ever above 0 in the run: what comes and goes keeps its place, or all below it would jump. */
function ever({ pyramid, length }: StepSeries): boolean {
  pyramid.range(0, length);
  return pyramid.max > 0;
}
function Zones({ at, table }: { readonly at: AtCursor; readonly table: ReactNode }): ReactElement {
  const { trace, cursor } = at, state = trace.stateAt(cursor - 1);
  return (
    <div className="block">
      <Head left="Zones: free against need" right="in pages" />
      {zoneNeeds(trace.shape, state).map((z) => (
        <div key={z.zone} className={z.reserve > 0 || ever(trace.series.zones[z.zone].wmark[WMARK_CELL.boost]) ? 'zone wordy' : 'zone'}>
          <b>{z.name}</b>
          <ZoneBar {...z} />
          <span className="num"><b>{count(z.free)}</b> {z.left <= 0 && <span className="c-oom">{signed(z.left)}</span>}</span>
          <span className={`zone-words ${z.left <= 0 ? 'c-oom' : 'i3'}`}>{z.words}</span>
        </div>
      ))}
      <Sideways name="All of the zones">{table}</Sideways>
    </div>
  );
}

function Pcp({ at, table }: { readonly at: AtCursor; readonly table: ReactNode }): ReactElement {
  const { trace, cursor } = at, { cpus, zones } = trace.shape, state = trace.stateAt(cursor - 1);
  const pages = Array.from({ length: cpus }, (_, cpu) => zones.reduce((sum, __, z) => sum + state.pcp[z * cpus + cpu], 0));
  // the longest list there was, or a box would change its size with the cursor
  const limit = trace.series.pcp.reduce((most, { pyramid, length }) => { pyramid.range(0, length); return Math.max(most, pyramid.max); }, 26);
  return (
    <div className="block">
      <Head left="Per-CPU lists" right={`box = ${plural(Math.max(1, Math.ceil(limit / 26)), 'page')}`} />
      {pages.slice(0, 8).map((n, cpu) => <div key={`cpu${cpu + 0}`} className="pcp"><span className="i2">cpu {cpu}</span><Boxes value={n} limit={limit} /><span className="num">{count(n)}</span></div>)}
      {pages.length > 8 && <p className="i3">and {plural(pages.length - 8, 'more CPU')}: {plural(pages.slice(8).reduce((a, b) => a + b, 0), 'page')}</p>}
      <Sideways name="All of the lists">{table}</Sideways>
    </div>
  );
}

/** Two lines a zone: eleven counts in one have no room on a large machine, and may not move while somebody steps. */
function Buddy({ at: { trace, cursor } }: { readonly at: AtCursor }): ReactElement {
  const state = trace.stateAt(cursor - 1), rows = trace.shape.zones.map((z, i) => ({ name: z.name, key: `${z.node}/${z.name}`, blocks: freeBlocks(state, i) })).reverse();
  const largest = rows.reduce((most, r) => Math.max(most, r.blocks.findLastIndex((n) => n > 0)), -1);
  return (
    <div className="block">
      <Head left="Free blocks by order" right={largest < 0 ? 'nothing free' : `largest: order ${largest}`} />
      <table className="orders two-lines" aria-label="Free blocks by order">
        <thead><tr><th scope="col"><span className="hidden">zone</span></th>{rows[0]?.blocks.map((_, order) => <th key={`o${order + 0}`} scope="col">{order}</th>)}</tr></thead>
        <tbody>{rows.map((r) => <tr key={r.key}><th scope="row">{r.name}</th>{r.blocks.map((n, order) => <td key={`o${order + 0}`} className={n > 0 ? '' : 'i3'}>{n > 0 ? count(n) : '·'}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}

function Usage({ at: { trace, cursor } }: { readonly at: AtCursor }): ReactElement {
  const parts = usage(trace.shape, trace.stateAt(cursor - 1), (type) => ever(trace.series.types[type])), total = parts.reduce((sum, p) => sum + p.pages, 0);
  return (
    <div className="block">
      <Head left={`Managed pages, ${count(total)}`} right={mib(total)} />
      <StackBar parts={parts} total={total} />
      <dl className="usage">{parts.map((p) => <div key={p.name}><dt><svg className="key" viewBox="0 0 7 7" aria-hidden="true"><rect width="7" height="7" fill={p.fill} /></svg>{p.name}</dt><dd>{mib(p.pages)}</dd></div>)}</dl>
    </div>
  );
}

function Frames({ at: { trace }, map }: { readonly at: AtCursor; readonly map: ReactNode }): ReactElement {
  const openDialog = useStore((s) => s.openDialog);
  return (
    <div className="block">
      <Head left={`Page frames, ${count(trace.shape.frames)}`} right={<button type="button" className="link" onClick={() => openDialog('map')}>open map</button>} />
      <div className="mini-map">{map}</div>
    </div>
  );
}

/** Only where the run has pools, or objects of kvfree_rcu(). */
function Pools({ at: { trace, cursor }, table }: { readonly at: AtCursor; readonly table: ReactNode }): ReactElement | null {
  const setCursor = useStore((s) => s.setCursor);
  if (!anyPool(trace)) return null;
  const { objects } = trace.series.rcu, oldest = objects.queues.flatMap((q, cpu) => {
    const index = objects.oldestAt(cpu, cursor);
    return index < 0 ? [] : [{ cpu, id: q.ids.data[index], event: q.rows.data[index] + 1 }];
  });
  return (
    <div className="block across">
      <Head left="Pools" right="elements, objects, pages" />
      <Sideways name="All of the pools">{table}</Sideways>
      {oldest.length > 0 && <p className="acts">{oldest.map(({ cpu, id, event }) => <button key={cpu} type="button" className="btn" title="Goes to where it was given to kvfree_rcu()" onClick={() => { follow({ kind: 'object', id }); setCursor(event); }}>Follow the oldest object of cpu {cpu}</button>)}</p>}
    </div>
  );
}

/** Total stall for memory, as /proc/pressure/memory counts it; 0 until the first stall. An older kernel has nobody who counts. */
function Pressure({ at: { trace, cursor } }: { readonly at: AtCursor }): ReactElement {
  const { gauges } = trace.stateAt(cursor - 1), counted = hasPsi(trace.shape.profile), stalled = (name: string): string => (counted ? duration((gauges[trace.tables.strings.indexOf(name)] ?? 0) * 1000) : DASH);
  return (
    <div className="block">
      <Head left="Pressure, total stall" right={counted ? undefined : 'PSI came with 4.20'} />
      <dl className="usage"><div><dt>some</dt><dd>{stalled('psi_some_total_us')}</dd></div><div><dt>full</dt><dd>{stalled('psi_full_total_us')}</dd></div></dl>
    </div>
  );
}

/** Memory cgroups, where the run has some: what each may have, and has. */
function Memcgs({ at: { trace, cursor } }: { readonly at: AtCursor }): ReactElement | null {
  const groups = memcgUse(trace.tables.strings, trace.stateAt(cursor - 1).gauges);
  if (groups.length === 0) return null;
  return (
    <div className="block">
      <Head left="Memory cgroups" right="of memory.max" />
      <dl className="usage one">{groups.map((g) => <div key={g.path}><dt>{g.path}</dt><dd className={g.max !== null && g.pages >= g.max ? 'c-oom' : ''}>{mib(g.pages)} {g.max === null ? 'without a limit' : `of ${mib(g.max)}${g.pages >= g.max ? ': full' : ''}`}</dd></div>)}</dl>
    </div>
  );
}

const AGES = ['youngest', 'second youngest', 'second oldest', 'oldest'];
/** Generations of the LRU, where it has some: how many pages each has, as they were last counted. */
function Generations({ at: { trace, cursor } }: { readonly at: AtCursor }): ReactElement | null {
  const { gauges } = trace.stateAt(cursor - 1), nodes = [...new Set(trace.shape.zones.map((z) => z.node))], all = nodes.flatMap((node) => generationsAt(trace.tables.strings, gauges, node).map((g, i, list) => ({ ...g, node, age: AGES[i + 1 === list.length ? 3 : i] })));
  if (all.length === 0) return null;
  const cell = (n: number | null): ReactElement => <td className={n === null || n === 0 ? 'i3' : ''}>{n === null ? 'none' : count(n)}</td>;
  return (
    <div className="block">
      <Head left="Generations of the LRU" right="pages" />
      <table className="orders ages" aria-label="Generations of the LRU">
        <thead><tr><th scope="col"><span className="hidden">generation</span></th><th scope="col">anon</th><th scope="col">file</th></tr></thead>
        <tbody>{all.map((g) => <tr key={`${g.node}/${g.seq}`}><th scope="row">{g.seq}, {g.age}{nodes.length > 1 ? ` of node ${g.node}` : ''}</th>{cell(g.anon)}{cell(g.file)}</tr>)}</tbody>
      </table>
      <p className="i3">As counted at the last batch of reclaim, or by vmstat_shepherd() once a second.</p>
    </div>
  );
}

export function StateTab({ zones, pcp, rcu, pools, frames, both }: StateSlots): ReactElement {
  const at = useAtCursor();
  useStore((s) => s.version); // which blocks there are, and how large a box is, follows from the run so far
  if (at === null) return <p className="block i3">The machine is booting.</p>;
  return (
    <>
      {both}
      <Why at={at} />
      <Zones at={at} table={zones} />
      <Pcp at={at} table={pcp} />
      <Buddy at={at} />
      <Rcu at={at} table={rcu} />
      <Pools at={at} table={pools} />
      <Usage at={at} />
      <Generations at={at} />
      <Memcgs at={at} />
      <Pressure at={at} />
      <Frames at={at} map={frames} />
    </>
  );
}
