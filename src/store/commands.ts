/** What keys and buttons do, by name, for the palette. */
import { goToFirstDifference, switchSide, toggleCompare } from './compare.ts';
import { showCards, showRun } from './pages.ts';
import { togglePlay } from './playback.ts';
import { runDraft } from './draft.ts';
import { findOccurrence, goToEnd, goToStart, stepCall, stepEvent, stepInto, stepJiffy, stepOut, stepStation } from './stepping.ts';
import { addNote } from './notes.ts';
import { searchEvents } from './search_events.ts';
import { store } from './store.ts';

export interface Command {
  readonly name: string;
  /** As the help shows it. */
  readonly keys: string;
  readonly act: () => void;
  /** Also where no run is shown. */
  readonly anywhere?: boolean;
}
const view = (change: 'in' | 'out' | 'left' | 'right'): void => {
  const { zoom, pan } = store.getState();
  if (change === 'in') zoom(1 / 1.5);
  else if (change === 'out') zoom(1.5);
  else pan(change === 'left' ? -0.2 : 0.2);
};

export const commands: readonly Command[] = [
  { name: 'Play or pause', keys: 'Space', act: togglePlay },
  { name: 'Step forward', keys: '.', act: () => stepEvent(1) },
  { name: 'Step back', keys: ',', act: () => stepEvent(-1) },
  { name: 'Step into', keys: 'I', act: () => stepInto(1) },
  { name: 'Step into, back', keys: 'Shift I', act: () => stepInto(-1) },
  { name: 'Step over', keys: 'Shift .', act: () => stepCall(1) },
  { name: 'Step over, back', keys: 'Shift ,', act: () => stepCall(-1) },
  { name: 'Step out', keys: 'U', act: () => stepOut(1) },
  { name: 'Step out, back', keys: 'Shift U', act: () => stepOut(-1) },
  { name: 'Next jiffy', keys: 'J', act: () => stepJiffy(1) },
  { name: 'Previous jiffy', keys: 'Shift J', act: () => stepJiffy(-1) },
  { name: 'Next occurrence', keys: 'n', act: () => findOccurrence(1) },
  { name: 'Previous occurrence', keys: 'p', act: () => findOccurrence(-1) },
  { name: 'Next station of the object', keys: 'O', act: () => stepStation(1) },
  { name: 'Previous station of the object', keys: 'Shift O', act: () => stepStation(-1) },
  { name: 'To the start', keys: '', act: goToStart },
  { name: 'To the end', keys: '', act: goToEnd },
  { name: 'Zoom in', keys: 'W', act: () => view('in') },
  { name: 'Zoom out', keys: 'S', act: () => view('out') },
  { name: 'Earlier', keys: 'A', act: () => view('left') },
  { name: 'Later', keys: 'D', act: () => view('right') },
  { name: 'Fit the whole run', keys: 'F', act: () => store.getState().fit() },
  { name: 'Mark this event', keys: 'M', act: addNote },
  { name: 'Go to a time or event', keys: 'G', act: () => store.getState().openDialog('goto') },
  { name: 'Search events', keys: '/', act: searchEvents },
  { name: 'Run again', keys: '', act: runDraft },
  { name: 'Compare', keys: 'C', act: toggleCompare },
  { name: 'First difference', keys: '', act: goToFirstDifference },
  { name: 'Show the other run', keys: 'X', act: switchSide },
  { name: 'Explore schedules', keys: '', act: () => store.getState().openDialog('explore') },
  { name: 'Share', keys: '', act: () => store.getState().openDialog('share') },
  { name: 'Experiments', keys: 'E', act: () => showCards(), anywhere: true },
  { name: 'Show the run', keys: 'E', act: showRun, anywhere: true },
  { name: 'Import', keys: '', act: () => store.getState().openDialog('import'), anywhere: true },
  { name: 'Export', keys: '', act: () => store.getState().openDialog('export') },
  { name: 'Open the map of frames', keys: '', act: () => store.getState().openDialog('map') },
  { name: 'Hide, show and move lanes', keys: 'L', act: () => store.getState().openDialog('lanes') },
  { name: 'Help', keys: '?', act: () => store.getState().openDialog('help'), anywhere: true },
];
