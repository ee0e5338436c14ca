/**
 * A judge of a single-queue device who stands outside it: finds every request anew, in plugs, in the queue and with the device, changes nothing, and shares no
 * code with what counts them. For tests.
 */
import { assert } from '../../base/units.ts';
import type { Kernel } from '../kernel.ts';
import type { Request } from './request.ts';

/** Throws on the first thing that is not as it must be. A machine without such a device has nothing to judge. */
export function checkBlock(k: Kernel): void {
  const { device, plugs, singleQueue } = k.mm.backing, q = device?.queue ?? null;
  if (device === null || q === null) return;
  const plugged = [...plugs.values()].flatMap((p) => p.list.map((r) => r.request)), all: Request[] = [...plugged, ...q.queued, ...device.inFlight, ...device.done];
  assert(new Set(all).size === all.length, 'a request stands in two places');
  assert(device.tagsFree === device.kind.depth - device.inFlight.length - device.done.length, 'tags and requests with the device do not agree');
  let congested = 0;
  for (const write of [true, false]) {
    const rl = q.lists[write ? 0 : 1], n = all.filter((r) => r.write === write).length, pages = new Set(all.flatMap((r) => (r.write === write ? r.bios : [])));
    assert(n === rl.count, `${rl.name}: ${n} requests found, ${rl.count} counted`);
    assert(pages.size === all.reduce((sum, r) => sum + (r.write === write ? r.bios.length : 0), 0), 'a bio stands in two requests');
    assert(n <= Math.floor(q.nrRequests * 1.5), `${rl.name}: half as many more than the limit is the most`);
    // 7/8 of them and one more: congested; between the marks: as before; below 13/16 less one (2.6.9: 7/8 less one): not
    const nr = q.nrRequests, most = nr - Math.floor(nr / 8) + 1, least = nr - Math.floor(nr / 8) - (k.knobs['io.queue'] === 'single-queue-2.6.9' ? 0 : Math.floor(nr / 16)) - 1;
    assert(n < Math.min(most, nr) || rl.congested, `${rl.name}: ${n} requests, and the queue is not congested`);
    assert(n >= Math.max(1, least) || !rl.congested, `${rl.name}: ${n} requests, and the queue is still congested`);
    if (rl.congested) congested++;
    assert((singleQueue?.nr[rl.direction] ?? 0) === (rl.congested ? 1 : 0), 'reclaim is told something else than the queue');
    // each request that ends wakes one of those who sleep for one, and whoever was woken takes at least one
    const asleep = rl.wait.entries.some((e) => !e.task.onCpu && !e.task.queued), coming = k.tasks.some((t) => (t.onCpu || t.queued) && k.stackNames(t.stack).includes('get_request'));
    assert(!asleep || n > 0 || coming, `${rl.name}: somebody sleeps for a request, and nobody will wake him`);
  }
  assert(congested <= 2, 'a machine with one disk has more than two congested lists');
}
