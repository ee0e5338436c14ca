import type { ReactElement, ReactNode } from 'react';
import { useLab } from '../../store/lab.ts';
import { DialogFrame } from './dialog_frame.tsx';

export function WhyDialog({ children }: { readonly children: ReactNode }): ReactElement {
  const id = useLab((s) => s.why);
  return <DialogFrame title={`Why: ${id}`}>{children}</DialogFrame>;
}
