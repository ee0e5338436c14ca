import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FRAME, ownerBits } from '../../format/rows.ts';
import { USES } from '../../ui/uses.ts';
import { CLASSES, countClasses, frameAt, mapLayout, mapPicture, noOwners, placeOf, VICTIM } from './map.ts';

const full = (n: number, word: number): Uint16Array => new Uint16Array(n).fill(word);

describe('the map of frames', () => {
  test('has for each use the colour that it has elsewhere', () => {
    const looks = [FRAME.anon, FRAME.file, FRAME.shmem, FRAME.kernel, FRAME.table, FRAME.stack, FRAME.buddy].map((type) => [CLASSES[type].colour, CLASSES[type].share]);
    expect(looks).toEqual([USES.anon, USES.file, USES.shmem, USES.kernel, USES.table, USES.stack, USES.free]);
    expect(new Set(looks.map(String)).size).toBe(looks.length);
  });
  test('has a row for at least one page block, and no more rows than pixels', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 16_777_216 }), fc.integer({ min: 50, max: 1400 }), fc.integer({ min: 60, max: 900 }), (frames, width, height) => {
      const l = mapLayout(frames, width, height);
      expect(l.perRow % 512).toBe(0);
      expect(l.rows * l.rowPx).toBeLessThanOrEqual(Math.max(height, l.rows));
      expect(l.rows * l.perRow).toBeGreaterThanOrEqual(frames);
    }), { numRuns: 300 });
  });
  test('finds a frame where it was placed', () => {
    const l = mapLayout(131_072, 1024, 600);
    for (const pfn of [0, 1, 511, 512, 77_777, 131_071]) {
      const p = placeOf(l, pfn);
      expect(frameAt(l, p.x, p.y)).toBe(pfn);
    }
    expect([frameAt(l, -1, 0), frameAt(l, 0, 600), frameAt(l, 1024, 0)]).toEqual([-1, -1, -1]);
  });
  test('shows the few free frames of a full machine, also where a pixel stands for many', () => {
    const frames = full(131_072, FRAME.anon), owners = noOwners();
    frames[70_000] = FRAME.buddy;
    const l = mapLayout(frames.length, 256, 64), picture = mapPicture(frames, owners, l, countClasses(frames, owners));
    expect(picture.filter((c) => c === FRAME.buddy).length).toBe(1);
  });
  test('counts every frame once, and tells those of a victim apart', () => {
    const frames = full(1000, FRAME.anon | ownerBits(3)), owners = noOwners();
    frames.fill(FRAME.kernel, 0, 100);
    owners[4] = 1;
    const counts = countClasses(frames, owners);
    expect([counts[FRAME.kernel], counts[VICTIM], counts.reduce((a, b) => a + b, 0)]).toEqual([100, 900, 1000]);
    expect(CLASSES[VICTIM].name).toBe("victim's");
  });
});
