import type { ReactElement } from 'react';
import { DialogFrame } from './dialog_frame.tsx';

const keys: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['Space'], 'play, pause'],
  [['.'], 'one event forward'],
  [[','], 'one event back'],
  [['Shift', '.'], 'over a call'],
  [['Shift', ','], 'over a call, back'],
  [['I'], 'into a call: the next event of the same task'],
  [['Shift', 'I'], 'its event before'],
  [['U'], 'out of the call'],
  [['Shift', 'U'], 'out of it, back'],
  [['J'], 'one jiffy forward'],
  [['Shift', 'J'], 'one jiffy back'],
  [['n'], 'next occurrence of the condition'],
  [['p'], 'previous occurrence'],
  [['O'], 'next station of the object or callback at the cursor'],
  [['Shift', 'O'], 'its station before'],
  [['W'], 'zoom in (also ↑)'],
  [['S'], 'zoom out (also ↓)'],
  [['A'], 'earlier (also ←)'],
  [['D'], 'later (also →)'],
  [['F'], 'the whole run'],
  [['M'], 'mark this event with a note, or edit the one that is there'],
  [['G'], 'go to a time or an event'],
  [['C'], 'compare: what is changed makes a second run'],
  [['X'], 'show the other run of the two'],
  [['L'], 'hide, show and move lanes'],
  [['E'], 'the experiments, and back to the run'],
  [['/'], 'search the events, or find a card'],
  [['Ctrl', 'K'], 'all commands'],
  [['?'], 'this list'],
];
export function HelpDialog(): ReactElement {
  return (
    <DialogFrame title="Help">
      <p>oomscope simulates the paths on which Linux allocates, reclaims and runs out of memory. The lanes show the run over time, the column beside them the machine at the cursor. What is changed on the left is run again. Experiments holds the arguments of the mails, each run with its variants.</p>
      <p>Letters work wherever no text field and no list has the focus; Ctrl K works everywhere. A list whose choices stand open takes every key: Escape first.</p>
      <dl className="keys">
        {keys.map(([names, does]) => <div key={does}><dt>{names.map((k) => <kbd key={k}>{k}</kbd>)}</dt><dd>{does}</dd></div>)}
      </dl>
      <p>Wheel over the lanes zooms at the pointer, a drag pans. A press on a lane's name collapses it; L hides and moves lanes; a link remembers all of it. Nothing leaves this browser: links carry the scenario in the part of the address that is never sent.</p>
    </DialogFrame>
  );
}
