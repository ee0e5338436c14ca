/** Above a comparison, always: in what the two runs differ by their settings, and the first event in which they do. */
import './compare.css';
import type { ReactElement } from 'react';
import { comparable, differsAtStart, partingOf, type Alignment, ALIGNMENTS } from '../../analysis/compare.ts';
import type { Trace } from '../../analysis/trace.ts';
import { goToFirstDifference, setAlign } from '../../store/compare.ts';
import { differences } from '../../store/differences.ts';
import { anyRunning, partOf, type Side } from '../../store/sides.ts';
import { useStore } from '../../store/store.ts';
import { afterName, count, DASH, plural, seconds } from '../../ui/format.ts';

/** A row of a run in words: told by the panel that lists them. */
export type Words = (trace: Trace, row: number) => string;

function Settings({ caution }: { readonly caution: ReactElement | null }): ReactElement {
  const a = useStore((s) => partOf(s, 'A')?.scenario ?? s.scenario), b = useStore((s) => partOf(s, 'B')?.scenario ?? s.scenario), catalog = useStore((s) => s.catalog);
  const list = differences(a, b, catalog);
  return (
    <div className="compare-settings" role="group" aria-label="What differs" tabIndex={0}>
      <h2 className="head"><span>What differs: {list.length === 0 ? 'nothing yet' : plural(list.length, 'setting')}</span><span>{a.seed === b.seed ? 'same seed' : 'two seeds'}</span></h2>
      {list.length === 0
        ? <p className="i2">Change a knob, or the profile above: B runs with it, and stands below A.</p>
        : (
          <table className="compare-table" aria-label="Settings that differ">
            <thead><tr><th scope="col">setting</th><th scope="col">A</th><th scope="col">B</th><th scope="col" className="wide-only">what it is</th></tr></thead>
            <tbody>{list.map((d) => <tr key={d.name}><th scope="row"><code>{d.name}</code></th><td>{d.a ?? DASH}</td><td><b>{d.b ?? DASH}</b></td><td className="i2 wide-only">{d.doc}</td></tr>)}</tbody>
          </table>
        )}
      {caution}
    </div>
  );
}

function EventWords({ side, trace, event, words, where }: { readonly side: Side; readonly trace: Trace; readonly event: number; readonly words: Words; readonly where: string }): ReactElement {
  const there = event <= trace.rows, row = event - 1, who = there ? trace.tables.taskName(trace.taskAt(row)) : '', said = there ? `${words(trace, row)}${where}` : '';
  return (
    <p className="compare-event">
      <b className="compare-letter">{side}</b>
      {there ? <span title={said}>{seconds(trace.timeAt(row))} <b>{who}</b> {afterName(said, who)}</span> : <span className="i2">has no such event: it ends after {plural(trace.rows, 'event')}</span>}
    </p>
  );
}
const alignWords: Readonly<Record<Alignment, string>> = { divergence: 'first difference', time: 'time' };
function AlignSelect(): ReactElement {
  const align = useStore((s) => s.compare?.align ?? 'divergence');
  return (
    <label className="labelled" title="first difference: the same event up to the first that differs, the same time after it. time: the same time always.">
      <span className="i3" aria-hidden="true">align by</span>
      <select className="select" aria-label="Align by" value={align} onChange={(e) => { const how = ALIGNMENTS.find((one) => one === e.target.value); if (how !== undefined) setAlign(how); }}>
        {ALIGNMENTS.map((how) => <option key={how} value={how}>{alignWords[how]}</option>)}
      </select>
    </label>
  );
}
const SIGNS = { yes: '✓', care: '◐', no: '×', differ: '≠' } as const;
const COMPARED = { yes: 'the same machine and kernel', care: 'comparable with care:', no: 'not comparable:' } as const;
function Caution({ a, b }: { readonly a: Trace; readonly b: Trace }): ReactElement {
  const { kind, words } = comparable(a, b), start = differsAtStart(a, b), sign = kind === 'yes' && start.length > 0 ? 'differ' : kind; // the tick is for what is the same
  return (
    <p className="i2 compare-caution">
      <span className={`compare-sign compare-${sign}`} aria-hidden="true">{SIGNS[sign]}</span> {kind === 'yes' ? (start.length === 0 ? COMPARED.yes : '') : `${COMPARED[kind]} ${words}. `}
      {start.length > 0 && `Free pages or watermarks of ${start.join(', ')} differ before the first event.`}
    </p>
  );
}
function Difference({ a, b, words }: { readonly a: Trace; readonly b: Trace; readonly words: Words }): ReactElement {
  const first = useStore((s) => s.compare?.first ?? null), same = useStore((s) => s.compare?.pair?.same ?? 0), running = useStore(anyRunning);
  useStore((s) => s.version);
  useStore((s) => s.compare?.other.version);
  const alike = first !== null && first <= Math.min(a.rows, b.rows) && words(a, first - 1) === words(b, first - 1), where = (alike ? partingOf(a, b, first - 1) : ['', '']).map((fn) => (fn === '' ? '' : `, in ${fn}()`));
  return (
    <>
      <h2 className="head"><span>First event that differs</span><span>{first === null ? '' : `event ${count(first)} of ${count(a.rows)} / ${count(b.rows)}`}</span></h2>
      {first === null
        ? <p className="ink">{running ? `So far none: ${plural(same, 'event')} the same.` : `None: all ${plural(same, 'event')} are the same in both.`}</p>
        : <><EventWords side="A" trace={a} event={first} words={words} where={where[0]} /><EventWords side="B" trace={b} event={first} words={words} where={where[1]} /></>}
      <div className="acts compare-acts">
        <button type="button" className="btn prim" disabled={first === null} title={first === null ? 'There is none so far' : 'Goes there in both runs'} onClick={goToFirstDifference}>First difference</button>
        <AlignSelect />
      </div>
    </>
  );
}

export function CompareStrip({ words }: { readonly words: Words }): ReactElement | null {
  const comparing = useStore((s) => s.compare !== null), a = useStore((s) => partOf(s, 'A')?.trace ?? null), b = useStore((s) => partOf(s, 'B')?.trace ?? null), running = useStore((s) => partOf(s, 'B')?.running === true);
  if (!comparing) return null;
  return (
    <section className="compare-strip" aria-label="Comparison">
      <Settings caution={a === null || b === null ? null : <Caution a={a} b={b} />} />
      <div className="compare-first">
        {a === null || b === null ? <><h2 className="head"><span>First event that differs</span></h2><p className="i2">{running ? 'B is booting.' : 'B has not run yet.'}</p></> : <Difference a={a} b={b} words={words} />}
      </div>
    </section>
  );
}
