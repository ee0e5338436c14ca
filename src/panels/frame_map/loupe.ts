/** A few frames, each with the sign of its kind: what it is can be told without colour. */
import { box, hatch, hline, type Pen, rect, type Scale, vline } from '../../ui/draw.ts';
import { CLASSES, classOf, type FrameClass, type Owners } from './map.ts';

const ACROSS = 16, DOWN = 8, GAP = 2;
export const LOUPE_FRAMES = ACROSS * DOWN;
export const loupeStart = (pfn: number): number => pfn - (pfn % LOUPE_FRAMES);

function sign(g: Pen, one: FrameClass, x: number, y: number, size: number, colour: string, back: string): void {
  const middle = size / 2;
  if (one.sign === 'filled' || one.sign === 'bar' || one.sign === 'cross' || one.sign === 'lines' || one.sign === 'tee') rect(g, x, y, size, size, colour, one.share);
  switch (one.sign) {
    case 'nothing': case 'filled': break;
    case 'hatch': hatch(g, x, y, size, size, colour, 4); break;
    case 'outline': box(g, x, y, size, size, colour); break;
    case 'dot': box(g, x, y, size, size, colour); rect(g, x + middle - 1.5, y + middle - 1.5, 3, 3, colour); break;
    case 'bar': rect(g, x + middle - 1, y + 2, 2, size - 4, back); break;
    case 'lines': for (let at = 3; at < size - 1; at += 4) hline(g, y + at, x + 2, x + size - 2, back); break;
    case 'tee': hline(g, y + 3, x + 3, x + size - 3, back); vline(g, x + middle, y + 3, y + size - 3, back); break;
    case 'cross':
      g.strokeStyle = back;
      g.lineWidth = 1.25;
      g.beginPath();
      g.moveTo(x + 3, y + 3);
      g.lineTo(x + size - 3, y + size - 3);
      g.moveTo(x + size - 3, y + 3);
      g.lineTo(x + 3, y + size - 3);
      g.stroke();
      break;
  }
}
export function drawLoupe(g: Pen, frames: Uint16Array, owners: Owners, pfn: number, { width, height, theme }: Scale): void {
  const size = Math.floor(Math.min(width / ACROSS, height / DOWN)) - GAP, first = loupeStart(pfn);
  for (let i = 0; i < LOUPE_FRAMES && first + i < frames.length; i++) {
    const one = CLASSES[classOf(frames[first + i], owners)], x = (i % ACROSS) * (size + GAP), y = Math.floor(i / ACROSS) * (size + GAP);
    if (one.colour !== null) sign(g, one, x, y, size, theme[one.colour === 's3' ? 'mark' : one.colour], theme.bg);
    if (first + i === pfn) box(g, x - 1, y - 1, size + 2, size + 2, theme.ink);
  }
}
