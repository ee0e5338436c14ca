/** The browser's own modal dialog: it traps the focus, closes on Escape and gives the focus back. */
import { type ReactElement, type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { useStore } from '../../store/store.ts';

export interface DialogFrameProps {
  readonly title: string;
  readonly wide?: boolean;
  /** Its height follows what is typed: it hangs from a fixed place, so that the field stays where it is. */
  readonly hangs?: boolean;
  readonly children: ReactNode;
}
export function DialogFrame({ title, wide = false, hangs = false, children }: DialogFrameProps): ReactElement {
  const openDialog = useStore((s) => s.openDialog);
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // The browser tells of a close a moment later: by then another dialog may have taken this one's place. Of Escape it tells at once (onCancel), so that the next key is not lost.
  const there = useRef(true);
  // before the next key is read: what is typed right after the key that opened it belongs into its field
  useLayoutEffect(() => {
    const shown = dialog.current;
    there.current = true;
    if (shown !== null && !shown.open) shown.showModal();
    // where the work is, not the first button
    shown?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => {
      there.current = false;
      shown?.close();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the dialog closes it, as Escape does
    <dialog ref={dialog} className={`dialog${wide ? ' wide' : ''}${hangs ? ' hangs' : ''}`} aria-labelledby={id} onCancel={(e) => { if (e.target === e.currentTarget) openDialog(null); }} onClose={() => { if (there.current) openDialog(null); }} onClick={(e) => { if (e.target === e.currentTarget) e.currentTarget.close(); }}>
      <div className="dialog-in">
        <div className="dialog-head">
          <h2 id={id}>{title}</h2>
          <button type="button" className="btn" onClick={() => dialog.current?.close()}>Close</button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
