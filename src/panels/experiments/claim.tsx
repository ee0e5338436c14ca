/** In the Story panel: the claims that a story is run for, what each variant came to, how they stand, and the way to their cards. */
import { type ReactElement, useEffect } from 'react';
import type { Experiment } from '../../experiments/experiment.ts';
import { experimentsOf, lookAtClaim, runCard, runOnce, runsOf, type Stand, standOf, useLab } from '../../store/lab.ts';
import { cardHash } from '../../store/pages.ts';
import { anyRunning } from '../../store/sides.ts';
import { useStore } from '../../store/store.ts';
import { MarkOf } from './card.tsx';
import { Figures } from './figures.tsx';
import { plural } from '../../ui/format.ts';
import { heldWords } from './words.ts';

/** What pressing does: nothing is there yet of a claim whose schedules are explored, which takes seconds; else the rest of the seeds and the controls. */
function RunIt({ e, stand }: { readonly e: Experiment; readonly stand: Stand }): ReactElement | null {
  const { variants } = e, begun = stand.sum.ran.length > 0, count = plural(variants.length, 'variant');
  if (stand.left === 0 && stand.done >= stand.of) return null;
  if (stand.left > 0) return <p className="acts"><button type="button" className="btn" disabled>Running</button></p>;
  return begun || e.explores !== true
    ? <p className="acts"><button type="button" className="btn" title={`Checks the claim with each of the seeds that count, and its controls: ${plural(stand.of - stand.done, 'trial')} of ${plural(variants.length, 'run')} each`} onClick={() => runCard(e)}>{`Run its ${count}${stand.seeds.length > 1 ? ` with ${plural(stand.seeds.length, 'seed')}` : ''}`}</button></p>
    : <p className="acts"><button type="button" className="btn" title="Runs each variant with the first seed and explores its schedules, which takes some seconds; then the claim is checked" onClick={() => runOnce(e)}>{`Run its ${count}`}</button></p>;
}
function One({ e }: { readonly e: Experiment }): ReactElement {
  const runs = useLab((s) => runsOf(s, e.id)), seeds = useLab((s) => s.seeds), stand = standOf(e, runs, seeds);
  // once the run on screen leaves the processor free; it is short, but where schedules are explored
  const seed = useStore((s) => (s.phase.kind === 'ended' && !anyRunning(s) ? s.scenario.seed : null));
  useEffect(() => { if (seed !== null && e.explores !== true) lookAtClaim(e, seed); }, [e, seed]);
  return (
    <div className="block claim">
      <h2 className="head"><span>Claim</span><MarkOf e={e} stand={stand} /></h2>
      <p>{e.claim}</p>
      {e.variants.length > 1 && stand.sum.ran.length > 0 && <Figures e={e} tried={stand.tried} />}
      <RunIt e={e} stand={stand} />
      {stand.sum.ran.length > 0 && <p className="i3">{heldWords(e, stand)}</p>}
      <p><a className="claim-link" href={cardHash(e.id)}>Its card: <code>{e.id}</code></a></p>
    </div>
  );
}
export function Claim(): ReactElement {
  const story = useStore((s) => s.scenario.id);
  return <>{experimentsOf(story).map((e) => <One key={e.id} e={e} />)}</>;
}
