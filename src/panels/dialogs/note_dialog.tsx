import './note_dialog.css';
/** The note at the cursor: a field beside the cursor's line. It is not modal: who goes on elsewhere has kept what was typed. */
import { type FormEvent, type KeyboardEvent, type ReactElement, useLayoutEffect, useRef, useState } from 'react';
import { keepNote, NOTE_CHARS, noteAt } from '../../store/note_texts.ts';
import { store, timeOf } from '../../store/store.ts';
import { takeTyped } from '../../store/typed.ts';
import { count, seconds } from '../../ui/format.ts';

const WIDTH_PX = 300, EDGE_PX = 8, BELOW_PX = 6;
/** Beside the cursor's line, at the top of the lanes; where these are not seen, near the top of the page. */
function place(dialog: HTMLElement): void {
  const { trace, cursor, view } = store.getState(), box = [...document.querySelectorAll('#lanes canvas')].at(-1)?.getBoundingClientRect();
  const seen = box !== undefined && box.width > 0, share = (timeOf(trace, cursor) - view.fromNs) / (view.toNs - view.fromNs);
  const x = seen ? box.left + Math.min(1, Math.max(0, share)) * box.width : innerWidth / 2, right = x + EDGE_PX + WIDTH_PX <= innerWidth - EDGE_PX;
  dialog.style.setProperty('--note-left', `${Math.max(EDGE_PX, right ? x + EDGE_PX : x - EDGE_PX - WIDTH_PX)}px`);
  dialog.style.setProperty('--note-top', `${seen ? Math.max(EDGE_PX, box.top + BELOW_PX) : 120}px`);
}

export function NoteDialog(): ReactElement {
  const [{ event, timeNs, old }] = useState(() => { const { trace, cursor, notes } = store.getState(); return { event: cursor, timeNs: timeOf(trace, cursor), old: noteAt(notes, cursor) }; });
  const [text, setText] = useState(() => (old?.text ?? '') + takeTyped());
  const dialog = useRef<HTMLDialogElement>(null), field = useRef<HTMLInputElement>(null), over = useRef(false);
  // before the next key is read, as in every dialog; what had the focus gets it back
  useLayoutEffect(() => {
    const before = document.activeElement, shown = dialog.current;
    if (shown !== null) { place(shown); shown.show(); }
    field.current?.focus();
    return () => {
      over.current = true;
      if (before instanceof HTMLElement && before !== document.body && (document.activeElement === document.body || shown?.contains(document.activeElement) === true)) before.focus();
    };
  }, []);
  const end = (keeps: boolean): void => {
    if (over.current) return;
    over.current = true;
    if (keeps) keepNote(event, text);
    store.getState().openDialog(null);
  };
  const submit = (e: FormEvent): void => { e.preventDefault(); end(true); };
  const onKey = (e: KeyboardEvent): void => {
    if (e.key !== 'Escape') return;
    e.preventDefault();
    end(false);
  };
  return (
    <dialog ref={dialog} className="note" aria-label="Note">
      <form onSubmit={submit}>
        <label>{`Note at ${seconds(timeNs)}, event ${count(event)}`}<input
          ref={field} className="field" maxLength={NOTE_CHARS} autoComplete="off" value={text} onChange={(e) => setText(e.target.value)} onKeyDown={onKey}
          onBlur={() => { if (document.hasFocus()) end(true); }}
        /></label>
        <p>Enter keeps it, Escape drops {old === undefined ? 'it' : 'the change; without words it goes'}</p>
      </form>
    </dialog>
  );
}
