import type { ReactElement } from 'react';
import { PROFILES, type Scenario } from '../../format/scenario.ts';
import { toggleCompare } from '../../store/compare.ts';
import { runProfile } from '../../store/draft.ts';
import { hashOfRun } from '../../store/pages.ts';
import { startRun, stopRun } from '../../store/run.ts';
import { anyRunning, overallPhase } from '../../store/sides.ts';
import { statusSign, statusText } from '../../store/status.ts';
import { useStore } from '../../store/store.ts';
import { SignMark } from './icons.tsx';

function StorySelect(): ReactElement {
  const story = useStore((s) => s.story), stories = useStore((s) => s.stories), groups = useStore((s) => s.groups);
  const listed = stories.some((s) => s.id === story.id);
  const choose = (id: string): void => {
    const chosen = stories.find((s) => s.id === id);
    if (chosen !== undefined) startRun(chosen, chosen);
  };
  const option = ({ id, title }: Scenario): ReactElement => <option key={id} value={id}>{title}</option>;
  return (
    <select className="select story-select" aria-label="Story" value={story.id} onChange={(e) => choose(e.target.value)}>
      {!listed && option(story)}
      {groups.length === 0 ? stories.map(option) : groups.map(({ label, stories: its }) => <optgroup key={label} label={label}>{its.map(option)}</optgroup>)}
    </select>
  );
}

/** The era whose bodies the kernel's functions have. */
function ProfileSelect(): ReactElement {
  const profile = useStore((s) => s.draft.profile);
  return (
    <label className="labelled">
      <span className="i3 wide-only" aria-hidden="true">profile</span>
      <select className="select" aria-label="Profile" value={profile} onChange={(e) => { const name = PROFILES.find((p) => p === e.target.value); if (name !== undefined) runProfile(name); }}>
        {PROFILES.map((p) => <option key={p} value={p}>{p}</option>)}
      </select>
    </label>
  );
}

function Status(): ReactElement {
  const phase = useStore(overallPhase);
  const text = statusText(phase);
  return <span className="status" role="status" title={text}><SignMark sign={statusSign(phase)} />{text}</span>;
}

function Pages(): ReactElement {
  const page = useStore((s) => s.page);
  useStore((s) => s.address); // then the run's own is another
  return (
    <nav className="pages" aria-label="Pages">
      <a href="#experiments" aria-current={page === 'experiments' ? 'page' : undefined}>Experiments</a>
      <a href={hashOfRun() || '#'} aria-current={page === 'run' ? 'page' : undefined}>Run</a>
    </nav>
  );
}

function RunControls(): ReactElement {
  const running = useStore(anyRunning);
  const comparing = useStore((s) => s.compare !== null);
  const openDialog = useStore((s) => s.openDialog);
  return (
    <>
      <StorySelect />
      <ProfileSelect />
      <Status />
      {running && <button type="button" className="btn" onClick={stopRun}>Stop</button>}
      <span className="grow" />
      <button type="button" className="btn" onClick={() => openDialog('import')}>Import</button>
      <button type="button" className="btn" aria-pressed={comparing} title={comparing ? 'Leaves run B: its changes come back with Compare (C)' : 'Keeps this run as A; what is changed makes a run B beside it (C)'} onClick={toggleCompare}>Compare</button>
      <button type="button" className="btn" onClick={() => openDialog('export')}>Export</button>
      <button type="button" className="btn prim" onClick={() => openDialog('share')}>Share</button>
    </>
  );
}
function CardControls(): ReactElement {
  const openDialog = useStore((s) => s.openDialog);
  return <><span className="grow" /><button type="button" className="btn" onClick={() => openDialog('import')}>Import</button></>;
}

export function Header(): ReactElement {
  const page = useStore((s) => s.page);
  const openDialog = useStore((s) => s.openDialog);
  return (
    <header className="bar">
      <h1 className="brand">oomscope</h1>
      <Pages />
      {page === 'run' ? <RunControls /> : <CardControls />}
      <button type="button" className="btn square" aria-label="Help" onClick={() => openDialog('help')}>?</button>
    </header>
  );
}
