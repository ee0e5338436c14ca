/** Who waits for whom at the cursor, each ring drawn by itself; who holds what; and in which orders locks were taken over the run. */
import './locks.css';
import { type ReactElement, type ReactNode, useEffect, useMemo, useState } from 'react';
import { LATELY_NS, type Missed, missedAt } from '../../analysis/missed.ts';
import { RETRY_ROUNDS } from '../../analysis/lock_order.ts';
import { ringWords } from '../../analysis/ring_words.ts';
import type { Trace } from '../../analysis/trace.ts';
import { toldRing, type WaitEdge, type WaitGraph, waitGraphAt } from '../../analysis/wait_graph.ts';
import { groupWords, isWait, type WaitGroup, waitGroups } from '../../analysis/wait_groups.ts';
import { store, useStore } from '../../store/store.ts';
import { count, duration, plural, seconds } from '../../ui/format.ts';
import { useWidth } from '../../ui/use_width.ts';
import { useAtCursor } from './at_cursor.ts';
import { OrderTable } from './order_table.tsx';
import { RingView } from './ring_view.tsx';

const MOST_DRAWN = 8, MOST_LISTED = 6, MOST_MISSED = 3, TWO_PX = 1040, WIDEST_PX = 760;
const nameOf = (g: WaitGraph, n: number): string => g.nodes.get(n)?.name ?? '?';

const KINDS: Readonly<Record<WaitGroup['kind'], string>> = { deadlock: 'deadlock', livelock: 'livelock', starvation: 'starvation', waiting: 'waiting' };
/** `Ring 1: livelock`, `Waiting 2`. */
function titles(groups: readonly WaitGroup[]): string[] {
  const seen = { ring: 0, chain: 0 };
  return groups.map((g) => (g.closed ? `Ring ${++seen.ring}: ${KINDS[g.kind]}` : g.kind === 'starvation' ? 'No ring: starvation' : `Chain ${++seen.chain}, no ring`));
}
function contents(g: WaitGraph, group: WaitGroup): string {
  const kinds = group.path.map((n) => g.nodes.get(n)?.kind), tasks = kinds.filter((k) => k === 'task').length, events = kinds.filter((k) => k === 'event').length, retries = group.edges.filter((e) => e.kind === 'retries').length, timed = group.edges.filter((e) => e.kind === 'timed').length;
  const locks = new Set(group.path.flatMap((n) => { const node = g.nodes.get(n); return node?.kind === 'lock' || node?.kind === 'side' ? [node.id] : []; })).size;
  return [plural(tasks, 'task'), locks > 0 ? plural(locks, 'lock') : '', events > 0 ? plural(events, 'completion') : '', retries > 0 ? plural(retries, 'retry edge') : '', timed > 0 ? plural(timed, 'timed edge') : ''].filter((s) => s !== '').join(', ');
}
/** Where a node of a drawing has led: the drawing stays as it was at `event` for as long as the cursor stands there. */
interface Pin { readonly trace: Trace; readonly event: number; readonly at: number; readonly node: number }

