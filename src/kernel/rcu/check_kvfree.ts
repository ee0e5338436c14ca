/**
 * A judge of kvfree_rcu() that knows nothing of channels, pages and batches. It hears when objects are handed over and freed, and of grace periods by RCU's two
 * tracepoints. What is promised: an object is freed once, and not before a whole grace period that began after it was handed over. And nothing is lost: what was handed
 * over is freed, or stands in one of the stages that the machine has; a page that pointers were put into is the allocator's again, or stands somewhere too.
 */
import type { Kernel } from '../kernel.ts';
import { CHANNEL, type Krcp, type KvfreeState } from './kvfree_state.ts';

interface Given { readonly atNs: number; freed: boolean }
const inPages = (lists: Krcp['bulk']): number => lists.reduce((n, list) => n + list.reduce((m, page) => m + page.objects.length, 0), 0);

/** @property violations  one line each; none is what a sound machine leaves */
export class KvfreeJudge {
  readonly given: Map<number, Given>; // by the object's number
  readonly gps: { fromNs: number; toNs: number }[];
  readonly violations: string[];
  freed: number;
  /** Objects that wait in their callers' synchronize_rcu(). */
  waiting: number;
  constructor() { this.given = new Map(); this.gps = []; this.violations = []; this.freed = 0; this.waiting = 0; }

  /** Every tracepoint comes by here. An object's number is its own for the whole run. */
  mark(k: Kernel, name: string, b: number, c: number): void {
    if (name === 'rcu_grace_period_start') this.gps.push({ fromNs: k.now, toNs: Infinity });
    else if (name === 'rcu_grace_period_end') this.gps[this.gps.length - 1].toNs = k.now;
    else if (name === 'kvfree_call') { this.given.set(b, { atNs: k.now, freed: false }); if (c === CHANNEL.SYNCHRONOUS) this.waiting++; }
    else if (name === 'kvfree_free') this.free(k, b);
  }
  private free(k: Kernel, id: number): void {
    const g = this.given.get(id);
    if (g === undefined) { this.violations.push(`object ${id} is freed that nobody has handed over`); return; }
    if (g.freed) this.violations.push(`object ${id} is freed twice`);
    if (!this.gps.some((p) => p.fromNs >= g.atNs && p.toNs <= k.now)) this.violations.push(`object ${id}, handed over at ${g.atNs}, is freed at ${k.now} without a grace period of its own`);
    g.freed = true;
    this.freed++;
  }
  /** Between two steps: the stages add up. `synchronous`: of those freed, objects whose callers waited. */
  count(s: KvfreeState): void {
    let stages = 0, linked = 0, pages = 0;
    for (const p of s.krcp) {
      const filling = p.head.length + inPages(p.bulk), waiting = p.batches.reduce((n, b) => n + b.head.length + inPages(b.bulk), 0);
      if (filling !== p.count) this.violations.push(`cpu${p.cpu} counts ${p.count} objects that are being filled in, and has ${filling}`);
      if (waiting !== p.waiting) this.violations.push(`cpu${p.cpu} counts ${p.waiting} objects that wait, and has ${waiting}`);
      stages += p.count + p.waiting + p.freeing;
      linked += p.linked;
      pages += p.pages;
    }
    const left = [...this.given.values()].filter((g) => !g.freed).length;
    if (stages > left || left > stages + this.waiting) this.violations.push(`${left} objects are not yet freed, and ${stages} stand in stages`);
    if (linked > stages || (pages === 0 && linked < stages - s.krcp.reduce((n, p) => n + p.freeing, 0))) this.violations.push(`${stages} objects stand in ${pages} pages and ${linked} links`);
  }
  /** When the machine has stopped, after time enough. */
  finish(s: KvfreeState): string[] {
    const left = [...this.given.values()].filter((g) => !g.freed).length;
    if (left > 0) this.violations.push(`${left} objects were never freed`);
    for (const p of s.krcp) if (p.pages + p.count + p.waiting + p.freeing + p.linked > 0) this.violations.push(`cpu${p.cpu} is left with something although all is freed`);
    return this.violations;
  }
}
