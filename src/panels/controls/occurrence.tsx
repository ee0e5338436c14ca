/** The condition that "next" and "previous" look for: one of the list, or typed. */
import { type KeyboardEvent, type ReactElement, useEffect, useId, useRef, useState } from 'react';
import { OCCURRENCES } from '../../analysis/occurrences.ts';
import { findOccurrence } from '../../store/stepping.ts';
import { store, useStore } from '../../store/store.ts';

export function Occurrence(): ReactElement {
  const occurrence = useStore((s) => s.occurrence);
  const [text, setText] = useState(occurrence);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => setText(occurrence), [occurrence]);
  const typed = text.trim() !== '' && text !== occurrence;
  const shown = OCCURRENCES.filter((name) => !typed || name.toLowerCase().includes(text.trim().toLowerCase()));

  const take = (name: string): void => {
    store.setState({ occurrence: name, found: { kind: 'nothing' } });
    setText(name);
    setOpen(false);
    setActive(-1);
  };
  const onKey = (e: KeyboardEvent): void => {
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      setOpen(true);
      const step = e.key === 'ArrowDown' ? 1 : -1;
      setActive((at) => (shown.length === 0 ? -1 : (at + step + shown.length) % shown.length));
    } else if (e.key === 'Enter') {
      const name = open && active >= 0 ? shown[active] : text.trim();
      if (name !== '') take(name);
      findOccurrence(e.shiftKey ? -1 : 1);
    } else if (e.key === 'Escape' && open) {
      setOpen(false);
      setText(occurrence);
    } else return;
    e.preventDefault();
  };
  return (
    <span className="combo">
      <span className="i3 combo-prefix" aria-hidden="true">next</span>
      <input
        ref={input} className="combo-input" role="combobox" aria-label="Occurrence" aria-expanded={open} aria-controls={`${id}list`} aria-autocomplete="list" aria-describedby={`${id}typed`} spellCheck={false} autoComplete="off"
        aria-activedescendant={open && active >= 0 ? `${id}${active}` : undefined} value={text}
        onChange={(e) => { setText(e.target.value); setOpen(true); setActive(-1); }}
        onClick={() => { setOpen(true); input.current?.select(); }} onKeyDown={onKey}
        onBlur={() => { if (text.trim() !== '') take(text.trim()); else take(occurrence); }}
      />
      <div className="combo-list" hidden={!open}>
        <ul id={`${id}list`} role="listbox" aria-label="Conditions" hidden={shown.length === 0}>
          {shown.map((name, i) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the input above has the keys of this list
            <li key={name} id={`${id}${i}`} role="option" aria-selected={name === occurrence} className={i === active ? 'active' : ''} tabIndex={-1} onMouseDown={(e) => e.preventDefault()} onClick={() => take(name)}>{name}</li>
          ))}
        </ul>
        <div id={`${id}typed`} className="combo-typed i2">
          <p>or typed:</p>
          <p><code>free DMA32 &lt; 500</code> free pages, also of one zone; &gt;, =, &lt;= and &gt;= too</p>
          <p><code>task kswapd0</code> events of a task, by name or pid</p>
          <p><code>try_to_free_pages</code> a function, a question or a tracepoint, or a part of its name</p>
        </div>
      </div>
    </span>
  );
}
