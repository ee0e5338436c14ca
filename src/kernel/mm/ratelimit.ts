/** lib/ratelimit.c ___ratelimit(), v6.1: at most `burst` messages in an interval, and a line about those that were kept back. */
import type { Kernel } from '../kernel.ts';

export interface RateLimit {
  begin: number; // ns, -1 = never asked
  printed: number;
  missed: number;
}
export const newRateLimit = (): RateLimit => ({ begin: -1, printed: 0, missed: 0 });

/** May `func` print now? */
export function ratelimit(k: Kernel, r: RateLimit, intervalNs: number, burst: number, func: string): boolean {
  if (r.begin < 0) r.begin = k.now;
  if (k.now > r.begin + intervalNs) {
    if (r.missed > 0) k.printk(4, `${func}: ${r.missed} callbacks suppressed`);
    r.begin = k.now; r.printed = 0; r.missed = 0;
  }
  if (r.printed < burst) { r.printed++; return true; }
  r.missed++;
  return false;
}
