/** Names beside the stretches of a comparison: which run it is, and what differs. */
import type { ReactElement } from 'react';
import { statusText } from '../../store/status.ts';
import { partOf } from '../../store/sides.ts';
import { useStore } from '../../store/store.ts';
import { count } from '../../ui/format.ts';
import { BAND_HEAD_PX, type BandHead as Head, type Bands, type RunBand } from './bands.ts';
import { differenceLabels } from './difference.ts';
import { LaneLabels, Row } from './labels.tsx';
import css from './timeline.module.css';

export function BandHead({ side, top }: Head): ReactElement {
  const words = useStore((s) => { const part = partOf(s, side); return part === null || part.trace === null ? '' : `event ${count(part.cursor)}`; });
  const stands = useStore((s) => statusText(partOf(s, side)?.phase ?? { kind: 'idle' }));
  useStore((s) => partOf(s, side)?.version);
  return (
    <div className={css.band} style={{ top, height: BAND_HEAD_PX - 1 }}>
      <span className={css.letter}>{side}</span><span className={css.value}>{words}</span><span className="hidden">{stands}</span>
    </div>
  );
}
export function BandLabels({ band }: { readonly band: RunBand }): ReactElement {
  const { side, trace } = band;
  return (
    <>
      {side === 'B' && <div className={css.ground} style={{ top: band.top, height: band.height }} />}
      {band.places.map((place) => <LaneLabels key={place.lane.id} place={place} trace={trace} side={side} />)}
    </>
  );
}
export function DifferenceLabels({ difference }: { readonly difference: NonNullable<Bands['difference']> }): ReactElement {
  const { a, b, top, height } = difference;
  const eventA = useStore((s) => partOf(s, 'A')?.cursor ?? 0), eventB = useStore((s) => partOf(s, 'B')?.cursor ?? 0);
  useStore((s) => s.version);
  useStore((s) => s.compare?.other.version);
  return (
    <div className={css.lane} role="group" aria-label="Difference, B less A" style={{ top, height }}>
      {differenceLabels(a, b, eventA, eventB).map((row) => <Row key={row.y} row={row} side={null} />)}
    </div>
  );
}
