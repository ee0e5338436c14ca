import type { ReactElement } from 'react';
import { findOccurrence, goToEnd, goToStart, stepCall, stepEvent, stepJiffy, stepOut } from '../../store/stepping.ts';
import { SPEEDS, togglePlay } from '../../store/playback.ts';
import { type Found, store, timeOf, useStore } from '../../store/store.ts';
import { count, duration, seconds } from '../../ui/format.ts';
import { Icon, type IconName } from './icons.tsx';
import { Occurrence } from './occurrence.tsx';
import { TimeSlider } from './time_slider.tsx';

interface StepProps {
  readonly icon: IconName;
  readonly name: string;
  readonly keys: string;
  readonly act: () => void;
  readonly className?: string;
}
const Step = ({ icon, name, keys, act, className }: StepProps): ReactElement => (
  <button type="button" className={className} aria-label={name} title={keys === '' ? name : `${name} (${keys})`} onClick={act}><Icon name={icon} /></button>
);

function Play(): ReactElement {
  const playing = useStore((s) => s.playing);
  return <Step icon={playing ? 'pause' : 'play'} name={playing ? 'Pause' : 'Play'} keys="space" act={togglePlay} className="play" />;
}
function Speed(): ReactElement {
  const speed = useStore((s) => s.speed);
  return (
    <label className="labelled">
      <span className="i3 wide-only" aria-hidden="true">speed</span>
      <select className="select" aria-label="Speed" value={speed} onChange={(e) => store.setState({ speed: Number(e.target.value) })}>
        {SPEEDS.map(({ value, label }) => <option key={value} value={value}>{label}</option>)}
      </select>
    </label>
  );
}
function Clock(): ReactElement {
  const trace = useStore((s) => s.trace);
  const cursor = useStore((s) => s.cursor);
  useStore((s) => s.version);
  return (
    <span className="clock-line" aria-hidden="true">
      <span className="i3">t</span> <span className="clock">{seconds(timeOf(trace, cursor))}</span> <span className="i3">event</span> <b>{count(cursor)}</b> <span className="i3">of {count(trace?.rows ?? 0)}</span>
    </span>
  );
}
function foundWords(found: Found): string {
  switch (found.kind) {
    case 'nothing': return '';
    case 'unknown': return found.why;
    case 'none': return `none ${found.ever ? (found.direction > 0 ? 'after this' : 'before this') : 'in this run'}${found.running ? ' so far' : ''}`;
    case 'at': return `${found.place === null ? '' : `${count(found.place.index)} of ${count(found.place.total)}, `}${found.awayNs < 0 ? 'back' : 'in'} ${duration(Math.abs(found.awayNs))}`;
  }
}
function FoundLine(): ReactElement {
  const found = useStore((s) => s.found), words = foundWords(found);
  return <span className={found.kind === 'at' ? 'i3 found wide-only' : found.kind === 'unknown' ? 'found unknown' : 'i3 found'} aria-live="polite" title={words}>{words}</span>;
}

export function Transport(): ReactElement {
  return (
    <footer className="transport">
      <div className="steps">
        <Step icon="start" name="To the start" keys="Home on the time" act={goToStart} />
        <Step icon="back" name="Step back" keys="," act={() => stepEvent(-1)} />
        <Step icon="out" name="Step out" keys="U" act={() => stepOut(1)} />
        <Play />
        <Step icon="over" name="Step over" keys="Shift + ." act={() => stepCall(1)} />
        <Step icon="jiffy" name="Next jiffy" keys="J" act={() => stepJiffy(1)} />
        <Step icon="forward" name="Step forward" keys="." act={() => stepEvent(1)} />
        <Step icon="end" name="To the end" keys="End on the time" act={goToEnd} />
      </div>
      <Speed />
      <span className="bar-line wide-only" />
      <button type="button" className="btn square" aria-label="Previous occurrence" title="Previous occurrence (p)" onClick={() => findOccurrence(-1)}><Icon name="back" /></button>
      <Occurrence />
      <span className="found-place">
        <button type="button" className="btn square" aria-label="Next occurrence" title="Next occurrence (n)" onClick={() => findOccurrence(1)}><Icon name="forward" /></button>
        <FoundLine />
      </span>
      <TimeSlider />
      <Clock />
    </footer>
  );
}
