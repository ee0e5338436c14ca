import { type ReactElement, useEffect, useRef, useState } from 'react';
import { share } from '../../store/link.ts';
import { editRun } from '../../store/sides.ts';
import { useStore } from '../../store/store.ts';
import { count } from '../../ui/format.ts';
import { DialogFrame } from './dialog_frame.tsx';

/** Mail and chat programs break addresses longer than this. */
const COMFORTABLE = 2000;

export function ShareDialog(): ReactElement {
  const [link, setLink] = useState('');
  const [said, setSaid] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  // in a comparison the changes are B's, whichever run is shown
  const edited = useStore((s) => s.draft !== editRun(s));
  useEffect(() => {
    share().then(setLink, (e: unknown) => setSaid(`The link could not be made: ${e instanceof Error ? e.message : String(e)}`));
  }, []);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(link);
      setSaid('Copied.');
    } catch {
      field.current?.select();
      setSaid('This browser does not let a page copy: the link is selected, copy it with your keys.');
    }
  };
  return (
    <DialogFrame title="Share">
      <p>Whoever opens this link sees this run at this event. It holds the scenario; nothing is stored anywhere.</p>
      {link === '' ? <p className="i3">{said === '' ? 'Making the link.' : said}</p> : (
        <>
          <textarea className="field link-field" ref={field} aria-label="Link" readOnly rows={5} value={link} onFocus={(e) => e.currentTarget.select()} />
          <p className="i3">{count(link.length)} characters{link.length > COMFORTABLE ? ': some mail programs cut addresses this long' : ''}. {edited ? 'Changes that have not been run are not in it.' : ''}</p>
          <div className="acts"><button type="button" className="btn prim" onClick={() => { void copy(); }}>Copy link</button><span className="i2" role="status">{said}</span></div>
        </>
      )}
    </DialogFrame>
  );
}
