import type { ReactElement, ReactNode } from 'react';
import { DialogFrame } from './dialog_frame.tsx';

export const MapDialog = ({ children }: { readonly children: ReactNode }): ReactElement => <DialogFrame title="Page frames" wide><div className="big-map">{children}</div></DialogFrame>;
