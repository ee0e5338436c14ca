/**
 * A judge of RCU who knows nothing of its numbers, segments and masks. It is told when callbacks are queued and invoked and when readers begin and
 * end, and hears of grace periods by the two tracepoints alone. What RCU promises, in three sentences:
 * a callback waits for a whole grace period that began after it was queued; no reader lasts from before a grace period's begin to after its end;
 * and so no callback runs while a reader is still there that was there when it was queued. And of rcu_barrier(): what was queued before it has run.
 */
import { assert } from '../../base/units.ts';
import type { Kernel } from '../kernel.ts';

interface Posted { readonly queuedNs: number; readonly readers: ReadonlySet<object>; invoked: boolean }
interface Reader { readonly sinceNs: number; untilNs: number }
/** @property violations  one line each; none is what a sound RCU leaves */
export class RcuJudge {
  readonly posted: Map<number, Posted>; // by a number of the judge's own
  readonly live: Set<Reader>;
  readonly ended: Reader[];
  readonly gps: { fromNs: number; toNs: number }[];
  readonly violations: string[];
  private next: number;
  constructor() { this.posted = new Map(); this.live = new Set(); this.ended = []; this.gps = []; this.violations = []; this.next = 0; }

  queued(k: Kernel): number {
    this.posted.set(this.next, { queuedNs: k.now, readers: new Set(this.live), invoked: false });
    return this.next++;
  }
  invoked(k: Kernel, id: number): void {
    const p = this.posted.get(id);
    assert(p !== undefined, 'a callback is invoked that nobody has queued');
    if (p.invoked) this.violations.push(`callback ${id} ran twice`);
    p.invoked = true;
    if (!this.gps.some((g) => g.fromNs >= p.queuedNs && g.toNs <= k.now)) this.violations.push(`callback ${id}, queued at ${p.queuedNs}, ran at ${k.now} without a grace period of its own`);
    for (const r of p.readers) if (this.live.has(r as Reader)) { this.violations.push(`callback ${id} ran at ${k.now} while a reader from before it was there`); break; }
  }
  readBegins(k: Kernel): Reader {
    const r = { sinceNs: k.now, untilNs: Infinity };
    this.live.add(r);
    return r;
  }
  readEnds(k: Kernel, r: Reader): void {
    r.untilNs = k.now;
    this.live.delete(r);
    this.ended.push(r);
  }
  /** At the begin of an rcu_barrier(): what it must wait for. */
  before(): number[] { return [...this.posted].filter(([, p]) => !p.invoked).map(([id]) => id); }
  after(k: Kernel, before: readonly number[]): void {
    for (const id of before) if (this.posted.get(id)?.invoked !== true) this.violations.push(`rcu_barrier() returned at ${k.now} before callback ${id}, which was queued before it`);
  }
  /** Every tracepoint comes by here. */
  mark(k: Kernel, name: string): void {
    if (name === 'rcu_grace_period_start') this.gps.push({ fromNs: k.now, toNs: Infinity });
    else if (name === 'rcu_grace_period_end') this.gps[this.gps.length - 1].toNs = k.now;
  }
  /** When the machine has stopped. `all`: it was given time enough, so every callback must have run. */
  finish(all: boolean): string[] {
    for (const g of this.gps) {
      const r = [...this.ended, ...this.live].find((x) => x.sinceNs < g.fromNs && x.untilNs > g.toNs);
      if (r !== undefined) this.violations.push(`a reader from ${r.sinceNs} to ${r.untilNs} spans the grace period from ${g.fromNs} to ${g.toNs}`);
    }
    const left = [...this.posted.values()].filter((p) => !p.invoked).length;
    if (all && left > 0) this.violations.push(`${left} callbacks never ran`);
    return this.violations;
  }
}
