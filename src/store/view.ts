/** The window of time that the timeline shows, and how it moves. All times in ns since boot. */
export interface View {
  readonly fromNs: number;
  readonly toNs: number;
}
/** Narrower than this a window shows nothing more: events are at least some ns apart. */
export const MIN_SPAN_NS = 200;

/** The nearest window to the wanted one that lies in `domain`. */
export function clampView(fromNs: number, toNs: number, domain: View): View {
  const whole = Math.max(domain.toNs - domain.fromNs, MIN_SPAN_NS);
  const span = Math.min(Math.max(toNs - fromNs, MIN_SPAN_NS), whole);
  const middle = (fromNs + toNs) / 2;
  const start = Math.min(Math.max(middle - span / 2, domain.fromNs), domain.fromNs + whole - span);
  return { fromNs: start, toNs: start + span };
}

/** Factor below 1 shows less time. The instant `atNs` stays where it is on the screen. */
export function zoomView(view: View, factor: number, atNs: number, domain: View): View {
  const span = Math.min(Math.max((view.toNs - view.fromNs) * factor, MIN_SPAN_NS), Math.max(domain.toNs - domain.fromNs, MIN_SPAN_NS));
  const share = (atNs - view.fromNs) / (view.toNs - view.fromNs);
  const from = atNs - span * share;
  return clampView(from, from + span, domain);
}

/** So much of the window is its edge. */
const EDGE = 0.15;
/** As `zoomView`, around the cursor: one that would stand at an edge comes to the middle, as far as the run goes. */
export function zoomAround(view: View, factor: number, cursorNs: number, domain: View): View {
  const zoomed = zoomView(view, factor, cursorNs, domain), span = zoomed.toNs - zoomed.fromNs, share = (cursorNs - zoomed.fromNs) / span;
  return share < EDGE || share > 1 - EDGE ? clampView(cursorNs - span / 2, cursorNs + span / 2, domain) : zoomed;
}

/** Moves by a fraction of what is seen. */
export function panView(view: View, fraction: number, domain: View): View {
  const by = (view.toNs - view.fromNs) * fraction;
  return clampView(view.fromNs + by, view.toNs + by, domain);
}

/** The same window if it shows `atNs`, else moved so that it does, with more room on the side that time goes to. */
export function revealView(view: View, atNs: number, domain: View): View {
  if (atNs >= view.fromNs && atNs <= view.toNs) return view;
  const span = view.toNs - view.fromNs;
  const from = atNs - span * (atNs > view.toNs ? 0.25 : 0.75);
  return clampView(from, from + span, domain);
}
