/** The timeline: overview with brush, axis, lanes, legend. The canvases follow the store by subscription; React renders the labels only. */
import { Fragment, type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Trace } from '../../analysis/trace.ts';
import { showSide } from '../../store/compare.ts';
import { partOf } from '../../store/sides.ts';
import { domainOf, store, timeOf, useStore } from '../../store/store.ts';
import { CanvasFrame, type PointerAt } from '../../ui/canvas.tsx';
import type { Scale } from '../../ui/draw.ts';
import { duration, plural } from '../../ui/format.ts';
import { BandHead, BandLabels, DifferenceLabels } from './band_labels.tsx';
import { type Bands, type BandHitTest, CUT_PX, HINT_PX, layOutBands, outOfSight, paintBands, sideAt } from './bands.ts';
import { useFolds } from './folds.ts';
import { cursorTo, cursorX, pressOnAxis, pressOnLanes, pressOnOverview, timeAtX, wheelOnLanes } from './gestures.ts';
import { allLanes } from './index.ts';
import { Legend } from './legend.tsx';
import { AXIS_PX, drawAxis } from './paint.ts';
import { brushOf, brushPart, drawBeside, drawOverview, OVERVIEW_PX, type OverviewPicture, overviewPicture } from './overview.ts';
import css from './timeline.module.css';

type State = ReturnType<typeof store.getState>;
/** Calls back when one of these parts of the store has changed. */
const onChange = (parts: (s: State) => readonly unknown[]) => (changed: () => void): (() => void) =>
  store.subscribe((now, before) => {
    const a = parts(now), b = parts(before);
    if (a.some((value, i) => value !== b[i])) changed();
  });
const withCursor = onChange((s) => [s.trace, s.version, s.view, s.cursor, s.running, s.compare]);
const withLanes = onChange((s) => [s.trace, s.version, s.view, s.collapsed, s.hidden, s.order, s.selectedTask, s.notes, s.compare]);

function Overview() {
  const last = useRef<{ version: number; picture: OverviewPicture } | null>(null), [shape, setShape] = useState('pointer');
  const draw = useCallback((g: CanvasRenderingContext2D, scale: Scale) => {
    const state = store.getState(), { view, compare } = state, domain = domainOf(state), a = partOf(state, 'A'), b = compare === null ? null : partOf(state, 'B');
    if (a === null || a.trace === null) return;
    const { trace } = a, version = a.version + (b?.version ?? 0), columns = trace.columns(domain.fromNs, domain.toNs, scale.width);
    if (last.current?.picture.columns !== columns || last.current.version !== version) last.current = { version, picture: overviewPicture(trace, columns, b?.trace ?? null, !a.running) };
    drawOverview(g, last.current.picture, view, timeOf(state.trace, state.cursor), scale);
    if (b !== null && b.trace !== null) drawBeside(g, last.current.picture, b.trace, compare?.first ?? null, scale);
  }, []);
  const brush = (): ReturnType<typeof brushOf> | null => {
    const { view } = store.getState();
    return last.current === null ? null : brushOf(last.current.picture.columns, view.fromNs, view.toNs);
  };
  const press = (at: PointerAt) => {
    const now = brush();
    return now === null ? null : pressOnOverview(at, now);
  };
  const hit = (at: PointerAt | null) => {
    const now = at === null ? null : brush(), part = now === null || at === null ? 'outside' : brushPart(now, at.x);
    setShape(part === 'left' || part === 'right' ? 'ew-resize' : part === 'inside' ? 'grab' : 'pointer');
  };
  return <CanvasFrame className={css.plot} cursor={shape} draw={draw} subscribe={withCursor} press={press} hit={hit} />;
}

function Axis() {
  const draw = useCallback((g: CanvasRenderingContext2D, scale: Scale) => {
    const { trace, view, cursor } = store.getState();
    drawAxis(g, view, trace?.timeOfEvent(cursor) ?? 0, scale);
  }, []);
  return <CanvasFrame className={css.plot} cursor="ew-resize" draw={draw} subscribe={withCursor} press={pressOnAxis} wheel={wheelOnLanes} />;
}

