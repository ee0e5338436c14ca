/** Both runs in numbers: which of them is looked at, how they stand at the cursor, and what came of each. */
import './compare.css';
import type { ReactElement } from 'react';
import { commonZones } from '../../analysis/compare.ts';
import { lowerBound } from '../../analysis/pyramid.ts';
import { allWaitingAt } from '../../analysis/rcu.ts';
import type { Trace } from '../../analysis/trace.ts';
import { FRAME, WMARK_CELL } from '../../format/rows.ts';
import type { Outcome } from '../../format/scenario.ts';
import { showSide } from '../../store/compare.ts';
import { behind, partOf, type RunPart, type Side } from '../../store/sides.ts';
import { useStore } from '../../store/store.ts';
import { count, DASH, duration, seconds, signed } from '../../ui/format.ts';

const SIDES: readonly Side[] = ['A', 'B'];

/** Which run the tabs, the steps and the clock are of. */
export function SideSwitch(): ReactElement | null {
  const shown = useStore((s) => s.compare?.shown), ready = useStore((s) => s.compare !== null && s.compare.other.trace !== null);
  if (shown === undefined) return null;
  return (
    <div className="side-switch" role="group" aria-label="Run that is shown">
      <span className="i3">at the cursor of</span>
      {SIDES.map((side) => <button key={side} type="button" className="btn" aria-pressed={shown === side} disabled={!ready && side !== shown} title={`Steps, clock and tabs are those of ${side} (X changes)`} onClick={() => showSide(side)}>{`Run ${side}`}</button>)}
    </div>
  );
}

interface Line {
  readonly name: string;
  readonly a: number;
  readonly b: number;
}
const gauge = (trace: Trace, name: string, cursor: number): number => trace.series.gauges.get(trace.tables.stringIndex(name))?.at(cursor) ?? 0;
/** Pages and counts of the whole machine. */
const FIGURES: readonly (readonly [name: string, of: (trace: Trace, cursor: number) => number])[] = [
  ['per-CPU lists', (t, c) => t.series.pcp.reduce((sum, s) => sum + s.at(c), 0)],
  ['anon', (t, c) => t.series.types[FRAME.anon].at(c)],
  ['file', (t, c) => t.series.types[FRAME.file].at(c)],
  ['swap used', (t, c) => t.series.swapUsed.at(c)],
  ['page faults', (t, c) => gauge(t, 'pgfault', c)],
  ['scanned by kswapd', (t, c) => gauge(t, 'pgscan_kswapd', c)],
  ['scanned directly', (t, c) => gauge(t, 'pgscan_direct', c)],
  ['reclaim rounds', ({ series: { marks } }, c) => lowerBound(marks.rounds.from.data, c, 0, marks.rounds.length)],
  ['RCU callbacks waiting', allWaitingAt],
  ['RCU callbacks invoked', (t, c) => t.series.rcu.callbacks.went(c)],
  ['OOM kills', (t, c) => t.series.marks.kills.countAt(c)],
  ['kills by programs', (t, c) => t.series.marks.userKills.countAt(c)],
];
function linesOf(a: RunPart & { trace: Trace }, b: RunPart & { trace: Trace }): Line[] {
  const zones = [...commonZones(a.trace, b.trace)].reverse().flatMap((z): Line[] => {
    const zoneA = a.trace.series.zones[z.a], zoneB = b.trace.series.zones[z.b], min = (zone: typeof zoneA, cursor: number): number => zone.wmark[WMARK_CELL.min].at(cursor) + zone.wmark[WMARK_CELL.boost].at(cursor);
    return [{ name: `${z.name} free`, a: zoneA.free.at(a.cursor), b: zoneB.free.at(b.cursor) }, { name: `${z.name} min`, a: min(zoneA, a.cursor), b: min(zoneB, b.cursor) }];
  });
  const rest = FIGURES.map(([name, of]): Line => ({ name, a: of(a.trace, a.cursor), b: of(b.trace, b.cursor) }));
  return [...zones, ...rest].filter((l) => l.a !== 0 || l.b !== 0);
}
const whole = (part: RunPart | null): (RunPart & { trace: Trace }) | null => (part === null || part.trace === null ? null : { ...part, trace: part.trace });

