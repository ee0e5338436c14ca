/** The left column: the mails with their counts, how all claims stand, and where to begin without one. */
import type { ReactElement } from 'react';
import { type Mail, mailOf, shortMail } from '../../experiments/mails.ts';
import { blank } from '../../scenarios/blank.ts';
import { cancelAll, experiments, lab, runCards, runsOf, standOf, useLab } from '../../store/lab.ts';
import { startRun } from '../../store/run.ts';
import { useStore } from '../../store/store.ts';
import { DASH, plural } from '../../ui/format.ts';

/** In the order of the experiments. */
const mails: readonly { readonly text: string; readonly mail: Mail; readonly cards: number }[] = [...new Set(experiments.map((e) => e.mail))].map((text) => ({ text, mail: mailOf(text), cards: experiments.filter((e) => e.mail === text).length }));
export const mailCount = mails.length;

function MailList(): ReactElement {
  const chosen = useLab((s) => s.mail);
  const line = (text: string | null, title: string, about: string, cards: number): ReactElement => (
    <li key={text ?? ''}>
      <button type="button" className="mail-choice" aria-pressed={chosen === text} onClick={() => lab.setState({ mail: text })}>
        <span className="mail-title"><b>{title}</b><span>{cards}<span className="hidden"> {cards === 1 ? 'experiment' : 'experiments'}</span></span></span>
        {about !== '' && <span className="i2">{about}</span>}
      </button>
    </li>
  );
  return <ul aria-label="Mails">{line(null, 'All mails', '', experiments.length)}{mails.map(({ text, mail, cards }) => line(text, shortMail(mail), mail.about, cards))}</ul>;
}

function Tally(): ReactElement {
  const state = useLab((s) => s), stands = experiments.map((e) => standOf(e, runsOf(state, e.id), state.seeds)), number = (...kinds: readonly string[]): number => stands.filter((s) => kinds.includes(s.kind)).length;
  const whole = stands.flatMap((s, i) => s.sum.controls.filter((c, n) => c.ran === experiments[i].controls[n].seeds)), running = number('running'), looking = stands.filter((s) => s.kind === 'new').length;
  const lines: readonly (readonly [sign: string, tone: string, words: string, value: string])[] = [
    ['✓', 'ok', 'as their verdict says', String(number('as-said'))], ['×', 'bad', 'come out otherwise', String(number('otherwise', 'failed'))], ['◐', 'quiet', 'running', String(running)],
    ['◔', 'quiet', 'run in part', String(number('partly'))], [DASH, 'quiet', 'first seed running, or not run', String(looking)], ['', 'quiet', 'controls that flip', whole.length === 0 ? DASH : `${whole.filter((c) => c.failed.length === 0).length} of ${whole.length} run`],
  ];
  return (
    <div className="mails-block">
      <h3 className="head"><span>All claims</span></h3>
      <dl className="pairs">{lines.map(([sign, tone, words, value]) => <div key={words}><dt><span className={`tone-${tone}`} aria-hidden="true">{sign}</span> {words}</dt><dd>{value}</dd></div>)}</dl>
      <p className="hidden" role="status">{running > 0 ? `${plural(running, 'claim')} running` : 'no claim is running'}</p>
      <div className="acts">
        <button type="button" className={running > 0 ? 'btn' : 'btn prim'} onClick={() => { if (running > 0) cancelAll(); else runCards(experiments); }}>{running > 0 ? 'Cancel all' : 'Run all'}</button>
      </div>
    </div>
  );
}

export function Mails(): ReactElement {
  const openDialog = useStore((s) => s.openDialog);
  return (
    <aside className="mails" aria-label="Mails and verdicts">
      <div className="mails-block">
        <h2 className="front-title">Experiments</h2>
        <p>Each card takes one argument of a linux-kernel mail, runs it with the kernel built this way and that, and counts the seeds for which it comes out as the card says.</p>
      </div>
      <MailList />
      <Tally />
      <div className="mails-block">
        <p>A machine of your own?</p>
        <div className="acts">
          <button type="button" className="btn" onClick={() => openDialog('import')}>Import a text</button>
          <button type="button" className="btn" onClick={() => startRun(blank, blank)}>Blank machine</button>
        </div>
      </div>
    </aside>
  );
}
