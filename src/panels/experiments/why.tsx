/** Why a claim's verdict is that one, and all its figures in one table. */
import type { ReactElement } from 'react';
import { figureName } from '../../experiments/figures.ts';
import { mailOf } from '../../experiments/mails.ts';
import { experiments, runsOf, spread, standOf, useLab } from '../../store/lab.ts';
import { DASH, plural } from '../../ui/format.ts';
import { namesOf } from './figures.tsx';
import { digitsOf, figureText, heldWords, rangeText } from './words.ts';

export function Why(): ReactElement | null {
  const e = useLab((s) => experiments.find((one) => one.id === s.why)), runs = useLab((s) => runsOf(s, s.why)), seeds = useLab((s) => s.seeds);
  if (e === undefined) return null;
  const stand = standOf(e, runs, seeds), { author, date, subject } = mailOf(e.mail), names = namesOf(e, stand.tried), first = stand.tried.find((t) => t.control === null);
  return (
    <>
      <p>{e.claim}</p>
      <p><b className="ink">Verdict: {e.verdict}.</b> {e.because}</p>
      {e.real !== undefined && <p><b className="ink">A real kernel did this.</b> {e.real}</p>}
      {e.explores === true && first !== undefined && e.variants.map((v, i) => <p key={v.name}><b className="ink">Explored, <code>{v.name}</code>:</b> {first.explored[i]?.words ?? DASH}</p>)}
      <p className="i3">{author}, {date}: “{subject}”</p>
      <div className="why-figures" role="group" aria-label="All figures" tabIndex={0}>
        <table>
          <caption>{stand.sum.ran.length === 0 ? `${DASH} not run yet` : `median over ${plural(stand.sum.ran.length, 'seed')}; ${heldWords(e, stand)}`}</caption>
          <thead><tr><th scope="col">figure</th>{e.variants.map((v) => <th key={v.name} scope="col"><code>{v.name}</code></th>)}</tr></thead>
          <tbody>
            {names.map((name) => {
              const { words, unit } = figureName(name), all = e.variants.map((_, i) => spread(stand.tried, i, name)), digits = digitsOf(all, unit);
              return <tr key={name}><th scope="row">{words}</th>{e.variants.map((v, i) => { const at = all[i]; return <td key={v.name} title={rangeText(at, unit, digits)}>{at === null ? DASH : figureText(at.median, unit, digits)}</td>; })}</tr>;
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}
