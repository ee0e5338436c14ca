import { type FormEvent, type ReactElement, useState } from 'react';
import { type ExploreSpec, NO_PROGRESS } from '../../format/scenario.ts';
import { stories } from '../../scenarios/index.ts';
import { cancelExploring, type Exploration, showSchedule, startExploring, useExploration } from '../../store/explore.ts';
import { useStore } from '../../store/store.ts';
import { count, plural } from '../../ui/format.ts';
import { DialogFrame } from './dialog_frame.tsx';

/** As many as a scenario may ask for. */
const MOST = 16;

function Asked({ spec }: { readonly spec: ExploreSpec }): ReactElement {
  const from = typeof spec.from === 'number' ? `from ${spec.from / 1e6} ms on` : <>from the first <code>{spec.from}</code> on</>;
  const bad = spec.bad === NO_PROGRESS ? 'tasks wait for each other in a ring' : <>the tracepoint <code>{spec.bad}</code> comes</>;
  return (
    <p>A schedule is bad if {bad}. Orders are tried {from}, up to {plural(spec.steps, 'step')}: at each step whatever is armed may come next, though it is not its time. First with no deviation from the order of the times, then with one more and one more; then every order.</p>
  );
}
function Said({ now }: { readonly now: Exploration }): ReactElement | null {
  switch (now.kind) {
    case 'none': return null;
    case 'failed': return <p className="problem" role="alert">{now.message}.</p>;
    case 'running': {
      const p = now.progress, words = p === null ? 'The first machine boots.' : `${plural(p.schedules, 'schedule')}, ${plural(p.stepsRun, 'step')}, the longest schedule ${plural(p.depth, 'step')}: ${p.doing}.`;
      return <p role="status">{now.stopping ? 'Stopping. ' : ''}{words}</p>;
    }
    case 'done': return <p role="status" className="explored">{now.explored.bad !== null && <span className="bad-sign" aria-hidden="true">▲</span>}<span>{now.explored.words}</span></p>;
  }
}

export function ExploreDialog(): ReactElement {
  const spec = useStore((s) => s.scenario.explore);
  const now = useExploration();
  const [text, setText] = useState(String(spec?.deviations ?? 0));
  const found = now.kind === 'done' && now.explored.bad !== null; // then to see it is what comes next
  const bound = Number(text), ok = /^\d+$/.test(text.trim()) && bound <= MOST, running = now.kind === 'running';
  const start = (e: FormEvent): void => {
    e.preventDefault();
    if (ok && !running) startExploring(bound);
  };
  if (spec === undefined) {
    return (
      <DialogFrame title="Explore">
        <p>This story does not say what would make a schedule bad, so there is nothing to look for. These say it:</p>
        <ul>{stories.filter((s) => s.explore !== undefined).map((s) => <li key={s.id}>{s.title}</li>)}</ul>
      </DialogFrame>
    );
  }
  return (
    <DialogFrame title="Explore">
      <form className="dialog-form" onSubmit={start}>
        <Asked spec={spec} />
        <label>Deviations from the order of the times, at most <input className="field" data-first inputMode="numeric" autoComplete="off" aria-invalid={!ok} value={text} disabled={running} onChange={(e) => setText(e.target.value)} /></label>
        {!ok && <p role="alert" className="problem">expected a whole number from 0 to {count(MOST)}, found “{text}”</p>}
        <Said now={now} />
        <div className="acts">
          {running ? <button type="button" className="btn" onClick={cancelExploring}>Cancel</button> : <button type="submit" className={found ? 'btn' : 'btn prim'} disabled={!ok}>Explore</button>}
          {found && <button type="button" className="btn prim" onClick={showSchedule}>Show the schedule</button>}
        </div>
      </form>
    </DialogFrame>
  );
}
