/**
 * mm/backing-dev.c, to 5.15: congestion_wait(), wait_iff_congested(). What reclaim did before reclaim_throttle(): sleep a tenth of a second or until a device takes
 * requests again. Only a single-queue device says that it is congested (knob io.queue, 4.13 and 4.17; mm/wb_congested.ts). A multi-queue one never does, so that
 * the one always sleeps its full time and the other never (docs/model.md, guess 12). Registered at boot where knob reclaim.throttle asks for it.
 */
import { jiffies } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { condResched } from '../sched/core.ts';
import { scheduleTimeoutUninterruptible } from '../sched/wait.ts';
import { PF } from './constants.ts';
import { type Pgdat, PGDAT } from './mmzone.ts';
import { THROTTLE } from './throttle.ts';

const congestionWait = kfn('congestion_wait', function* (k: Kernel): Timed<void> {
  const one = k.mm.backing.singleQueue;
  if (one === null) yield* scheduleTimeoutUninterruptible(k, jiffies(Math.floor(k.hz / 10))); else yield* one.sleepOnQueue(k, 'writeback_congestion_wait');
});
/** Sleeps while a device is congested and reclaim has met nothing of the node but what waits for it. */
const waitIffCongested = kfn('wait_iff_congested', function* (k: Kernel, p: Pgdat): Timed<void> {
  const one = k.mm.backing.singleQueue;
  if (k.decide('a write queue is congested', one !== null && one.writes > 0) && one !== null && k.decide('reclaim of the node met only dirty pages that wait for it', (p.flags & PGDAT.CONGESTED) !== 0, p.id)) yield* one.sleepOnQueue(k, 'writeback_wait_iff_congested');
  else yield* condResched(k);
});

/** Pages of files that a pass of reclaim found dirty or under writeback, and those of them that wait for a device. */
interface Met { readonly dirty: number; readonly congested: number }
/** How reclaim waits where it does not by reclaim_throttle(). */
export class Congestion {
  readonly iff: boolean; // knob reclaim.throttle: wait-iff-congested
  constructor(iff: boolean) { this.iff = iff; }
  /** A wait for writes under way, as the knob says. */
  *waitForWrites(k: Kernel, p: Pgdat): Timed<void> { if (this.iff) yield* waitIffCongested(k, p); else yield* congestionWait(k); }
  /** What held reclaim up: where too many pages are isolated nothing but time helps, or a queue that has room again. */
  *holdUp(k: Kernel, p: Pgdat, reason: number): Timed<void> {
    if (reason === THROTTLE.WRITEBACK) yield* this.waitForWrites(k, p);
    else if (reason === THROTTLE.ISOLATED) yield* congestionWait(k);
    else yield* waitIffCongested(k, p);
  }
  /**
   * Behind a pass over all lists of a node. Where devices have a single queue, the node is marked if every dirty page that was met waits for a congested one, and a direct
   * reclaimer waits while that is so: 4.13 does both behind each batch of pages (behindBatch), whoever reclaims; 4.17 here, and kswapd alone marks.
   */
  *behindNode(k: Kernel, p: Pgdat, met: Met, kswapd: boolean): Timed<void> {
    const all = met.dirty > 0 && met.dirty === met.congested;
    if (k.mm.backing.singleQueue === null) { if (all && !kswapd) yield* waitIffCongested(k, p); } else if (!k.mm.era.congestedByBatch) yield* this.stall(k, p, all, kswapd);
  }
  *behindBatch(k: Kernel, p: Pgdat, met: Met): Timed<void> {
    if (k.mm.backing.singleQueue !== null && k.mm.era.congestedByBatch) yield* this.stall(k, p, met.dirty > 0 && met.dirty === met.congested, (k.current.pf & PF.KSWAPD) !== 0);
  }
  private *stall(k: Kernel, p: Pgdat, all: boolean, kswapd: boolean): Timed<void> {
    if (all && (kswapd || k.mm.era.congestedByBatch)) p.flags |= PGDAT.CONGESTED;
    if (!kswapd) yield* waitIffCongested(k, p);
  }
}
export function congestionInit(k: Kernel): void {
  const how = k.knob('reclaim.throttle');
  if (how !== 'throttle') k.mm.backing.congestion = new Congestion(how === 'wait-iff-congested');
}
