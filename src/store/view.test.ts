import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clampView, MIN_SPAN_NS, panView, revealView, type View, zoomAround, zoomView } from './view.ts';

const domain: View = { fromNs: 0, toNs: 1000 };
const anyView = fc.tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: MIN_SPAN_NS, max: 400 })).map(([fromNs, span]): View => ({ fromNs, toNs: fromNs + span }));
const inside = (v: View): boolean => v.fromNs >= -1e-6 && v.toNs <= domain.toNs + 1e-6 && v.toNs - v.fromNs >= MIN_SPAN_NS - 1e-6;

describe('view', () => {
  it('never leaves the run, whatever is asked', () => {
    fc.assert(fc.property(anyView, fc.double({ min: 0.01, max: 100, noNaN: true }), fc.integer({ min: -50, max: 1050 }), (view, factor, at) => {
      expect(inside(zoomView(view, factor, at, domain))).toBe(true);
      expect(inside(zoomAround(view, factor, at, domain))).toBe(true);
      expect(inside(panView(view, factor, domain))).toBe(true);
      expect(inside(panView(view, -factor, domain))).toBe(true);
      expect(inside(revealView(view, at, domain))).toBe(true);
    }), { numRuns: 200 });
  });
  it('keeps the instant under the pointer in its place when it zooms', () => {
    // 500 is in the middle of 300..700 and must be in the middle of the window half as wide
    expect(zoomView({ fromNs: 300, toNs: 700 }, 0.5, 500, domain)).toEqual({ fromNs: 400, toNs: 600 });
  });
  it('zooms around the cursor, which comes to the middle from an edge, unless the run begins or ends there', () => {
    const zoomed = (cursorNs: number): View => zoomAround({ fromNs: 200, toNs: 800 }, 0.5, cursorNs, domain);
    expect(zoomed(500)).toEqual({ fromNs: 350, toNs: 650 });
    expect(zoomed(320)).toEqual({ fromNs: 260, toNs: 560 }); // 20 % from the edge: it stays in its place
    expect(zoomed(280)).toEqual({ fromNs: 130, toNs: 430 });
    expect(zoomed(790)).toEqual({ fromNs: 640, toNs: 940 });
    expect(zoomAround(domain, 0.5, 0, domain)).toEqual({ fromNs: 0, toNs: 500 });
    expect(zoomAround(domain, 0.5, 1000, domain)).toEqual({ fromNs: 500, toNs: 1000 });
  });
  it('pans by a share of what is seen', () => {
    expect(panView({ fromNs: 300, toNs: 500 }, 0.25, domain)).toEqual({ fromNs: 350, toNs: 550 });
  });
  it('stays where it is while the cursor is in it', () => {
    const view = { fromNs: 300, toNs: 700 };
    expect(revealView(view, 700, domain)).toBe(view);
  });
  it('shows the instant it is asked for', () => {
    const moved = revealView({ fromNs: 0, toNs: 300 }, 800, domain);
    expect(moved).toEqual({ fromNs: 700, toNs: 1000 });
  });
  it('is the whole run when more is asked', () => {
    expect(clampView(-1e9, 1e9, domain)).toEqual(domain);
  });
});
