import { type FormEvent, type ReactElement, useRef, useState } from 'react';
import { MAX_TEXT } from '../../format/limits.ts';
import { importNow } from '../../store/import.ts';
import { useStore } from '../../store/store.ts';
import { DialogFrame } from './dialog_frame.tsx';

const sizeWords = (bytes: number): string => (bytes < 1000 ? `${bytes} bytes` : bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

export function ImportDialog(): ReactElement {
  const openDialog = useStore((s) => s.openDialog);
  const [text, setText] = useState(''), [file, setFile] = useState<File | null>(null), chooser = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState('');
  const open = async (e: FormEvent): Promise<void> => {
    e.preventDefault();
    setProblem('');
    const found = file === null ? await importNow(text, 'pasted text') : await importNow(await file.text(), file.name);
    if (found === null) openDialog(null);
    else setProblem(found);
  };
  // a file is read when it is opened, and never stands in the field: a large one would hold up the page
  const choose = (chosen: File | undefined): void => {
    const large = chosen !== undefined && chosen.size > MAX_TEXT;
    setFile(large ? null : (chosen ?? null));
    setProblem(large ? `${chosen.name}: expected at most ${MAX_TEXT / 1e6} MB, found ${(chosen.size / 1e6).toFixed(1)} MB` : '');
  };
  const type = (typed: string): void => {
    setText(typed);
    setFile(null);
    if (chooser.current !== null) chooser.current.value = '';
  };
  return (
    <DialogFrame title="Import">
      <form className="dialog-form" onSubmit={(e) => { void open(e); }}>
        <p>The text of /proc/zoneinfo, a scenario (JSON), or a share link. It stays in this browser.</p>
        <label>Text to import <textarea className="field" data-first aria-label="Text to import" rows={12} spellCheck={false} value={text} onChange={(e) => type(e.target.value)} /></label>
        <label>File to import <input type="file" ref={chooser} aria-label="File to import" onChange={(e) => choose(e.target.files?.[0])} /></label>
        {file !== null && <p role="status">Open reads <b>{file.name}</b>, {sizeWords(file.size)}{text === '' ? '' : ', not the text above'}.</p>}
        {problem !== '' && <p className="problem" role="alert">{problem}. Nothing was loaded.</p>}
        <div className="acts"><button type="submit" className="btn prim">Open</button></div>
      </form>
    </DialogFrame>
  );
}
