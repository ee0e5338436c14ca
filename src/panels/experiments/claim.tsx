/** In the Story panel: the claims that a story is run for, what each variant came to, how they stand, and the way to their cards. */
import type { ReactElement } from 'react';
import type { Experiment } from '../../experiments/experiment.ts';
import { experimentsOf, runOnce, runsOf, standOf, useLab } from '../../store/lab.ts';
import { cardHash } from '../../store/pages.ts';
import { useStore } from '../../store/store.ts';
import { MarkOf } from './card.tsx';
import { Figures } from './figures.tsx';
import { plural } from '../../ui/format.ts';
import { heldWords } from './words.ts';

function One({ e }: { readonly e: Experiment }): ReactElement {
  const runs = useLab((s) => runsOf(s, e.id)), seeds = useLab((s) => s.seeds), stand = standOf(e, runs, seeds);
  return (
    <div className="block claim">
      <h2 className="head"><span>Claim</span><MarkOf e={e} stand={stand} /></h2>
      <p>{e.claim}</p>
      {e.variants.length > 1 && stand.sum.ran.length > 0 && <Figures e={e} tried={stand.tried} />}
      {e.variants.length > 1 && stand.sum.ran.length === 0 && <p className="acts"><button type="button" className="btn" disabled={stand.left > 0} onClick={() => runOnce(e)}>{stand.left > 0 ? 'Running' : `Run its ${plural(e.variants.length, 'variant')}`}</button></p>}
      {stand.sum.ran.length > 0 && <p className="i3">{heldWords(e, stand)}</p>}
      <p><a className="claim-link" href={cardHash(e.id)}>Its card: <code>{e.id}</code></a></p>
    </div>
  );
}
export function Claim(): ReactElement {
  const story = useStore((s) => s.scenario.id);
  return <>{experimentsOf(story).map((e) => <One key={e.id} e={e} />)}</>;
}
