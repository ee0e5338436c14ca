/** The first two stops of Tab, shown while they have the focus: between the header and the lanes lie the story and some 80 fields of knobs. */
import type { ReactElement } from 'react';

const focusOn = (selector: string): void => document.querySelector<HTMLElement>(selector)?.focus();

/** Buttons, not links: what stands behind # in the address is the run's. */
export function Skips(): ReactElement {
  return (
    <nav aria-label="Skip">
      <button type="button" className="btn prim skip" onClick={() => focusOn('#lanes')}>Skip to the lanes</button>
      <button type="button" className="btn prim skip" onClick={() => focusOn('.tabs [aria-selected="true"]')}>Skip to the panels at the cursor</button>
    </nav>
  );
}
