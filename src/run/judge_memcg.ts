/**
 * Memory cgroups as the judge sees them: which frames are charged to which group, by the rows that say so; what the counters claim; and the limits.
 * A counter is the frames of its group and those below it, and what is charged ahead of a page (`memory.stock`).
 */
import { ROW } from '../format/rows.ts';
import type { Findings } from './judge_findings.ts';

const GAUGE = /^memory\.(current|max|stock) (\/.*)$/;
const FORCED = 'memcg_charge_forced ';
/** `path` names the group itself or one above it. */
const isBelow = (group: string, path: string): boolean => group === path || group.startsWith(`${path}/`);

export class MemcgBook {
  readonly frames: number;
  readonly strings: readonly string[];
  readonly say: Findings;
  readonly of: Map<number, string>; // frame -> group
  readonly charged: Map<string, number>; // group -> its own frames, by addition and subtraction
  readonly stock: Map<string, number>;
  readonly max: Map<string, number>;
  readonly forced: Set<string>; // groups in which a charge was forced past the limit
  constructor(frames: number, strings: readonly string[], say: Findings) {
    this.frames = frames; this.strings = strings; this.say = say;
    this.of = new Map(); this.charged = new Map(); this.stock = new Map(); this.max = new Map(); this.forced = new Set();
  }
  /** A frame is charged, or given back: `group` -1. */
  charge(pfn: number, order: number, group: number): void {
    const path = group < 0 ? null : this.strings[group];
    if (path === undefined || order < 0 || order > 10 || pfn < 0 || pfn + (1 << order) > this.frames) { this.say.tell('names-known', `a charge of order ${order} at pfn ${pfn} to group ${group}`); return; }
    for (let p = pfn; p < pfn + (1 << order); p++) {
      const was = this.of.get(p);
      if (path === null) {
        if (was === undefined) this.say.tell('memcg-charges', `pfn ${p} is given back by a group, and was charged to none`);
        else this.add(was, -1);
        this.of.delete(p);
      } else {
        if (was !== undefined) { this.say.tell('memcg-charges', `pfn ${p} is charged to ${path}, and is charged to ${was} already`); this.add(was, -1); }
        this.of.set(p, path);
        this.add(path, 1);
      }
    }
  }
  private add(path: string, by: number): void { this.charged.set(path, (this.charged.get(path) ?? 0) + by); }
  /** Frames that are free belong to nobody. */
  freed(kind: number, pfn: number, order: number): void {
    if (this.of.size === 0 || (kind !== ROW.pcpFree && kind !== ROW.buddyFree)) return;
    for (let p = pfn; p < pfn + (1 << order); p++) {
      const was = this.of.get(p);
      if (was !== undefined) this.say.tell('memcg-charges', `pfn ${p} is freed and still charged to ${was}`);
    }
  }
  private framesOf(path: string): number {
    let n = 0;
    for (const [group, frames] of this.charged) if (isBelow(group, path)) n += frames;
    return n;
  }
  gauge(name: string, value: number): void {
    const m = GAUGE.exec(name);
    if (m === null) return;
    const path = m[2];
    if (m[1] === 'max') this.max.set(path, value);
    else if (m[1] === 'stock') this.stock.set(path, value);
    else this.current(path, value);
  }
  private current(path: string, value: number): void {
    const frames = this.framesOf(path), ahead = this.stock.get(path) ?? 0, max = this.max.get(path);
    if (frames + ahead !== value) this.say.tell('memcg-charges', `${path} counts ${value} pages: ${frames} frames are charged to it, and ${ahead} ahead`);
    if (max === undefined) return;
    if (value <= max) this.forced.delete(path);
    else if (!this.forced.has(path)) this.say.tell('memcg-limit', `${path} has ${value} pages, its limit is ${max}, and no charge was forced`);
  }
  /** A charge that may not fail has gone past the limit of this group, or of one above it. */
  mark(name: string): void {
    if (!name.startsWith(FORCED)) return;
    for (const limited of this.max.keys()) if (isBelow(name.slice(FORCED.length), limited)) this.forced.add(limited);
  }
  /** Counts everything anew. */
  end(): void {
    const found = new Map<string, number>();
    for (const path of this.of.values()) found.set(path, (found.get(path) ?? 0) + 1);
    for (const [path, n] of this.charged) if (n !== (found.get(path) ?? 0)) this.say.tell('memcg-charges', `${path} counts ${n} frames, ${found.get(path) ?? 0} are there`);
  }
}
