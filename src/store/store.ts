/**
 * All that the page knows, in one place. Panels read it by selector; what moves sixty times a second (cursor, view, hover)
 * is also read by subscription, without a render. Runs are started by run.ts, steps are made by stepping.ts.
 */
import { useStore as useZustand } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ObjectRef } from '../analysis/object_path.ts';
import type { Trace } from '../analysis/trace.ts';
import type { Catalog } from '../format/protocol.ts';
import type { Scenario } from '../format/scenario.ts';
import { oneHog as first } from '../scenarios/one_hog.ts';
import { aligned, type Compare, type RunPart, twinTask } from './sides.ts';
import type { StoryGroup } from './story_groups.ts';
import { clampView, panView, revealView, type View, zoomAround, zoomView } from './view.ts';

export const TABS = ['State', 'Stack', 'Path', 'Locks', 'Events', 'Kernel log'] as const;
export type Tab = (typeof TABS)[number];
/** What the page shows: a run, or the experiments' cards. */
export type Page = 'run' | 'experiments';
export type Dialog = 'share' | 'import' | 'export' | 'help' | 'palette' | 'goto' | 'note' | 'map' | 'why' | 'explore' | 'lanes';
/** A line above the page: what went wrong or has changed, and what of it matters. */
export interface Notice {
  readonly kind: 'error' | 'warning' | 'info';
  readonly title: string;
  readonly text: string;
}
/** What a search for an occurrence came to. */
export type Found =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unknown'; readonly why: string }
  /** `ever`: it is true elsewhere in the run, or that is not known. */
  | { readonly kind: 'none'; readonly ever: boolean; readonly direction: 1 | -1; readonly running: boolean }
  | { readonly kind: 'at'; readonly place: { readonly index: number; readonly total: number } | null; readonly awayNs: number };
export interface Note {
  readonly event: number;
  readonly timeNs: number;
  readonly text: string;
}

/** The run that is shown, and what belongs to the page as a whole. */
export interface AppState extends RunPart {
  readonly view: View;
  /** The view is the whole run, and stays so while rows come in. */
  readonly fitted: boolean;
  readonly hover: number | null;
  readonly collapsed: readonly string[];
  /** Lanes that are not shown; and all of them from top to bottom, empty = as they come. */
  readonly hidden: readonly string[];
  readonly order: readonly string[];
  /** Kernel threads that never run have a line each. */
  readonly unfolded: boolean;
  /** A second run beside the one that is shown; null = there is only one. */
  readonly compare: Compare | null;
  /** What the next run would be; `story` is what it and the scenario on screen came from. */
  readonly draft: Scenario;
  readonly story: Scenario;
  /** Those that can be chosen, so far as they have come. */
  readonly stories: readonly Scenario[];
  /** The same, as the list shows them. */
  readonly groups: readonly StoryGroup[];
  /** Fields of the draft that cannot be run as they stand: one clear line each, by name. */
  readonly problems: Readonly<Record<string, string>>;
  readonly catalog: Catalog | null;
  readonly notice: Notice | null;
  readonly page: Page;
  /** The run's own address, as it was written last. */
  readonly address: string;
  /** The card that the address names. */
  readonly card: string | null;
  readonly tab: Tab;
  /** The inspector takes room from the lanes. */
  readonly wide: boolean;
  readonly dialog: Dialog | null;
  /** The callback or object whose stations are gone through. */
  readonly followed: ObjectRef | null;
  readonly occurrence: string;
  readonly found: Found;
  /** Simulated ns a real ns while playing. */
  readonly speed: number;
  readonly playing: boolean;

  setCursor(event: number): void;
  setView(fromNs: number, toNs: number): void;
  zoom(factor: number, atNs?: number): void;
  pan(fraction: number): void;
  fit(): void;
  selectTask(id: number | null): void;
  setHover(timeNs: number | null): void;
  toggleLane(id: string): void;
  setTab(tab: Tab): void;
  openDialog(dialog: Dialog | null): void;
  setNotice(notice: Notice | null): void;
}

/** The instant an event's state is first true; event 0 stands at the beginning. */
export const timeOf = (trace: Trace | null, event: number): number => (trace === null ? 0 : trace.timeOfEvent(event));
/** All the time there is to look at: to the planned end while the run goes on, then to the real one. In a comparison as far as either run has come: A must not shrink whenever B runs anew. */
export function domainOf({ trace, running, compare }: Pick<AppState, 'trace' | 'running' | 'compare'>): View {
  if (trace === null) return { fromNs: 0, toNs: 1e9 };
  const other = compare?.other.trace?.endNs ?? 0, planned = running && compare === null ? trace.untilNs : 0;
  return { fromNs: 0, toNs: Math.max(1, trace.endNs, other, planned) };
}

export const store: StoreApi<AppState> = createStore<AppState>((set, get) => ({
  trace: null, version: 0, cursor: 0, view: { fromNs: 0, toNs: 1e9 }, fitted: true, selectedTask: null, hover: null, collapsed: [], hidden: [], order: [], unfolded: false, compare: null,
  running: false, phase: { kind: 'idle' }, scenario: first, draft: first, story: first, stories: [first], groups: [], problems: {}, catalog: null, notice: null,
  page: 'run', address: '', card: null, tab: 'State', wide: false, dialog: null, followed: null, occurrence: 'OOM kill', found: { kind: 'nothing' }, notes: [], speed: 0.1, playing: false,

  setCursor(event) {
    const state = get(), { trace, view, compare } = state;
    if (trace === null) return;
    const cursor = Math.min(Math.max(Math.round(event), 0), trace.rows), moved = { cursor, found: { kind: 'nothing' } as const, compare: compare && { ...compare, lead: compare.shown } };
    set({ ...moved, ...aligned({ ...state, ...moved }), view: revealView(view, timeOf(trace, cursor), domainOf(state)) });
  },
  setView: (fromNs, toNs) => set({ view: clampView(fromNs, toNs, domainOf(get())), fitted: false }),
  zoom(factor, atNs) {
    const { view, trace, cursor } = get(), domain = domainOf(get());
    set({ view: atNs === undefined ? zoomAround(view, factor, timeOf(trace, cursor), domain) : zoomView(view, factor, atNs, domain), fitted: false });
  },
  pan: (fraction) => set({ view: panView(get().view, fraction, domainOf(get())), fitted: false }),
  fit: () => set({ view: domainOf(get()), fitted: true }),
  selectTask(selectedTask) {
    const state = get(), { compare } = state;
    set({ selectedTask, compare: compare && { ...compare, other: { ...compare.other, selectedTask: twinTask(state, selectedTask) } } });
  },
  setHover: (hover) => set({ hover }),
  toggleLane(id) {
    const { collapsed } = get();
    set({ collapsed: collapsed.includes(id) ? collapsed.filter((lane) => lane !== id) : [...collapsed, id] });
  },
  setTab: (tab) => set({ tab }),
  openDialog: (dialog) => set({ dialog }),
  setNotice: (notice) => set({ notice }),
}));

export const useStore = <T>(selector: (state: AppState) => T): T => useZustand(store, selector);
