/** The arguments of the mails as cards: what is chosen above, and the cards themselves. */
import { type ReactElement, useEffect } from 'react';
import { experiments, lab, lookAtAll, seen, SEED_CHOICES, SHOWS, type Show, stopLooking, useLab } from '../../store/lab.ts';
import { useStore } from '../../store/store.ts';
import { plural } from '../../ui/format.ts';
import { Card } from './card.tsx';
import { mailCount, Mails } from './mails.tsx';

const showWords: Readonly<Record<Show, string>> = { all: 'all verdicts', holds: 'holds', refuted: 'refuted', 'holds if': 'holds if', otherwise: 'comes out otherwise', 'not run': 'not run, or in part' };

function Toolbar({ shown }: { readonly shown: number }): ReactElement {
  const seeds = useLab((s) => s.seeds), show = useLab((s) => s.show), find = useLab((s) => s.find), engine = useStore((s) => s.catalog?.engine);
  return (
    <div className="cards-bar">
      <b>{shown === experiments.length ? plural(shown, 'experiment') : `${shown} of ${plural(experiments.length, 'experiment')}`}</b>
      <span className="i3 wide-only">{plural(mailCount, 'mail')}{engine === undefined ? '' : `, engine ${engine}`}; figures: median over the seeds that were run</span>
      <span className="grow" />
      <label className="labelled"><span className="i3" aria-hidden="true">seeds</span><select className="select" aria-label="Seeds" value={seeds} onChange={(e) => lab.setState({ seeds: Number(e.target.value) })}>{SEED_CHOICES.map((n) => <option key={n} value={n}>1 to {n}</option>)}</select></label>
      <label className="labelled"><span className="i3" aria-hidden="true">show</span><select className="select" aria-label="Show" value={show} onChange={(e) => lab.setState({ show: SHOWS.find((s) => s === e.target.value) ?? 'all' })}>{SHOWS.map((s) => <option key={s} value={s}>{showWords[s]}</option>)}</select></label>
      <input className="field find-card" id="find-card" type="search" aria-label="Find" placeholder="Find ( / )" spellCheck={false} autoComplete="off" value={find} onInput={(e) => lab.setState({ find: e.currentTarget.value })} />
    </div>
  );
}

export function Experiments(): ReactElement {
  const state = useLab((s) => s), list = seen(state), named = useStore((s) => s.card);
  useEffect(() => {
    lookAtAll(named);
    // a card that is named is seen, whatever was chosen before
    if (named !== null && experiments.some((e) => e.id === named) && !seen(lab.getState()).some((e) => e.id === named)) lab.setState({ mail: null, show: 'all', find: '' });
    return stopLooking;
  }, [named]);
  return (
    <main className="front" aria-label="Experiments">
      <Mails />
      <section className="cards-pane" aria-label="Cards">
        <Toolbar shown={list.length} />
        {list.length === 0 && <p className="cards-none">No experiment has these words and stands so. <button type="button" className="link" onClick={() => lab.setState({ mail: null, show: 'all', find: '' })}>Show all</button></p>}
        <div className="cards">{list.map((e) => <Card key={e.id} e={e} />)}</div>
      </section>
    </main>
  );
}
