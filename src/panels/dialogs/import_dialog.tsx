import { type FormEvent, type ReactElement, useState } from 'react';
import { importNow } from '../../store/import.ts';
import { useStore } from '../../store/store.ts';
import { DialogFrame } from './dialog_frame.tsx';

export function ImportDialog(): ReactElement {
  const openDialog = useStore((s) => s.openDialog);
  const [text, setText] = useState('');
  const [name, setName] = useState('pasted text');
  const [problem, setProblem] = useState('');
  const open = async (e: FormEvent): Promise<void> => {
    e.preventDefault();
    setProblem('');
    const found = await importNow(text, name);
    if (found === null) openDialog(null);
    else setProblem(found);
  };
  const choose = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    setText(await file.text());
    setName(file.name);
    setProblem('');
  };
  return (
    <DialogFrame title="Import">
      <form className="dialog-form" onSubmit={(e) => { void open(e); }}>
        <p>The text of /proc/zoneinfo, a scenario (JSON), or a share link. It stays in this browser.</p>
        <label>Text to import <textarea className="field" data-first aria-label="Text to import" rows={12} spellCheck={false} value={text} onChange={(e) => { setText(e.target.value); setName('pasted text'); }} /></label>
        <label>File to import <input type="file" aria-label="File to import" onChange={(e) => { void choose(e.target.files?.[0]); }} /></label>
        {problem !== '' && <p className="problem" role="alert">{problem}. Nothing was loaded.</p>}
        <div className="acts"><button type="submit" className="btn prim">Open</button></div>
      </form>
    </DialogFrame>
  );
}