/** Misses of trylocks that make no loop yet: nothing is drawn of them, and they are not nothing. */
function Misses({ trace, missed }: { readonly trace: Trace; readonly missed: readonly Missed[] }): ReactElement | null {
  if (missed.length === 0) return null;
  const name = (task: number): string => trace.tables.taskName(task);
  return (
    <div className="ring-none">
      {missed.slice(0, MOST_MISSED).map((m) => (
        <p key={m.lock}><code>{trace.tables.lockName(m.lock)}</code>{m.owner >= 0 && <>, held by <code>{name(m.owner)}</code></>}: {m.tasks.length === 1 ? <code>{name(m.tasks[0])}</code> : plural(m.tasks.length, 'task')} missed it {m.times === 1 ? 'once' : `${count(m.times)} times`} in the last {duration(LATELY_NS)}.</p>
      ))}
      <p className="i3">A trylock that misses waits for nobody. From its {RETRY_ROUNDS}th miss of one hold on a task is drawn as a loop of retries.</p>
    </div>
  );
}
function Drawings({ trace, graph, groups, missed, pin, go }: { readonly trace: Trace; readonly graph: WaitGraph; readonly groups: readonly WaitGroup[]; readonly missed: readonly Missed[]; readonly pin: Pin | null; readonly go: (node: number, event: number) => void }): ReactElement {
  const { ref, width } = useWidth(), names = titles(groups), two = groups.length > 1 && width >= TWO_PX, each = Math.min(WIDEST_PX, two ? Math.floor(width / 2) - 1 : width);
  return (
    <div ref={ref} className={two ? 'rings two' : 'rings'}>
      {groups.length === 0 && <p className="ring-none i3">Nobody waits for a lock here{missed.length > 0 ? ', but some have missed one:' : '.'}</p>}
      {groups.slice(0, MOST_DRAWN).map((group, i) => {
        const ring = graph.rings.find((r) => r.nodes.join() === group.path.join());
        return (
          <div className="ring-cell" key={names[i]}>
            <h2><span className={group.kind === 'waiting' ? '' : 'c-oom'}>{names[i]}</span><span className="i3">{contents(graph, group)}</span></h2>
            {width > 0 && <div className="ring-place"><RingView trace={trace} graph={graph} group={group} width={each} name={`${names[i]}, drawn`} here={pin?.node ?? -1} go={go} /></div>}
            <p>{ring === undefined ? groupWords(graph, group) : ringWords(toldRing(graph, ring))}</p>
          </div>
        );
      })}
      {groups.length > MOST_DRAWN && <p className="ring-none i3">and {plural(groups.length - MOST_DRAWN, 'more chain')}: all waits are in the list</p>}
      <Misses trace={trace} missed={missed} />
    </div>
  );
}
function holders(g: WaitGraph, thing: number): string {
  const names = g.edges.filter((e) => e.from === thing).map((e) => nameOf(g, e.to));
  return names.length === 0 ? 'nobody recorded' : names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}
