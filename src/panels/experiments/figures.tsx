/** A figure of all variants on one scale: a bar to the median of the seeds, a line from the least to the most, and the number. */
import { Fragment, type ReactElement, useState } from 'react';
import type { Tried } from '../../experiments/evaluate.ts';
import type { Experiment } from '../../experiments/experiment.ts';
import { figureName } from '../../experiments/figures.ts';
import { type Spread, spread } from '../../store/lab.ts';
import { showVariants } from '../../store/show.ts';
import { DASH } from '../../ui/format.ts';
import { digitsOf, figureText, rangeText } from './words.ts';

/** Of the scale: seeds that are nearer to each other than this get no line. */
const APART = 0.02;
const percent = (share: number): string => `${(Math.min(1, Math.max(0, share)) * 100).toFixed(2)}%`;

function Bar({ at, scale }: { readonly at: Spread | null; readonly scale: number }): ReactElement {
  return (
    <svg className="card-bar" aria-hidden="true">
      <line className="card-axis" x1="0.5" x2="0.5" y1="0" y2="12" />
      {at !== null && at.median > 0 && <rect className="fill-run" x="1" y="2" width={percent(at.median / scale)} height="8" />}
      {at !== null && at.most - at.least > APART * scale && <line className="card-range" x1={percent(at.least / scale)} x2={percent(at.most / scale)} y1="11" y2="11" />}
    </svg>
  );
}
/** What stands for a figure where nothing has been run: the experiment's own choice, whose name is known. */
export const namesOf = (e: Experiment, tried: readonly Tried[]): readonly string[] => {
  const known = Object.keys(tried[0]?.figures[0] ?? {}), shown = e.shows;
  return shown === undefined ? known : [shown, ...known.filter((name) => name !== shown)];
};

export function Figures({ e, tried }: { readonly e: Experiment; readonly tried: readonly Tried[] }): ReactElement {
  const [chosen, setChosen] = useState('');
  const names = namesOf(e, tried), name = names.includes(chosen) ? chosen : (names[0] ?? ''), { words, unit } = figureName(name);
  const all = e.variants.map((_, i) => spread(tried, i, name)), scale = Math.max(...all.map((at) => at?.most ?? 0), 0) || 1, digits = digitsOf(all, unit);
  return (
    <div className="card-figures">
      {names.length > 1
        ? <select className="select card-figure" aria-label={`Figure of ${e.id}`} value={name} onChange={(event) => setChosen(event.target.value)}>{names.map((n) => <option key={n} value={n}>{figureName(n).words}{figureName(n).unit === '' ? '' : `, ${figureName(n).unit}`}</option>)}</select>
        : <p className="i3">{name === '' ? 'figures' : words}{unit === '' ? '' : `, ${unit}`}</p>}
      <dl className="card-bars">
        {e.variants.map((v, i) => {
          const at = all[i], range = rangeText(at, unit, digits);
          const what = i === 0 ? `Opens ${v.name} alone` : `Compares ${e.variants[0].name} with ${v.name}`;
          return (
            <Fragment key={v.name}>
              <dt><button type="button" className="card-variant" title={what} onClick={() => { void showVariants(e, i, 1); }}>{v.name}<span className="hidden">. {what}</span></button></dt>
              <dd title={range}><Bar at={at} scale={scale} /><span className="num">{at === null ? DASH : figureText(at.median, unit, digits)}<span className="hidden">, {range}</span></span></dd>
            </Fragment>
          );
        })}
      </dl>
    </div>
  );
}
