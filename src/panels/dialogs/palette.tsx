/** All commands in one list: typed words narrow it, Enter runs the chosen one. */
import { type KeyboardEvent, type ReactElement, useEffect, useId, useState } from 'react';
import { experiments } from '../../experiments/index.ts';
import { stories } from '../../scenarios/index.ts';
import { commands } from '../../store/commands.ts';
import { showCards } from '../../store/pages.ts';
import { startRun } from '../../store/run.ts';
import { TABS, useStore } from '../../store/store.ts';
import { takeTyped } from '../../store/typed.ts';
import { DialogFrame } from './dialog_frame.tsx';

interface Entry {
  readonly name: string;
  readonly keys: string;
  readonly act: () => void;
}
export function matching<T extends { readonly name: string }>(entries: readonly T[], text: string): T[] {
  const words = text.toLowerCase().split(/\s+/).filter((w) => w !== '');
  return entries.filter((e) => words.every((w) => e.name.toLowerCase().includes(w)));
}

export function Palette(): ReactElement {
  const openDialog = useStore((s) => s.openDialog);
  const setTab = useStore((s) => s.setTab);
  const [text, setText] = useState(takeTyped);
  const [active, setActive] = useState(0);
  const id = useId();
  const page = useStore((s) => s.page);
  const entries: Entry[] = [
    ...commands.filter((c) => page === 'run' || c.anywhere === true),
    ...TABS.flatMap((tab) => (page === 'run' ? [{ name: `Show ${tab}`, keys: '', act: () => setTab(tab) }] : [])),
    ...experiments.map((x) => ({ name: `Experiment: ${x.id}`, keys: '', act: () => showCards(x.id) })),
    ...stories.map((s) => ({ name: `Story: ${s.title}`, keys: '', act: () => startRun(s, s) })),
  ];
  const shown = matching(entries, text);
  // the list is longer than its box
  useEffect(() => { document.getElementById(`${id}${active}`)?.scrollIntoView({ block: 'nearest' }); }, [id, active]);
  const run = (entry: Entry | undefined): void => {
    if (entry === undefined) return;
    openDialog(null);
    entry.act();
  };
  const onKey = (e: KeyboardEvent): void => {
    const step = e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && shown.length > 0) setActive((at) => (at + step + shown.length) % shown.length);
    else if (e.key === 'Enter') run(shown[active]);
    else return;
    e.preventDefault();
  };
  return (
    <DialogFrame title="Commands" hangs>
      <input
        className="field" data-first role="combobox" aria-label="Command" aria-expanded aria-controls={`${id}list`} aria-activedescendant={shown.length > 0 ? `${id}${active}` : undefined} spellCheck={false} autoComplete="off"
        value={text} onChange={(e) => { setText(e.target.value); setActive(0); }} onKeyDown={onKey}
      />
      <ul className="palette" id={`${id}list`} role="listbox" aria-label="Commands">
        {shown.map((entry, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input above has the keys of this list
          <li key={entry.name} id={`${id}${i}`} role="option" aria-selected={i === active} tabIndex={-1} onMouseMove={() => setActive(i)} onClick={() => run(entry)}><span>{entry.name}</span>{entry.keys !== '' && <kbd>{entry.keys}</kbd>}</li>
        ))}
      </ul>
      {shown.length === 0 && <p className="i3">No command has these words.</p>}
    </DialogFrame>
  );
}
