/** The only legend: shapes are states, colours are paths. */
import css from './timeline.module.css';

const SHAPES = [
  ['runs', <rect key="s" width="22" height="10" fill="var(--run)" />],
  ['queued', <rect key="s" x=".5" y="2.5" width="21" height="5" fill="none" stroke="var(--ink2)" />],
  ['D', <g key="s"><rect x=".5" y=".5" width="21" height="9" fill="none" stroke="var(--ink2)" /><path d="M2 9l8-8M7 9l8-8M12 9l8-8" stroke="var(--ink)" /></g>],
  ['asleep', <path key="s" d="M0 5.5h22" stroke="var(--mark)" />],
] as const;
const COLOURS = [['direct', 'direct reclaim'], ['kswapd', 'kswapd'], ['oom', 'OOM'], ['ok', 'exit']] as const;

export function Legend() {
  return (
    <div className={css.legend}>
      <span className={css.dim}>shape: state</span>
      {SHAPES.map(([word, shape]) => <span key={word}><svg width="22" height="10" aria-hidden="true">{shape}</svg>{word}</span>)}
      <span className={css.dim}>colour: path</span>
      {COLOURS.map(([name, word]) => <span key={name}><svg width="22" height="10" aria-hidden="true"><rect width="22" height="10" fill={`var(--${name})`} /></svg>{word}</span>)}
      <span><svg width="22" height="10" aria-hidden="true"><path d="M4.5 0v10M11.5 0v10M17.5 0v10" stroke="var(--ink2)" /></svg>trylock miss</span>
    </div>
  );
}
