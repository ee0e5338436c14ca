/** The page put together: who stands where. Panels know nothing of each other; what one shows of another is handed in here. */
import { lazy, type ReactElement, Suspense, useEffect, useRef, useState } from 'react';
import { Header } from '../panels/controls/header.tsx';
import { Notice } from '../panels/controls/notice.tsx';
import { Skips } from '../panels/controls/skips.tsx';
import { Transport } from '../panels/controls/transport.tsx';
import { Story } from '../panels/story/story.tsx';
import { aboutLane, allLanes, arranged } from '../panels/timeline/index.ts';
import { Timeline } from '../panels/timeline/timeline.tsx';
import { store, useStore } from '../store/store.ts';
import { Boundary } from './boundary.tsx';
import { listenToDrops } from './drop.ts';
import { listenToKeys } from './keys.ts';

// what the first lanes can do without: it comes while the machine boots
const Inspect = lazy(() => import('./inspect.tsx').then((m) => ({ default: m.Inspect })));
const FrameMap = lazy(() => import('../panels/frame_map/frame_map.tsx').then((m) => ({ default: m.FrameMap })));
const Cards = lazy(() => import('../panels/experiments/experiments.tsx').then((m) => { void why(); return { default: m.Experiments }; }));
const why = () => import('../panels/experiments/why.tsx'), laneList = () => import('../panels/timeline/lane_list.tsx');
const Why = lazy(() => why().then((m) => ({ default: m.Why })));
const LaneList = lazy(() => laneList().then((m) => ({ default: m.LaneList })));
const Claim = lazy(() => import('../panels/experiments/claim.tsx').then((m) => ({ default: m.Claim })));
const Knobs = lazy(() => import('../panels/knobs/knobs.tsx').then((m) => ({ default: m.Knobs })));
const Strip = lazy(() => import('./strip.tsx').then((m) => ({ default: m.Strip })));
const dialogs = () => import('../panels/dialogs/dialogs.tsx');
const Dialogs = lazy(() => dialogs().then((m) => ({ default: m.Dialogs })));
/** Once a run has ended the dialogs are fetched, and what stands in them: the first one is there at once. */
function dialogsLater(): () => void {
  const stop = store.subscribe(({ version, running }) => {
    if (version === 0 || running) return;
    stop();
    void dialogs();
    void laneList();
  });
  return stop;
}

/** Story and knobs: a column on a wide page; on a narrow one behind a rail, and it goes there again when somebody turns to the rest of the page. */
function Side(): ReactElement {
  const [open, setOpen] = useState(false), side = useRef<HTMLDivElement>(null), rail = useRef<HTMLButtonElement>(null), column = useRef<HTMLElement>(null);
  // another story begins at its beginning
  useEffect(() => store.subscribe((now, before) => { if (now.story !== before.story) column.current?.scrollTo(0, 0); }), []);
  useEffect(() => {
    if (!open) return undefined;
    const over = new AbortController(), shut = (): void => { setOpen(false); };
    window.addEventListener('pointerdown', ({ target }) => { if (target instanceof Node && side.current?.contains(target) === false) shut(); }, { signal: over.signal, capture: true });
    window.addEventListener('keydown', ({ key, defaultPrevented }) => {
      if (key !== 'Escape' || defaultPrevented || store.getState().dialog !== null) return;
      shut();
      rail.current?.focus();
    }, { signal: over.signal });
    const stop = store.subscribe((now, before) => { if (now.running && !before.running) shut(); });
    return () => { over.abort(); stop(); };
  }, [open]);
  return (
    <div className={`side${open ? ' open' : ''}`} ref={side}>
      <button type="button" className="rail" ref={rail} aria-expanded={open} onClick={() => setOpen(!open)}><span>{open ? 'Close' : 'Story and knobs'}</span></button>
      <aside className="story" aria-label="Story and knobs" ref={column}><Story claim={<Suspense fallback={null}><Claim /></Suspense>} /><Suspense fallback={null}><Knobs /></Suspense></aside>
    </div>
  );
}

/** What a dialog shows of another panel: it waits by itself, not the dialog, which has the focus from the first moment on. */
const late = (part: ReactElement): ReactElement => <Suspense fallback={null}>{part}</Suspense>;
function OpenDialog(): ReactElement | null {
  const dialog = useStore((s) => s.dialog);
  return dialog === null ? null : <Suspense fallback={null}><Dialogs dialog={dialog} frames={late(<FrameMap />)} why={late(<Why />)} lanes={late(<LaneList arranged={arranged} allLanes={allLanes} about={aboutLane} />)} /></Suspense>;
}

function RunPage(): ReactElement {
  const wide = useStore((s) => s.wide);
  const trace = useStore((s) => s.trace);
  const tab = useStore((s) => s.tab), large = wide && tab === 'Locks';
  const comparing = useStore((s) => s.compare !== null);
  return (
    <>
      {comparing && <Suspense fallback={null}><Strip /></Suspense>}
      <main className={large ? 'run inspector-large' : wide ? 'run inspector-wide' : 'run'}>
        <Side />
        <section className="middle" id="lanes" aria-label="Timeline" tabIndex={-1}><Boundary name="The timeline" retry={trace}><Timeline /></Boundary></section>
        <Boundary name="The machine at the cursor" retry={tab}><Suspense fallback={<aside className="inspector" aria-label="At the cursor" />}><Inspect frames={late(<FrameMap />)} /></Suspense></Boundary>
      </main>
      <Transport />
    </>
  );
}

export function App(): ReactElement {
  const page = useStore((s) => s.page);
  useEffect(() => {
    const stops = [listenToKeys(), listenToDrops(), dialogsLater()];
    return () => { for (const stop of stops) stop(); };
  }, []);
  return (
    <div className="shell">
      {page === 'run' && <Skips />}
      <Header />
      <Notice />
      {page === 'run' ? <RunPage /> : <Boundary name="The experiments" retry={page}><Suspense fallback={<main className="front" aria-label="Experiments" />}><Cards /></Suspense></Boundary>}
      <OpenDialog />
    </div>
  );
}
