/** The lanes' text twins at the cursor, as tables: zones, per-CPU lists and who takes from them, lock holders, tasks, RCU callbacks, pools. */
import { Fragment, type ReactElement, type ReactNode, useMemo, useState } from 'react';
import { type PcpUse, pcpBooksAt } from '../../analysis/pcp_books.ts';
import { freeAt, KVFREE_PARTS, partAt, poolsOf, spareAt } from '../../analysis/pools.ts';
import { rcuAt } from '../../analysis/rcu.ts';
import { CODE } from '../../analysis/task_tracks.ts';
import type { Trace } from '../../analysis/trace.ts';
import { WMARK_CELL } from '../../format/rows.ts';
import { LOCK_CELLS, type MachineState, RSS_CELLS, TASK_CELLS, ZONE_CELLS } from '../../format/state.ts';
import { useStore } from '../../store/store.ts';
import { count, DASH, duration, mib, plural } from '../../ui/format.ts';
import { toggleFold, useFolds } from './folds.ts';
import css from './tables.module.css';
import { idleThreads, idleWords, taskOrder } from './task_order.ts';
import { codeLetters, doomOf } from './tasks.ts';
import { reserveOf, zoneName } from './zones.ts';

/** More rows than this help nobody. */
const MOST_ROWS = 80;

