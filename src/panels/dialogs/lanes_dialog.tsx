/** The list of lanes, in a dialog. */
import type { ReactElement, ReactNode } from 'react';
import { DialogFrame } from './dialog_frame.tsx';

export const LanesDialog = ({ children }: { readonly children: ReactNode }): ReactElement => <DialogFrame title="Lanes">{children}</DialogFrame>;
