/** Why the allocation at the cursor waited or failed, in words. */
import type { ReactElement } from 'react';
import { whyAt } from '../../analysis/why.ts';
import type { AtCursor } from './at_cursor.ts';

export const Why = ({ at }: { readonly at: AtCursor }): ReactElement => <div className="block"><p className="why">{whyAt(at.trace, at.cursor, at.task < 0 ? null : at.task)}</p></div>;