/** What has not been simulated so far has no figures: those of an earlier time would be read as a difference. */
const Late = (): ReactElement => <td className="i3" title="not simulated yet"><span aria-hidden="true">{DASH}</span><span className="hidden">not simulated yet</span></td>;
function Figure({ name, values, difference, same, plain }: { readonly name: string; readonly values: readonly [a: string, b: string]; readonly difference: string; readonly same: boolean; readonly plain?: boolean }): ReactElement {
  const late = useStore(behind);
  return (
    <tr>
      <th scope="row">{name}</th>
      {SIDES.map((side, i) => (side === late ? <Late key={side} /> : <td key={side}>{values[i]}</td>))}
      {late === null ? <td className={same ? 'i3' : plain ? '' : 'b'}>{difference}</td> : <Late />}
    </tr>
  );
}
function AtCursor({ a, b }: { readonly a: RunPart & { trace: Trace }; readonly b: RunPart & { trace: Trace } }): ReactElement {
  const [timeA, timeB] = [a, b].map(({ trace, cursor }) => seconds(trace.timeOfEvent(cursor)));
  return (
    <div className="block both-block">
      <h2 className="head"><span>Both runs at the cursor</span><span>pages, counts</span></h2>
      <table className="both" aria-label="Both runs at the cursor">
        <thead><tr><th scope="col"><span className="hidden">figure</span></th><th scope="col">A</th><th scope="col">B</th><th scope="col">B − A</th></tr></thead>
        <tbody>
          <Figure name="event" values={[count(a.cursor), count(b.cursor)]} difference={signed(b.cursor - a.cursor)} same={a.cursor === b.cursor} plain />
          <Figure name="time" values={[timeA, timeB]} difference={duration(b.trace.timeOfEvent(b.cursor) - a.trace.timeOfEvent(a.cursor))} same={timeA === timeB} plain />
          {linesOf(a, b).map((l) => <Figure key={l.name} name={l.name} values={[count(l.a), count(l.b)]} difference={signed(l.b - l.a)} same={l.a === l.b} />)}
        </tbody>
      </table>
    </div>
  );
}

interface Result {
  readonly name: string;
  readonly a: string;
  readonly b: string;
  readonly by: string;
}
const span = (from: number | null, to: number | null): number | null => (from === null || to === null ? null : to - from);
/** Lengths and instants with how many times as long B takes. */
function timed(name: string, a: number | null, b: number | null, write: (ns: number) => string): Result {
  return { name, a: a === null ? DASH : write(a), b: b === null ? DASH : write(b), by: a === null || b === null || a === 0 ? '' : (b / a).toFixed(2) };
}
const worded = (name: string, a: string, b: string): Result => ({ name, a, b, by: a === b ? 'same' : 'differs' });
function resultsOf(a: Outcome, b: Outcome): Result[] {
  const at = (ns: number): string => seconds(ns, 3), victims = (kills: readonly { readonly comm: string }[]): string => [...new Set(kills.map((k) => k.comm))].join(', ') || 'nobody', ofUsers = (o: Outcome): number | null => o.userKills[0]?.timeNs ?? null;
  return [
    worded('ends', a.ending, b.ending), worded('killed by the OOM killer', victims(a.kills), victims(b.kills)),
    ...(a.userKills.length + b.userKills.length > 0 ? [worded('killed by programs', victims(a.userKills), victims(b.userKills))] : []),
    timed('kswapd first woken', a.firsts.kswapdWakeNs, b.firsts.kswapdWakeNs, at), timed('first direct reclaim', a.firsts.directReclaimNs, b.firsts.directReclaimNs, at), timed('first OOM kill', a.firsts.killNs, b.firsts.killNs, at), timed('first kill by a program', ofUsers(a), ofUsers(b), at),
    timed('wake to direct reclaim', span(a.firsts.kswapdWakeNs, a.firsts.directReclaimNs), span(b.firsts.kswapdWakeNs, b.firsts.directReclaimNs), duration),
    timed('direct reclaim to OOM kill', span(a.firsts.directReclaimNs, a.firsts.killNs), span(b.firsts.directReclaimNs, b.firsts.killNs), duration),
    { name: 'events', a: count(a.events), b: count(b.events), by: a.events === 0 ? '' : (b.events / a.events).toFixed(2) }, worded('hash', a.hash.slice(0, 8), b.hash.slice(0, 8)),
  ].filter((r) => r.a !== DASH || r.b !== DASH);
}
function Outcomes({ a, b }: { readonly a: Outcome; readonly b: Outcome }): ReactElement {
  return (
    <div className="block both-block">
      <h2 className="head"><span>Outcome</span><span>B ÷ A</span></h2>
      <table className="both" aria-label="Outcome">
        <thead><tr><th scope="col"><span className="hidden">figure</span></th><th scope="col">A</th><th scope="col">B</th><th scope="col">B ÷ A</th></tr></thead>
        <tbody>{resultsOf(a, b).map((r) => <tr key={r.name}><th scope="row">{r.name}</th><td>{r.a}</td><td>{r.b}</td><td className={r.by === 'same' || r.by === '1.00' ? 'i3' : 'b'}>{r.by}</td></tr>)}</tbody>
      </table>
    </div>
  );
}

export function Both(): ReactElement | null {
  const comparing = useStore((s) => s.compare !== null), a = whole(useStore((s) => partOf(s, 'A'))), b = whole(useStore((s) => partOf(s, 'B')));
  if (!comparing || a === null || b === null) return null;
  return (
    <>
      <AtCursor a={a} b={b} />
      {a.phase.kind === 'ended' && b.phase.kind === 'ended' && <Outcomes a={a.phase.outcome} b={b.phase.outcome} />}
    </>
  );
}
