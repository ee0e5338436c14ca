import type { ReactElement } from 'react';
import { useStore } from '../../store/store.ts';
import { SignMark } from './icons.tsx';

const signs = { error: 'no', warning: 'busy', info: 'stuck' } as const;

/** What went wrong or has changed, above the run, until it is put away. */
export function Notice(): ReactElement | null {
  const notice = useStore((s) => s.notice);
  const setNotice = useStore((s) => s.setNotice);
  if (notice === null) return null;
  return (
    <div className={`notice notice-${notice.kind}`} role="alert">
      <SignMark sign={signs[notice.kind]} />
      <p><b>{notice.title}</b> {notice.text}</p>
      <button type="button" className="btn" onClick={() => setNotice(null)}>Close</button>
    </div>
  );
}