/** The words under the pointer, and the cursor's line: moved by hand, without a render. */
function useOverlay(plot: RefObject<HTMLDivElement | null>) {
  const tip = useRef<HTMLDivElement>(null), line = useRef<HTMLDivElement>(null);
  const tell = useCallback((lines: readonly string[] | null, at: PointerAt | null) => {
    const el = tip.current;
    if (el === null) return;
    el.hidden = lines === null || at === null;
    if (lines === null || at === null) return;
    el.replaceChildren(...lines.map((words) => Object.assign(document.createElement('div'), { textContent: words })));
    const left = at.x + 14 + el.offsetWidth > at.width ? at.x - 10 - el.offsetWidth : at.x + 14;
    el.style.transform = `translate(${Math.max(0, left)}px, ${Math.max(0, Math.min(at.y + 14, at.height - el.offsetHeight))}px)`;
  }, []);
  useEffect(() => {
    const place = (): void => {
      if (plot.current === null || line.current === null) return;
      const width = plot.current.clientWidth, x = cursorX(width);
      line.current.hidden = store.getState().trace === null || x < -1 || x > width + 1;
      line.current.style.transform = `translateX(${Math.min(width - 1, Math.round(x))}px)`;
    };
    const sizes = new ResizeObserver(place);
    if (plot.current !== null) sizes.observe(plot.current);
    const stop = withCursor(place);
    place();
    return () => { stop(); sizes.disconnect(); };
  }, [plot]);
  return { tip, line, tell };
}

/** Heights follow from the rows that have come, of both runs. */
function useBands(trace: Trace, room: number) {
  const [complete, setComplete] = useState(false);
  useEffect(() => { void allLanes().then(() => { setComplete(true); }); }, []);
  const collapsed = useStore((s) => s.collapsed), hidden = useStore((s) => s.hidden), order = useStore((s) => s.order), unfolded = useFolds(), a = useStore((s) => partOf(s, 'A')), comparing = useStore((s) => s.compare !== null), b = useStore((s) => (s.compare === null ? null : partOf(s, 'B')));
  const traceA = a?.trace ?? trace, traceB = b?.trace ?? null, versions = (a?.version ?? 0) + (b?.version ?? 0);
  return useMemo(() => layOutBands(traceA, traceB, comparing, { collapsed: versions < 0 && complete ? [] : collapsed, hidden, order, unfolded }, room), [traceA, traceB, comparing, collapsed, hidden, order, unfolded, versions, room, complete]);
}
/** How many lanes there are that cannot be seen, and a way to them. */
function OutOfSight({ bands, scroller, room }: { readonly bands: Bands; readonly scroller: RefObject<HTMLDivElement | null>; readonly room: number }) {
  const [scroll, setScroll] = useState(0), { above, below, cut } = outOfSight(bands, scroll, room), down = below.length > 0 || cut !== null, names = below.length > 0 ? below : cut !== null ? [cut] : above;
  useEffect(() => {
    const el = scroller.current, moved = (): void => { setScroll(el?.scrollTop ?? 0); };
    el?.addEventListener('scroll', moved, { passive: true });
    return () => { el?.removeEventListener('scroll', moved); };
  }, [scroller]);
  if (names.length === 0 || room === 0) return null;
  const words = below.length === 0 && cut !== null ? 'more below' : `${plural(names.length, 'lane')} ${down ? 'below' : 'above'}`;
  return <button type="button" className={css.more} aria-label={`${words}: ${names.join(', ')}`} title={names.join(', ')} onClick={() => { scroller.current?.scrollBy({ top: down ? room * 0.8 : -scroll }); }}><span aria-hidden="true">{down ? '▾' : '▴'}</span> {words}: {names.join(', ')}</button>;
}
function Lanes({ trace }: { readonly trace: Trace }) {
  const [room, setRoom] = useState(0), bands = useBands(trace, room), { difference } = bands;
  const scroller = useRef<HTMLDivElement>(null), labels = useRef<HTMLDivElement>(null), plot = useRef<HTMLDivElement>(null), hits = useRef<BandHitTest>(() => null), redraw = useRef<() => void>(() => {}), pointer = useRef<PointerAt | null>(null);
  const [bar, setBar] = useState(0), { tip, line, tell } = useOverlay(plot);
  const draw = useCallback((g: CanvasRenderingContext2D, scale: Scale) => {
    hits.current = paintBands(g, bands, store.getState(), scroller.current?.scrollTop ?? 0, scale);
    // what lies under a resting pointer has changed
    if (pointer.current !== null) tell(hits.current(pointer.current.x, pointer.current.y)?.lines ?? null, pointer.current);
  }, [bands, tell]);
  const subscribe = useCallback((changed: () => void) => {
    redraw.current = changed;
    return withLanes(changed);
  }, []);
  useLayoutEffect(() => {
    const el = scroller.current;
    if (el === null) return;
    const measure = (): void => {
      setBar(el.offsetWidth - el.clientWidth);
      setRoom(el.clientHeight);
    };
    const sizes = new ResizeObserver(measure);
    sizes.observe(el);
    if (labels.current !== null) sizes.observe(labels.current);
    measure();
    return () => { sizes.disconnect(); };
  }, []);
  const hit = (at: PointerAt | null): void => {
    pointer.current = at;
    store.getState().setHover(at === null ? null : timeAtX(at));
    tell(at === null ? null : (hits.current(at.x, at.y)?.lines ?? null), at);
  };
  // what is clicked is what is looked at
  const click = (at: PointerAt): void => {
    const task = hits.current(at.x, at.y)?.task, side = sideAt(bands, at.y + (scroller.current?.scrollTop ?? 0));
    if (side !== null) showSide(side);
    cursorTo(at);
    if (task !== undefined) store.getState().selectTask(task);
  };
  return (
    <div className={css.lanes}>
      <div className={css.scroller} ref={scroller} onScroll={() => { redraw.current(); }}>
        <div className={css.labels} ref={labels} style={{ height: bands.height > room + CUT_PX && room > 0 ? bands.height + HINT_PX : bands.height }}>
          {bands.heads.map((head) => <BandHead key={head.side} {...head} />)}
          {bands.runs.map((band) => <Fragment key={`${band.side} ${band.places[0]?.lane.id}`}>{difference !== null && band.top === difference.top + difference.height + 1 && <DifferenceLabels difference={difference} />}<BandLabels band={band} /></Fragment>)}
        </div>
      </div>
      <OutOfSight bands={bands} scroller={scroller} room={room} />
      <div className={css.over} ref={plot} style={{ right: bar }}>
        <CanvasFrame className={css.plot} cursor="crosshair" draw={draw} subscribe={subscribe} hit={hit} press={(at) => pressOnLanes(at, click)} wheel={wheelOnLanes} />
        <div className={css.cursor} ref={line} hidden />
        <div className={css.tip} ref={tip} hidden />
      </div>
    </div>
  );
}

