import { type FormEvent, type ReactElement, useState } from 'react';
import { bad, good, type Result } from '../../base/result.ts';
import { store, useStore } from '../../store/store.ts';
import { takeTyped } from '../../store/typed.ts';
import { DialogFrame } from './dialog_frame.tsx';

const units: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 };

/** `2.65`, `2.65 s`, `2650 ms`: an instant in ns; `#181204`, `event 181204`: an event. */
export function parsePlace(text: string): Result<{ readonly timeNs: number } | { readonly event: number }> {
  const plain = text.replace(/[\u2009\u202f]/g, '').trim();
  const event = /^(?:#|event\s+)(\d[\d\s]*)$/i.exec(plain);
  if (event !== null) return good({ event: Number(event[1].replace(/\s/g, '')) });
  const time = /^(\d[\d\s]*(?:\.[\d\s]+)?)\s*(ns|us|µs|ms|s)?$/.exec(plain);
  if (time === null) return bad(`expected a time such as 2.65 s or an event such as #1204, found “${text.trim()}”`);
  return good({ timeNs: Math.round(Number(time[1].replace(/\s/g, '')) * units[time[2] ?? 's']) });
}

export function GotoDialog(): ReactElement {
  const openDialog = useStore((s) => s.openDialog);
  const [text, setText] = useState(takeTyped);
  const [problem, setProblem] = useState('');
  const go = (e: FormEvent): void => {
    e.preventDefault();
    const { trace, setCursor } = store.getState(), place = parsePlace(text);
    if (!place.ok) {
      setProblem(place.problem.message);
      return;
    }
    if (trace !== null) setCursor('event' in place.value ? place.value.event : trace.eventAt(place.value.timeNs));
    openDialog(null);
  };
  return (
    <DialogFrame title="Go to">
      <form onSubmit={go} className="dialog-form">
        <label>Time or event <input className="field" data-first autoComplete="off" spellCheck={false} value={text} onChange={(e) => setText(e.target.value)} placeholder="2.65 s, 340 ms, #1204" /></label>
        {problem !== '' && <p role="alert" className="problem">{problem}</p>}
        <div className="acts"><button type="submit" className="btn prim">Go</button></div>
      </form>
    </DialogFrame>
  );
}
