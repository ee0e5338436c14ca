import { expect, test } from 'vitest';
import { bootScenario } from '../../run/boot.ts';
import { blank } from '../../scenarios/blank.ts';
import type { Timed } from '../../sim/kfn.ts';
import type { Kernel } from '../kernel.ts';
import { spawn } from '../sched/core.ts';
import { waitEvent, WaitQueue, wakeUpAll } from '../sched/wait.ts';
import { BlockDevice } from './device.ts';
import { deviceKind } from './kinds.ts';
import { blkFinishPlug, blkStartPlug, submitBio } from './plug.ts';

interface Result { readonly ns: number; readonly device: BlockDevice; readonly ended: readonly number[] }
/** Writes single pages at these places, all in one plug or each on its own, and waits for all of them. */
function written(kind: string, sectors: readonly number[], plugged: boolean, disk?: { mbPerS: number; requestsPerS: number }, forMs = 60_000): Result {
  const { k } = bootScenario(blank, 'none'), device = new BlockDevice(k, 'test', deviceKind(kind, disk)), ended: number[] = [], wq = new WaitQueue(k);
  let start = 0, end = 0;
  spawn(k, 'writer', function* (k: Kernel): Timed<void> {
    start = k.now;
    if (plugged) blkStartPlug(k);
    for (const sector of sectors) yield* submitBio(k, device, { write: true, sector, pages: 1, end: (k) => { ended.push(sector); wakeUpAll(k, wq); } });
    if (plugged) yield* blkFinishPlug(k);
    yield* waitEvent(k, wq, () => ended.length === sectors.length);
    end = k.now;
  });
  while (end === 0 && k.now < forMs * 1e6 && k.step());
  return { ns: end - start, device, ended };
}
const scattered = Array.from({ length: 60 }, (_, i) => i * 1000), inOrder = Array.from({ length: 60 }, (_, i) => 5000 + i);

test('1,500 requests a second let 60 scattered pages through in 40 ms, however fast the disk transfers', () => {
  const r = written('ssd', scattered, false, { mbPerS: 1000, requestsPerS: 1500 });
  expect(r.device.writes).toBe(60);
  expect(r.ns / 1e6).toBeGreaterThan(40);
  expect(r.ns / 1e6).toBeLessThan(41);
});
test('neighbours in one plug are one request, held by the bandwidth alone: 240 kB at 4 MB/s take 61 ms', () => {
  const r = written('ssd', inOrder, true, { mbPerS: 4, requestsPerS: 1500 });
  expect(r.device.writes).toBe(1); // merging comes first; a size of 128 kB (BLK_PLUG_FLUSH_SIZE) counts only when a new request is added
  expect(r.ns / 1e6).toBeGreaterThan(61.4);
  expect(r.ns / 1e6).toBeLessThan(63);
});
test('a disk with heads pays for every place that does not follow the last one', () => {
  const far = written('hdd', scattered, false), near = written('hdd', inOrder, false);
  expect(far.ns / near.ns).toBeGreaterThan(20); // 60 seeks of 8.3 ms against one
});
test('requests end in the order in which they were handed over, and all tags come back', () => {
  for (const kind of ['ssd', 'hdd', 'nvme', 'usb']) {
    const r = written(kind, scattered, false);
    expect(r.ended).toEqual(scattered);
    expect(r.device.tagsFree).toBe(r.device.kind.depth);
    expect(r.device.inFlight).toEqual([]);
  }
});
test('a device with one tag makes the writer wait for each request', () => {
  const r = written('usb', scattered.slice(0, 10), false);
  expect(r.ns / 1e6).toBeGreaterThan(20); // 10 times 1 ms of service and 1 ms of latency
});
test('a hung device takes as many requests as it has tags, and never answers', () => {
  const r = written('hung', scattered, false, undefined, 5000);
  expect(r.ended).toEqual([]);
  expect(r.device.inFlight.length).toBe(r.device.kind.depth);
});