/** Says how many are hidden: what is missing is not to be taken for what there is not. */
function LanesButton() {
  const hidden = useStore((s) => s.hidden.length);
  return <button type="button" className={css.choose} title="Hide, show and move lanes (L)" aria-label={hidden > 0 ? `Lanes, ${hidden} hidden` : 'Lanes'} onClick={() => { store.getState().openDialog('lanes'); }}>{hidden > 0 ? `${hidden} hidden` : 'Lanes'}</button>;
}

export function Timeline() {
  const trace = useStore((s) => s.trace), whole = useStore((s) => (s.trace === null ? 0 : domainOf(s).toNs)), comparing = useStore((s) => s.compare !== null);
  useStore((s) => s.version);
  return (
    <div className={css.timeline}>
      <div className={css.head} style={{ height: OVERVIEW_PX }}>
        <div className={css.label}>
          <div className={css.row} style={{ top: 3 }}><span className={css.bold}>Free pages</span></div>
          <LanesButton />
          <div className={`${css.row} ${css.dim}`} style={{ top: 20 }}><span>{comparing ? 'A line, B dashed' : 'whole run'}</span><span className={css.value}>{duration(whole)}</span></div>
          <div className={`${css.row} ${css.direct}`} style={{ top: 40 }}><span>{comparing ? 'direct reclaim in A' : 'rounds of direct reclaim'}</span></div>
        </div>
        <Overview />
      </div>
      <div className={css.head} style={{ height: AXIS_PX }}>
        <div className={css.label}><div className={`${css.row} ${css.dim}`} style={{ top: 3 }}><span>since boot</span><span>{trace === null ? '' : `jiffy = ${1000 / trace.shape.hz} ms`}</span></div></div>
        <Axis />
      </div>
      {trace === null ? <div className={css.empty}>No run yet. Open a story, or import a report.</div> : <Lanes trace={trace} />}
      <Legend />
    </div>
  );
}
