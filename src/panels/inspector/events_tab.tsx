/** Every row in words, around the cursor: lines are made as they come into sight. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type FormEvent, type ReactElement, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { lowerBound } from '../../analysis/pyramid.ts';
import type { Trace } from '../../analysis/trace.ts';
import { ROW } from '../../format/rows.ts';
import { store, useStore } from '../../store/store.ts';
import { isAwaited, takeTyped } from '../../store/typed.ts';
import { afterName, count, duration, seconds } from '../../ui/format.ts';
import { useAtCursor } from './at_cursor.ts';
import { rowWords } from './row_words.ts';

const LINE = 24;
/** Rows in the list at once: browsers limit how tall an element can be. */
const WINDOW = 200_000;
/** Rows read at a time while searching, so that the page stays alive. */
const SLICE = 20_000;

/** The next row, from `from` in steps of `by`, whose words contain `text`; null = none, or the search was given up. */
async function findRow(trace: Trace, text: string, from: number, by: 1 | -1, wanted: () => boolean): Promise<number | null> {
  const needle = text.toLowerCase();
  for (let row = from, read = 0; row >= 0 && row < trace.rows; row += by) {
    if (++read % SLICE === 0) {
      await new Promise((resolve) => setTimeout(resolve));
      if (!wanted()) return null;
    }
    if (rowWords(trace, row).toLowerCase().includes(needle) || trace.tables.taskName(trace.taskAt(row)).toLowerCase().includes(needle)) return row;
  }
  return null;
}

function Search({ trace }: { readonly trace: Trace }): ReactElement {
  const field = useRef<HTMLInputElement>(null), [text, setText] = useState(takeTyped);
  const [said, setSaid] = useState('');
  const turn = useRef(0);
  useLayoutEffect(() => { if (isAwaited()) field.current?.focus(); }, []);
  const search = async (by: 1 | -1): Promise<void> => {
    const mine = ++turn.current, { cursor, setCursor } = store.getState();
    if (text.trim() === '') return;
    setSaid('searching');
    // the cursor stands after its row, so the next row to look at has its number
    const row = await findRow(trace, text.trim(), by === 1 ? cursor : cursor - 2, by, () => turn.current === mine);
    if (turn.current !== mine) return;
    setSaid(row === null ? `not ${by === 1 ? 'after' : 'before'} here` : '');
    if (row !== null) setCursor(row + 1);
  };
  const submit = (e: FormEvent): void => { e.preventDefault(); void search(1); };
  return (
    <form className="search" onSubmit={submit}>
      <input ref={field} id="event-search" className="field" type="search" aria-label="Search events" placeholder="words of an event" value={text} onChange={(e) => setText(e.target.value)} onKeyDown={(e) => { if (e.key === 'Enter' && e.shiftKey) { e.preventDefault(); void search(-1); } }} />
      <button type="button" className="btn" onClick={() => { void search(-1); }}>Back</button>
      <button type="submit" className="btn">Find</button>
      <span className="i3" aria-live="polite">{said}</span>
    </form>
  );
}

/** Rows that have a line: an operand belongs to the question before it. */
export function linesOf(trace: Trace, from: number, end: number): Int32Array {
  const rows = new Int32Array(Math.max(0, end - from));
  let n = 0;
  for (let row = from; row < end; row++) if (trace.kindAt(row) !== ROW.operand || n === 0) rows[n++] = row;
  return rows.subarray(0, n);
}
/** The line that `row` stands in. */
export const lineOf = (lines: Int32Array, row: number): number => Math.max(0, lowerBound(lines, row + 1, 0, lines.length) - 1);
function List({ trace, cursor }: { readonly trace: Trace; readonly cursor: number }): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const [base, setBase] = useState(() => Math.max(0, Math.min(cursor - WINDOW / 2, trace.rows - WINDOW)));
  const end = Math.min(base + WINDOW, trace.rows), lines = useMemo(() => linesOf(trace, base, end), [trace, base, end]);
  const virtual = useVirtualizer({ count: lines.length, getScrollElement: () => box.current, estimateSize: () => LINE, overscan: 10, initialOffset: Math.max(0, (lineOf(lines, cursor - 1) - 7) * LINE) });
  useEffect(() => {
    const row = cursor - 1;
    if (row >= 0 && (row < base || row >= base + WINDOW)) setBase(Math.max(0, Math.min(row - WINDOW / 2, trace.rows - WINDOW)));
    else virtual.scrollToIndex(lineOf(lines, row), { align: 'auto' });
  }, [cursor, base, trace, virtual, lines]);
  const at = cursor > 0 ? lines[lineOf(lines, cursor - 1)] : -1;
  return (
    <div className="events" ref={box} tabIndex={0} role="group" aria-label="Events in order">
      <ol className="events-all" ref={(list) => { list?.style.setProperty('height', `${virtual.getTotalSize()}px`); }}>
        {virtual.getVirtualItems().map((item) => {
          const row = lines[item.index], next = item.index + 1 < lines.length ? lines[item.index + 1] : end, words = rowWords(trace, row), who = trace.tables.taskName(trace.taskAt(row));
          const timeNs = trace.timeAt(row), afterNs = item.index > 0 ? timeNs - trace.timeAt(lines[item.index - 1]) : 0;
          return (
            <li key={row} className={row === at ? 'here' : row >= cursor ? 'later' : ''} aria-current={row === at ? 'step' : undefined} ref={(line) => { line?.style.setProperty('transform', `translateY(${item.start}px)`); }}>
              <button type="button" tabIndex={-1} title={`${seconds(timeNs, 9)}: ${words}`} onClick={() => store.getState().setCursor(next)}>
                <span className="i3 num">{count(row + 1)}</span><span className="i3 num event-after">{afterNs > 0 ? `+${duration(afterNs)}` : ''}</span><span className="i3 num event-at">{seconds(timeNs, 9)}</span><code>{who}</code><span className="event-words">{afterName(words, who)}</span>
              </button>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

export function EventsTab(): ReactElement {
  const at = useAtCursor();
  useStore((s) => s.version);
  if (at === null || at.trace.rows === 0) return <p className="block i3">No event yet.</p>;
  return <><Search trace={at.trace} /><List key={at.trace.shape.profile} trace={at.trace} cursor={at.cursor} /></>;
}
