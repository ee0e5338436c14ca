/**
 * kernel/sched/psi.c, v6.1: how much a total of stalled time has grown over a sliding window, without keeping its history. Part of
 * the last whole window stands for what lies before the present one, as if it had grown evenly. All in ns.
 */
export class PsiWindow {
  readonly size: number;
  startTime: number;
  startValue: number;
  prevGrowth: number; // of the window before this one
  constructor(size: number) { this.size = size; this.startTime = 0; this.startValue = 0; this.prevGrowth = 0; }
  /** window_reset() */
  reset(now: number, value: number, prevGrowth: number): void {
    this.startTime = now; this.startValue = value; this.prevGrowth = prevGrowth;
  }
  /** window_update(): the growth over the last `size` ns. A window that is over becomes the one before. */
  update(now: number, value: number): number {
    const elapsed = now - this.startTime, growth = value - this.startValue;
    if (elapsed > this.size) { this.reset(now, value, growth); return growth; }
    return growth + Math.trunc((this.prevGrowth * (this.size - elapsed)) / this.size);
  }
}
