/** What holds at the cursor, in six tabs. The tables that other panels make are handed in by the app. */
import { type KeyboardEvent, lazy, type ReactElement, type ReactNode, Suspense } from 'react';
import { store, type Tab, TABS, useStore } from '../../store/store.ts';
import { useAtCursor } from './at_cursor.ts';
import './inspector.css';
import { StateTab, Who } from './state_tab.tsx';

// State is what the page opens with; the others come when they are opened for the first time
const StackTab = lazy(() => import('./stack_tab.tsx').then((m) => ({ default: m.StackTab })));
const PathTab = lazy(() => import('./path_tab.tsx').then((m) => ({ default: m.PathTab })));
const LocksTab = lazy(() => import('./locks_tab.tsx').then((m) => ({ default: m.LocksTab })));
const EventsTab = lazy(() => import('./events_tab.tsx').then((m) => ({ default: m.EventsTab })));
const LogTab = lazy(() => import('./log_tab.tsx').then((m) => ({ default: m.LogTab })));

export interface InspectorSlots {
  readonly zones: ReactNode;
  readonly pcp: ReactNode;
  readonly rcu: ReactNode;
  readonly pools: ReactNode;
  readonly holders: ReactNode;
  readonly tasks: ReactNode;
  readonly frames: ReactNode;
  /** In a comparison: which run is looked at, and both in numbers. */
  readonly choice: ReactNode;
  readonly both: ReactNode;
}

const slug = (tab: Tab): string => tab.toLowerCase().replace(' ', '-');
/** As the pattern for tabs asks: arrows walk round, Home and End go to the ends, and the tab they reach opens. */
function onKey(e: KeyboardEvent): void {
  const at = TABS.indexOf(store.getState().tab), n = TABS.length;
  const to = e.key === 'ArrowRight' ? (at + 1) % n : e.key === 'ArrowLeft' ? (at + n - 1) % n : e.key === 'Home' ? 0 : e.key === 'End' ? n - 1 : -1;
  if (to < 0) return;
  e.preventDefault();
  store.getState().setTab(TABS[to]);
  document.getElementById(`tab-${slug(TABS[to])}`)?.focus();
}

function TabRow(): ReactElement {
  const open = useStore((s) => s.tab);
  return (
    <div className="tabs" role="tablist" aria-label="At the cursor" onKeyDown={onKey}>
      {TABS.map((tab) => (
        <button key={tab} type="button" role="tab" id={`tab-${slug(tab)}`} aria-selected={tab === open} aria-controls="tab-panel" tabIndex={tab === open ? 0 : -1} onClick={() => store.getState().setTab(tab)}>{tab}</button>
      ))}
    </div>
  );
}
function Content({ tab, slots }: { readonly tab: Tab; readonly slots: InspectorSlots }): ReactElement {
  switch (tab) {
    case 'State': return <StateTab zones={slots.zones} pcp={slots.pcp} rcu={slots.rcu} pools={slots.pools} frames={slots.frames} both={slots.both} />;
    case 'Stack': return <><StackTab /><div className="block">{slots.tasks}</div></>;
    case 'Path': return <PathTab />;
    case 'Locks': return <LocksTab holders={slots.holders} />;
    case 'Events': return <EventsTab />;
    case 'Kernel log': return <LogTab />;
  }
}
function WideButton(): ReactElement {
  const wide = useStore((s) => s.wide);
  return (
    <button type="button" className="btn square" aria-label="Wide" aria-pressed={wide} title={wide ? 'Give the lanes their room back' : 'Give this column more of the page'} onClick={() => store.setState({ wide: !wide })}>
      <svg className="icon" viewBox="0 0 14 14" aria-hidden="true"><path d={wide ? 'M1 7h5M4 4.5L6.5 7 4 9.5M13 7H8M10 4.5L7.5 7 10 9.5' : 'M1 7h12M3.5 4.5L1 7l2.5 2.5M10.5 4.5L13 7l-2.5 2.5'} fill="none" stroke="currentColor" strokeWidth="1.4" /></svg>
    </button>
  );
}
const WhoLine = (): ReactElement | null => {
  const at = useAtCursor();
  return at === null ? null : <Who {...at} />;
};

export function Inspector(slots: InspectorSlots): ReactElement {
  const tab = useStore((s) => s.tab);
  return (
    <aside className="inspector" aria-label="At the cursor">
      {slots.choice}
      <div className="tab-bar"><TabRow /><WideButton /></div>
      <WhoLine />
      <div className={`panel panel-${slug(tab)}`} role="tabpanel" id="tab-panel" aria-labelledby={`tab-${slug(tab)}`} tabIndex={0}>
        <section className="panel-in" aria-label={tab}><Suspense fallback={<p className="block i3">Loading.</p>}><Content tab={tab} slots={slots} /></Suspense></section>
      </div>
      <div className="hidden">
        {tab !== 'Stack' && slots.tasks}
        {tab !== 'Locks' && slots.holders}
      </div>
    </aside>
  );
}
