/** The kernel log up to the cursor; what is printed later stands in grey. A line jumps to its moment. */
import { type ReactElement, useLayoutEffect, useRef } from 'react';
import type { LogLine } from '../../format/machine.ts';
import { store, useStore } from '../../store/store.ts';
import { plural } from '../../ui/format.ts';
import { useAtCursor } from './at_cursor.ts';

/** Lines shown before and after the cursor's: a report of many tasks is long, a run may print many. */
const BEFORE = 400, AFTER = 60;

/** How many lines were printed up to `timeNs`. */
export function linesUpTo(log: readonly LogLine[], timeNs: number): number {
  let low = 0, high = log.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (log[middle].timeNs <= timeNs) low = middle + 1;
    else high = middle;
  }
  return low;
}
/** dmesg's way of writing a time. */
export const stamp = (timeNs: number): string => `[${(Math.floor(timeNs / 1000) / 1e6).toFixed(6).padStart(12)}]`;

function jump(timeNs: number): void {
  const { trace, setCursor } = store.getState();
  if (trace !== null) setCursor(trace.eventAt(timeNs));
}

export function LogTab(): ReactElement {
  const at = useAtCursor();
  useStore((s) => s.version);
  const current = useRef<HTMLLIElement>(null);
  const log = at?.trace.tables.log ?? [];
  const printed = at === null ? 0 : linesUpTo(log, at.trace.timeOfEvent(at.cursor));
  const from = Math.max(0, printed - BEFORE), lines = log.slice(from, printed + AFTER);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the last printed line is brought into sight whenever another one is the last
  useLayoutEffect(() => { current.current?.scrollIntoView({ block: 'nearest' }); }, [printed]);
  if (lines.length === 0) return <p className="block i3">Nothing has been printed.</p>;
  return (
    <>
      <p className="block i3">{plural(printed, 'line')} until now, {plural(log.length - printed, 'line')} later in this run</p>
      <ol className="log">
        {lines.map((line, i) => {
          const n = from + i, later = n >= printed;
          return (
            <li key={n} ref={n === printed - 1 ? current : null} className={later ? 'later' : line.level <= 3 ? 'error' : ''}>
              <button type="button" onClick={() => jump(line.timeNs)} title="Go to this moment"><span className="i3">{stamp(line.timeNs)}</span> {line.text}</button>
            </li>
          );
        })}
      </ol>
    </>
  );
}