function WaitLine({ trace, graph, wait: e }: { readonly trace: Trace; readonly graph: WaitGraph; readonly wait: WaitEdge }): ReactElement {
  const to = graph.nodes.get(e.to), long = duration(graph.nowNs - trace.timeOfEvent(e.row + 1)), by = to?.kind === 'event' ? 'to be made by' : to?.kind === 'side' ? 'behind' : 'held by';
  const how = e.kind === 'retries' ? `tries again and again, ${count(e.count)} times, one each ${duration(e.everyNs)},` : e.kind === 'timed' ? `waits ${long}, at most ${duration((e.jiffies * 1e9) / trace.shape.hz)}, for` : `waits ${long} for`;
  return <li><button type="button" className="link" onClick={() => store.getState().selectTask(graph.nodes.get(e.from)?.id ?? null)}><code>{nameOf(graph, e.from)}</code></button> {how} <code>{nameOf(graph, e.to)}</code>, {by} <code>{holders(graph, e.to)}</code></li>;
}
/** Every wait of the graph in words: the text twin of the drawings. */
function Waits({ trace, graph }: { readonly trace: Trace; readonly graph: WaitGraph }): ReactElement {
  const waits = graph.edges.filter((e) => isWait(e.kind)), lines = (some: readonly WaitEdge[]): ReactElement => <ul className="waits">{some.map((e) => <WaitLine key={`${e.from} ${e.to}`} trace={trace} graph={graph} wait={e} />)}</ul>;
  return (
    <div className="block">
      <h2 className="head"><span>Waiting</span><span>{plural(new Set(waits.map((e) => e.from)).size, 'task')}</span></h2>
      {waits.length === 0 ? <p className="i3">Nobody waits for a lock.</p> : lines(waits.slice(0, MOST_LISTED))}
      {waits.length > MOST_LISTED && <details><summary>and {plural(waits.length - MOST_LISTED, 'more wait')}</summary>{lines(waits.slice(MOST_LISTED))}</details>}
      {graph.starved.map((s) => <p key={s.node} className="c-oom"><code>{nameOf(graph, s.node)}</code> is ready to run and has had no CPU for {duration(s.ns)}</p>)}
    </div>
  );
}
function Key(): ReactElement {
  const line = (kind: string, words: string): ReactElement => <><svg viewBox="0 0 52 10" aria-hidden="true"><g className={`ring-arrow ring-${kind}`}><path d="M0 5H44" /><path className="ring-head" d={kind === 'holds' ? 'M43 1L50 5L43 9Z' : 'M43 1L50 5L43 9'} /></g></svg><span>{words}</span></>;
  return (
    <div className="block ring-of-deadlock">
      <h2 className="head"><span>Arrows</span></h2>
      <div className="edge-key">{line('holds', 'holds, from lock to task; of a completion: who is to make it')}{line('waits', 'waits, blocked, from task to lock')}{line('retries', 'retries and runs: a loop of trylocks; or waits for a time')}{line('queued', 'a writer in line, before readers')}</div>
    </div>
  );
}
/** After the last event time may go on without one. */
function Head({ trace, pin, graph }: { readonly trace: Trace; readonly pin: Pin | null; readonly graph: WaitGraph }): ReactElement {
  const wide = useStore((s) => s.wide), later = graph.nowNs - trace.timeOfEvent(graph.event);
  return (
    <div className="locks-head">
      {pin === null
        ? <span className="i3">{later > 0 ? `Who waits for whom at the end, ${seconds(graph.nowNs, 3)}: ${duration(later)} after the last event` : 'Who waits for whom at the cursor'}</span>
        : <span role="status">As at event {count(pin.event)}, {seconds(graph.nowNs)}; the cursor is where that began. <button type="button" className="link" onClick={() => store.getState().setCursor(pin.event)}>Back there</button></span>}
      <button type="button" className="btn" onClick={() => store.setState({ wide: !wide })}>{wide ? 'Dock to the side' : 'Open large'}</button>
    </div>
  );
}
function LocksAt({ trace, cursor, holders: table }: { readonly trace: Trace; readonly cursor: number; readonly holders: ReactNode }): ReactElement {
  const [kept, setPin] = useState<Pin | null>(null), pin = kept !== null && kept.trace === trace && kept.at === cursor ? kept : null, event = pin?.event ?? cursor;
  // the last event's state lasts on while the machine does
  const end = event >= trace.rows ? trace.endNs : 0;
  const { graph, groups, missed } = useMemo(() => {
    const g = waitGraphAt(trace, end < 0 ? 0 : event), drawn = new Set(g.edges.filter((e) => isWait(e.kind)).map((e) => `${e.from} ${g.nodes.get(e.to)?.id}`));
    return { graph: g, groups: waitGroups(g), missed: missedAt(trace, event, g.nowNs, (task, lock) => drawn.has(`${task} ${lock}`)) };
  }, [trace, event, end]);
  useEffect(() => { if (kept !== null && kept.at !== cursor) setPin(null); }, [kept, cursor]);
  const go = (node: number, at: number): void => {
    setPin({ trace, event, at, node });
    store.getState().setCursor(at);
  };
  return (
    <div className="locks">
      <Head trace={trace} pin={pin} graph={graph} />
      <div className="locks-grid">
        <div className="locks-rings"><Drawings trace={trace} graph={graph} groups={groups} missed={missed} pin={pin} go={go} /></div>
        <div className="locks-lists">
          <Waits trace={trace} graph={graph} />
          <div className="block"><h2 className="head"><span>Holders at the cursor</span></h2>{table}</div>
          <Key />
        </div>
        <div className="locks-order"><OrderTable trace={trace} /></div>
      </div>
    </div>
  );
}
export function LocksTab({ holders: table }: { readonly holders: ReactNode }): ReactElement {
  const at = useAtCursor();
  useStore((s) => s.version);
  if (at === null) return <p className="block i3">The machine is booting.</p>;
  return <LocksAt trace={at.trace} cursor={at.cursor} holders={table} />;
}