interface At {
  readonly trace: Trace;
  readonly cursor: number;
}
function useAt(): At | null {
  const trace = useStore((s) => s.trace), cursor = useStore((s) => s.cursor);
  useStore((s) => s.version);
  return trace === null ? null : { trace, cursor };
}
/** Long heads are shortened where there is no room for them; the whole word stays their name. */
const SHORT: Readonly<Record<string, string>> = { callbacks: 'cbs.', invoking: 'inv.', NEXT_READY: 'READY' };
function Head({ words, className }: { readonly words: string; readonly className: string | undefined }): ReactElement {
  const short = SHORT[words];
  return short === undefined
    ? <th scope="col" className={className}>{words}</th>
    : <th scope="col" className={className} aria-label={words} title={words}><span className={css.whole}>{words}</span><span className={css.short}>{short}</span></th>;
}
function Table({ name, heads, children }: { readonly name: string; readonly heads: readonly string[]; readonly children: ReactNode }): ReactElement {
  return (
    <div className={css.wrap}>
      <table className={css.table} aria-label={name}>
        <thead><tr>{heads.map((head, i) => <Head key={head} words={head} className={i === 0 ? undefined : css.n} />)}</tr></thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
const Cells = ({ values }: { readonly values: readonly string[] }): ReactElement[] => values.map((value, i) => <td key={`${i}-${value}`} className={css.n}>{value}</td>);

const ZONE_HEADS = ['pages', 'free', 'min', 'low', 'high', 'boost', 'reserve', 'managed', 'present'] as const;
/** A zone is a row of two lines, four numbers each: eight in one line are not to be read on a large machine. */
export function ZonesTable(): ReactElement | null {
  const at = useAt();
  if (at === null) return null;
  const { trace } = at, { zones } = trace.stateAt(at.cursor - 1), Z = ZONE_CELLS;
  return (
    <div className={css.wrap}>
      <table className={`${css.table} ${css.twice}`} aria-label="Zones">
        <thead><tr>{ZONE_HEADS.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>
          {trace.shape.zones.map((shape, z) => {
            const mark = (cell: number): number => zones[z * Z.size + Z.wmark + cell];
            const values = [zones[z * Z.size + Z.free], mark(WMARK_CELL.min), mark(WMARK_CELL.low), mark(WMARK_CELL.high), mark(WMARK_CELL.boost), reserveOf(trace, z), shape.managed, shape.present];
            return <tr key={`${shape.node}-${shape.name}`}><th scope="row">{zoneName(trace, z)}</th>{values.map((value, i) => <td key={ZONE_HEADS[i + 1]}>{count(value)}</td>)}</tr>;
          })}
        </tbody>
      </table>
    </div>
  );
}

export function PcpTable(): ReactElement | null {
  const at = useAt();
  if (at === null) return null;
  const { trace, cursor } = at, { pcp } = trace.stateAt(cursor - 1), { cpus, zones } = trace.shape;
  return (
    <Table name="Per-CPU lists" heads={['pages', ...zones.map((_, z) => zoneName(trace, z)), 'all']}>
      {Array.from({ length: cpus }, (_, cpu) => {
        const values = zones.map((__, z) => pcp[z * cpus + cpu]);
        return <tr key={`cpu ${cpu}`}><th scope="row">cpu {cpu}</th><Cells values={[...values, values.reduce((a, b) => a + b, 0)].map(count)} /></tr>;
      })}
    </Table>
  );
}

/** Who takes most, a column each: so many fit. */
const MOST_TAKERS = 4;
/** What is told of who takes what: pages, but for refills. The last three are of __rcu_alloc_page_lockless() alone, or of who passes the marks by. */
const TAKES: readonly (readonly [head: string, of: (u: PcpUse) => number])[] = [
  ['taken', (u) => u.taken], ['without lock', (u) => u.lockless], ['refills', (u) => u.refills], ['induced', (u) => u.induced], ['below min', (u) => u.belowMin], ['missed wakes', (u) => u.missedWakes], ['other type', (u) => u.stolenTypes],
];
/** Who has taken from which CPU's lists until the cursor. It reads the rows, so only where somebody wants to see it. */
function Takes({ trace, cursor }: At): ReactElement {
  const books = pcpBooksAt(trace, cursor), most = [...books.uses].sort((a, b) => b.taken - a.taken).slice(0, MOST_TAKERS), { cpus } = trace.shape, now = trace.timeOfEvent(cursor);
  return (
    <>
      <Table name="Who takes from per-CPU lists" heads={['pages', ...most.map((u) => `cpu ${u.cpu} ${u.comm}`)]}>
        {TAKES.map(([head, of]) => <tr key={head}><th scope="row">{head}</th><Cells values={most.map((u) => count(of(u)))} /></tr>)}
      </Table>
      {books.uses.length > MOST_TAKERS && <p>{plural(books.uses.length - MOST_TAKERS, 'other')} took fewer.</p>}
      <p>Empty until now: {Array.from({ length: cpus }, (_, cpu) => `cpu ${cpu} ${duration(books.emptyNs(cpu, now))}`).join(', ')}. A refill holds the zone's lock; it is induced if a take without lock had left nearly nothing less than 10 ms before.</p>
    </>
  );
}
export function PcpTakes(): ReactElement | null {
  const at = useAt(), [open, setOpen] = useState(false);
  if (at === null) return null;
  return <details onToggle={(e) => setOpen(e.currentTarget.open)}><summary>Who takes, who refills</summary>{open && <Takes {...at} />}</details>;
}

/** Each CPU's callbacks by segment, and below them the age of the oldest in each. null also where the run has none. */
export function RcuTable(): ReactElement | null {
  const at = useAt(), rcu = at === null ? null : rcuAt(at.trace, at.cursor);
  if (rcu === null) return null;
  return (
    <Table name="RCU callbacks" heads={['callbacks', ...rcu.segments, 'lazy']}>
      {rcu.cpus.flatMap((c, cpu) => [
        <tr key={`cpu ${cpu}`}><th scope="row">cpu {cpu}</th><Cells values={[...c.parts.map((p) => count(p.callbacks)), count(c.lazy)]} /></tr>,
        ...(c.oldestNs === null ? [] : [<tr key={`cpu ${cpu} age`} className={css.under}><th scope="row"><span className="hidden">cpu {cpu}, </span>oldest</th><Cells values={[...c.parts.map((p) => (p.oldestNs === null ? DASH : duration(p.oldestNs))), '']} /></tr>]),
      ])}
    </Table>
  );
}

const orDash = (n: number | null): string => (n === null ? DASH : count(n));
/** Every pool, and the spare pages that kvfree_rcu() keeps on each CPU; below them its objects. null where the run has neither. */
export function PoolsTable(): ReactElement | null {
  const at = useAt(), all = at === null ? null : poolsOf(at.trace);
  if (at === null || all === null || all.pools.length + all.kvfree.length === 0) return null;
  const { cursor } = at;
  return (
    <>
      <Table name="Pools" heads={['pool', 'free', 'target']}>
        {all.pools.map((p) => <tr key={p.name}><th scope="row" className={css.mono}>{p.name}</th><Cells values={[orDash(freeAt(p, cursor)), p.target === null || cursor < p.since ? DASH : count(p.target.at(cursor))]} /></tr>)}
        {all.kvfree.map((k) => <tr key={`kvfree ${k.cpu}`}><th scope="row">kvfree cpu {k.cpu}, spare pages</th><Cells values={[orDash(spareAt(k, cursor)), DASH]} /></tr>)}
      </Table>
      {all.kvfree.length > 0 && (
        <Table name="Objects of kvfree_rcu" heads={['objects', ...KVFREE_PARTS]}>
          {all.kvfree.map((k) => <tr key={k.cpu}><th scope="row">cpu {k.cpu}</th><Cells values={KVFREE_PARTS.map((part) => (part === 'cache' ? orDash(spareAt(k, cursor)) : count(partAt(k, part, cursor))))} /></tr>)}
        </Table>
      )}
    </>
  );
}

interface Held {
  readonly lock: number;
  readonly owner: number;
  readonly holders: number;
  readonly waiters: number;
  readonly misses: number;
  readonly heldNs: number;
}
function heldLocks({ trace, cursor }: At): Held[] {
  const { locks } = trace.stateAt(cursor - 1), L = LOCK_CELLS, now = cursor >= trace.rows ? trace.endNs : trace.timeOfEvent(cursor), list: Held[] = [];
  for (let lock = 0; lock * L.size < locks.length; lock++) {
    const base = lock * L.size, holders = locks[base + L.holders], waiters = locks[base + L.waiters];
    if (holders <= 0 && waiters <= 0) continue;
    list.push({ lock, owner: locks[base + L.owner], holders, waiters, misses: locks[base + L.misses], heldNs: holders > 0 ? now - trace.timeOfEvent(locks[base + L.sinceRow] + 1) : 0 });
  }
  return list.sort((a, b) => b.waiters - a.waiters || b.heldNs - a.heldNs || a.lock - b.lock);
}
export function LockHoldersTable(): ReactElement | null {
  const at = useAt();
  if (at === null) return null;
  const held = heldLocks(at), { trace } = at;
  return (
    <Table name="Lock holders" heads={['lock', 'holder', 'held for', 'waiting', 'missed']}>
      {held.length === 0 ? <tr><td colSpan={5} className={css.none}>no lock is held or waited for at the cursor</td></tr> : null}
      {held.slice(0, MOST_ROWS).map((h) => {
        const holder = h.holders === 0 ? DASH : h.owner < 0 ? `${h.holders} readers` : `${trace.tables.taskName(h.owner)}${h.holders > 1 ? ` and ${h.holders - 1} more` : ''}`;
        return <tr key={h.lock}><th scope="row" className={css.mono}>{trace.tables.lockName(h.lock)}</th><td className={`${css.n} ${css.mono} ${css.wraps}`}>{holder}</td><Cells values={[h.holders > 0 ? duration(h.heldNs) : DASH, count(h.waiters), count(h.misses)]} /></tr>;
      })}
    </Table>
  );
}

/** In MiB: the head of the column has the unit. */
const resident = (state: MachineState, mm: number): string => {
  if (mm < 0) return DASH;
  const cell = (c: number): number => state.rss[mm * RSS_CELLS.size + c] ?? 0;
  return mib(cell(RSS_CELLS.anon) + cell(RSS_CELLS.file) + cell(RSS_CELLS.shmem)).replace(' MiB', '');
};
/** A long name goes on in a second line after one of its underscores. */
const brokenAt = (fn: string): ReactElement[] => fn.split(/(?<=_)(?=[^_])/).map((part, i) => <Fragment key={i}>{i > 0 && <wbr />}{part}</Fragment>);
/** How many tasks there are in all of its order, for the list to be made again only when rows came. */
function useOrder(trace: Trace | null, rows: number): readonly number[] {
  return useMemo(() => (trace === null || rows < 0 ? [] : taskOrder(trace)), [trace, rows]);
}
export function TasksTable(): ReactElement | null {
  const at = useAt(), select = useStore((s) => s.selectTask), selected = useStore((s) => s.selectedTask), unfolded = useFolds().includes('idle'), order = useOrder(at?.trace ?? null, at?.trace.rows ?? 0);
  if (at === null) return null;
  const { trace, cursor } = at, state = trace.stateAt(cursor - 1), { codes } = trace.series.tasks;
  const idle = idleThreads(trace), lives = (id: number): boolean => (codes[id]?.at(cursor) ?? CODE.gone) !== CODE.gone;
  const alive = [...order.filter((id) => !idle.includes(id)), ...(unfolded ? idle : [])].filter(lives), asleep = idle.filter(lives).length;
  return (
    <Table name="Tasks" heads={['task', 'pid', 'state', 'resident, MiB', 'adj', 'in']}>
      {alive.length === 0 ? <tr><td colSpan={6} className={css.none}>no task lives at the cursor</td></tr> : null}
      {alive.slice(0, MOST_ROWS).map((id) => {
        const info = trace.tables.tasks[id], cpu = state.current.indexOf(id), stack = state.tasks[id * TASK_CELLS.size + TASK_CELLS.stack], fn = stack > 0 ? trace.tables.topName(stack) : '', doom = doomOf(trace, id, cursor);
        return (
          <tr key={id} aria-selected={selected === id} className={selected === id ? css.selected : undefined}>
            <th scope="row"><button type="button" className={css.pick} onClick={() => { select(selected === id ? null : id); }}>{info.comm}</button>{doom === '' ? null : <span className={doom === 'victim' ? css.victim : undefined}> {doom}</span>}</th>
            <Cells values={[String(info.pid), codeLetters(codes[id].at(cursor), cpu), resident(state, info.mm), info.kthread ? DASH : String(info.oomScoreAdj)]} />
            <td className={`${css.n} ${css.mono} ${css.fn}`}>{fn === '' ? DASH : brokenAt(fn)}</td>
          </tr>
        );
      })}
      {asleep > 0 && <tr><td colSpan={6} className={css.none}><button type="button" className={css.pick} aria-expanded={unfolded} onClick={() => { toggleFold('idle'); }}>{unfolded ? '▾' : '▸'} {idleWords(asleep)}</button>, asleep in all of the run</td></tr>}
      {alive.length > MOST_ROWS ? <tr><td colSpan={6} className={css.none}>and {count(alive.length - MOST_ROWS)} more tasks</td></tr> : null}
    </Table>
  );
}
