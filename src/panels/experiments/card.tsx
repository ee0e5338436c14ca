import './experiments.css';
/** A claim: the argument in our own words, who and when, the figures of its variants, and for which seeds it came out as its verdict says. */
import { type ReactElement, useEffect, useId, useRef } from 'react';
import type { Experiment } from '../../experiments/experiment.ts';
import { mailOf, shortMail } from '../../experiments/mails.ts';
import { cancelCard, lab, runCard, runsOf, type Stand, standOf, useLab } from '../../store/lab.ts';
import { cardHash } from '../../store/pages.ts';
import { breakIt, showSchedule, showVariants } from '../../store/show.ts';
import { store, useStore } from '../../store/store.ts';
import { DASH, plural } from '../../ui/format.ts';
import { Figures } from './figures.tsx';
import { controlWords, exploredWords, heldWords, markOf, seedsWords } from './words.ts';

export function MarkOf({ e, stand }: { readonly e: Experiment; readonly stand: Stand }): ReactElement {
  const { sign, words, tone } = markOf(e, stand);
  return <span className={`card-mark tone-${tone}`}><span aria-hidden="true">{sign}</span> {words}</span>;
}

/** A cell a seed; those that came out otherwise are hollow, and are listed by number. */
function Seeds({ e, stand }: { readonly e: Experiment; readonly stand: Stand }): ReactElement {
  const { sum, seeds } = stand;
  return (
    <div className="card-seeds">
      <p><span className="i3">{seedsWords(e, stand)}</span><span>{heldWords(e, stand)}</span></p>
      {sum.failed.length > 0 && <p className="card-failed"><span className="c-oom">failed:</span>{sum.failed.map((seed) => <button key={seed} type="button" className="link" title={`Compares the first variant with the last, with seed ${seed}`} onClick={() => { void showVariants(e, e.variants.length - 1, seed); }}>seed {seed}</button>)}</p>}
      <div className="card-cells" aria-hidden="true">{seeds.map((seed) => <i key={seed} className={sum.failed.includes(seed) ? 'cell-failed' : sum.ran.includes(seed) ? 'cell-held' : ''} />)}</div>
    </div>
  );
}
/** What the schedules of each variant have come to, with the first seed that was run, in short: all of it is in Why. A bad one is a run to look at. */
function Explored({ e, stand }: { readonly e: Experiment; readonly stand: Stand }): ReactElement | null {
  const tried = stand.tried.find((t) => t.control === null);
  if (e.explores !== true || tried === undefined) return null;
  return (
    <dl className="card-explored">
      {e.variants.map((v, i) => {
        const explored = tried.explored[i];
        return <div key={v.name}><dt><code>{v.name}</code></dt><dd>{explored === null ? DASH : exploredWords(explored)}{explored?.bad && <> <button type="button" className="link" onClick={() => { void showSchedule(e, i, tried); }}>Show the schedule<span className="hidden"> of {v.name}</span></button></>}</dd></div>;
      })}
    </dl>
  );
}

function Controls({ e, stand }: { readonly e: Experiment; readonly stand: Stand }): ReactElement {
  const { sum } = stand;
  return (
    <div className="card-controls">
      {e.controls.map((c, i) => <p key={c.change} className="i3">control, {c.change}: <span className={sum.controls[i].failed.length > 0 ? 'c-oom' : 'i2'}>{controlWords(sum.controls[i], c.seeds)}</span></p>)}
    </div>
  );
}

/** The button that led from the cards to a run: it has the focus again when they are shown again. */
let left: { readonly card: string; readonly act: string } | null = null;
/** Where a run is opened its lanes have the focus: the button that opened it is gone. */
function leave(card: string, act: string, opened: Promise<void>): void {
  left = { card, act };
  void opened.then(() => { requestAnimationFrame(() => { document.getElementById('lanes')?.focus(); }); });
}
function Actions({ e, stand }: { readonly e: Experiment; readonly stand: Stand }): ReactElement {
  const { variants, controls } = e, last = variants.length - 1, over = stand.left === 0 && stand.done >= stand.of, name = <span className="hidden"> {e.id}</span>, openDialog = useStore((s) => s.openDialog);
  return (
    <div className="card-acts">
      <button type="button" className="btn" aria-disabled={over} title={over ? 'All of its trials have been run' : `${plural(stand.of - stand.done, 'trial')} of ${plural(variants.length, 'run')} each`} onClick={() => { if (stand.left > 0) cancelCard(e.id); else if (!over) runCard(e); }}>{stand.left > 0 ? 'Cancel' : over ? 'All run' : stand.done === 0 ? 'Run' : 'Run the rest'}{name}</button>
      <button type="button" className="btn" title={last > 0 ? `Compares ${variants[0].name} with ${variants[last].name}` : `Opens ${variants[0].name}`} data-act="show" onClick={() => { leave(e.id, 'show', showVariants(e, last, 1)); }}>Show me{name}</button>
      {controls.map((c, i) => <button key={c.change} type="button" className="btn" title={`Compares ${variants[0].name} with the same where ${c.change}`} data-act={`break${i}`} onClick={() => { leave(e.id, `break${i}`, breakIt(e, i, 1)); }}>Break it{name}{controls.length > 1 && <><span aria-hidden="true">{i + 1}</span><span className="hidden">, {c.change}</span></>}</button>)}
      <span className="grow" />
      <button type="button" className="link" aria-haspopup="dialog" onClick={() => { lab.setState({ why: e.id }); openDialog('why'); }}>Why{name}</button>
    </div>
  );
}

export function Card({ e }: { readonly e: Experiment }): ReactElement {
  const runs = useLab((s) => runsOf(s, e.id)), asked = useLab((s) => s.seeds), named = useStore((s) => s.card === e.id);
  const place = useRef<HTMLElement>(null), id = useId(), stand = standOf(e, runs, asked);
  useEffect(() => {
    if (left?.card !== e.id || store.getState().card !== null) return;
    place.current?.scrollIntoView({ block: 'center' });
    place.current?.querySelector<HTMLElement>(`[data-act="${left.act}"]`)?.focus({ preventScroll: true });
    left = null;
  }, [e.id]);
  useEffect(() => {
    if (!named) return;
    place.current?.scrollIntoView({ block: 'center' });
    place.current?.querySelector('a')?.focus({ preventScroll: true });
  }, [named]);
  return (
    <article className={`card${named ? ' named' : ''}`} ref={place} aria-labelledby={`${id}name`}>
      <div className="card-head"><h3 id={`${id}name`}><a href={cardHash(e.id)} title="The address of this card">{e.id}</a></h3><MarkOf e={e} stand={stand} /></div>
      <div className="card-claim"><p className="i3">{shortMail(mailOf(e.mail))}{e.real !== undefined && <span className="card-real"><span aria-hidden="true">◆</span> a real kernel did this</span>}</p><p>{e.claim}</p></div>
      <Figures e={e} tried={stand.tried} />
      <div className="card-asks">{e.inShort !== undefined && <><span className="i3">claim</span><code>{e.inShort}</code></>}</div>
      <Seeds e={e} stand={stand} />
      <div>{runs.problem !== null && <p className="problem" role="alert">This could not be run. {runs.problem}</p>}<Explored e={e} stand={stand} /><Controls e={e} stand={stand} /></div>
      <Actions e={e} stand={stand} />
    </article>
  );
}
