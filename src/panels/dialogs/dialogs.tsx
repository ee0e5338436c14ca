import type { ReactElement, ReactNode } from 'react';
import type { Dialog } from '../../store/store.ts';
import './dialogs.css';
import { ExploreDialog } from './explore_dialog.tsx';
import { ExportDialog } from './export_dialog.tsx';
import { GotoDialog } from './goto_dialog.tsx';
import { HelpDialog } from './help_dialog.tsx';
import { ImportDialog } from './import_dialog.tsx';
import { LanesDialog } from './lanes_dialog.tsx';
import { MapDialog } from './map_dialog.tsx';
import { NoteDialog } from './note_dialog.tsx';
import { Palette } from './palette.tsx';
import { ShareDialog } from './share_dialog.tsx';
import { WhyDialog } from './why_dialog.tsx';

export interface DialogsProps {
  readonly dialog: Dialog;
  /** The map of frames, from its own panel. */
  readonly frames: ReactNode;
  /** The reasons of a card, from the experiments' panel. */
  readonly why: ReactNode;
  /** The list of lanes, from the timeline. */
  readonly lanes: ReactNode;
}
/** The one dialog that is open. Loaded when the first one opens. */
export function Dialogs({ dialog, frames, why, lanes }: DialogsProps): ReactElement {
  switch (dialog) {
    case 'share': return <ShareDialog />;
    case 'import': return <ImportDialog />;
    case 'export': return <ExportDialog />;
    case 'explore': return <ExploreDialog />;
    case 'help': return <HelpDialog />;
    case 'goto': return <GotoDialog />;
    case 'note': return <NoteDialog />;
    case 'palette': return <Palette />;
    case 'why': return <WhyDialog>{why}</WhyDialog>;
    case 'lanes': return <LanesDialog>{lanes}</LanesDialog>;
    case 'map': return <MapDialog>{frames}</MapDialog>;
  }
}
