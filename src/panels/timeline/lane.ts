/** A lane: pure functions from the trace to a picture, from the picture to strokes, and from a place back to words. */
import type { PixelColumns } from '../../analysis/series.ts';
import type { Trace } from '../../analysis/trace.ts';
import type { Pen, Scale } from '../../ui/draw.ts';
import type { Fold } from './folds.ts';

export type Tone = 'plain' | 'dim' | 'direct' | 'kswapd' | 'oom' | 'ok';
/** A line of the label column: a name and its value at the cursor, with the unit. These lines are the lane's text twin. */
export interface LabelRow {
  /** Top, in pixels from the top of the lane. */
  readonly y: number;
  readonly name: string;
  readonly value: string;
  readonly tone?: Tone;
  readonly valueTone?: Tone;
  readonly mono?: boolean;
  readonly bold?: boolean;
  /** Task that the row is about: it can be selected. */
  readonly task?: number;
  /** It stands for rows that are folded into it, of this kind; `open`: they are shown. */
  readonly fold?: { readonly kind: Fold; readonly open: boolean };
}
export interface Note {
  readonly event: number;
  readonly text: string;
}
/** What is looked at. */
export interface LaneView {
  readonly columns: PixelColumns;
  readonly notes: readonly Note[];
  readonly selectedTask: number | null;
  /** The run has ended: behind it lies nothing that will come. */
  readonly over?: boolean;
  /** Other lanes say why nothing is drawn there. */
  readonly quiet?: boolean;
  /** Rows that a lane folds into one and that are shown. */
  readonly unfolded?: readonly Fold[];
  /** Height that the lane was given. */
  readonly height: number;
}
/** What all lanes look at. */
export type View = Omit<LaneView, 'height'>;
export interface Hit {
  /** One line for each string. */
  readonly lines: readonly string[];
  readonly task?: number;
}
export interface Lane<P> {
  readonly id: string;
  readonly title: string;
  /** Whether this run has what the lane is about; every run has if absent. */
  exists?(trace: Trace): boolean;
  /** The least height in pixels; it follows from the trace alone, not from the window. */
  height(trace: Trace, unfolded?: readonly Fold[]): number;
  /** Share of the room that is left, 0 if absent. */
  readonly grows?: number;
  /** How much of its height it can do without when room is short, 0 if absent. */
  readonly spares?: number;
  picture(trace: Trace, view: LaneView, cursor: number): P;
  draw(g: Pen, picture: P, scale: Scale): void;
  hit(picture: P, x: number, y: number): Hit | null;
  labels(trace: Trace, cursor: number, selectedTask: number | null, height: number, unfolded?: readonly Fold[]): readonly LabelRow[];
  /** Its number while collapsed, and the shape that is drawn then: one value a pixel column, with its maximum. */
  short(trace: Trace, cursor: number): string;
  silhouette(trace: Trace, columns: PixelColumns): { readonly values: ArrayLike<number>; readonly most: number };
}
/** A lane whose picture's type is its own business. */
export interface AnyLane {
  readonly id: string;
  readonly title: string;
  readonly grows: number;
  readonly spares: number;
  exists(trace: Trace): boolean;
  height(trace: Trace, unfolded?: readonly Fold[]): number;
  labels(trace: Trace, cursor: number, selectedTask: number | null, height: number, unfolded?: readonly Fold[]): readonly LabelRow[];
  short(trace: Trace, cursor: number): string;
  silhouette(trace: Trace, columns: PixelColumns): { readonly values: ArrayLike<number>; readonly most: number };
  /** Draws, and gives the function that answers what is at a place. */
  render(g: Pen, trace: Trace, view: LaneView, cursor: number, scale: Scale): (x: number, y: number) => Hit | null;
}
export const anyLane = <P>(lane: Lane<P>): AnyLane => ({
  id: lane.id, title: lane.title, grows: lane.grows ?? 0, spares: lane.spares ?? 0,
  exists: (trace) => lane.exists?.(trace) ?? true,
  height: (trace, unfolded) => lane.height(trace, unfolded),
  labels: (trace, cursor, selectedTask, height, unfolded) => lane.labels(trace, cursor, selectedTask, height, unfolded),
  short: (trace, cursor) => lane.short(trace, cursor),
  silhouette: (trace, columns) => lane.silhouette(trace, columns),
  render(g, trace, view, cursor, scale) {
    const picture = lane.picture(trace, view, cursor);
    lane.draw(g, picture, scale);
    return (x, y) => lane.hit(picture, x, y);
  },
});
export const COLLAPSED_PX = 18;
