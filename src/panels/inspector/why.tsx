/** Why the allocation at the cursor waited or failed, in words. They have a place of one size, and scroll in it by keys too: what stands below does not move while somebody steps. */
import type { ReactElement } from 'react';
import { whyAt } from '../../analysis/why.ts';
import type { AtCursor } from './at_cursor.ts';

export const Why = ({ at }: { readonly at: AtCursor }): ReactElement => (
  <div className="block"><div className="why" role="group" aria-label="Why" tabIndex={0}><p>{whyAt(at.trace, at.cursor, at.task < 0 ? null : at.task)}</p></div></div>
);
