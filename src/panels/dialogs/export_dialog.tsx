import { type ReactElement, useState } from 'react';
import { formats, saveRun } from '../../store/export.ts';
import { useStore } from '../../store/store.ts';
import { DialogFrame } from './dialog_frame.tsx';

export function ExportDialog(): ReactElement {
  const running = useStore((s) => s.running);
  const [format, setFormat] = useState(formats[0].id);
  const [said, setSaid] = useState('');
  const save = (): void => {
    const result = saveRun(format);
    setSaid(result.ok ? `Saved as ${result.value}.` : result.problem.message);
  };
  return (
    <DialogFrame title="Export">
      <div className="dialog-form">
        <p>{running ? 'The run goes on: the file has what there is until now.' : 'The whole run, as a file for other programs.'}</p>
        <fieldset className="choices">
          <legend className="hidden">Format</legend>
          {formats.map(({ id, doc }) => <label key={id}><input type="radio" name="format" value={id} checked={format === id} onChange={() => setFormat(id)} /><b>{id}</b> <span>{doc}</span></label>)}
        </fieldset>
        <div className="acts"><button type="button" className="btn prim" onClick={save}>Save file</button><span className="i2" role="status">{said}</span></div>
      </div>
    </DialogFrame>
  );
}
