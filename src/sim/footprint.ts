/**
 * What one step has written and looked at, for explorations: two steps of different CPUs that meet in nothing may be exchanged.
 * Things are numbered by Machine.newObject(). `all`: it did something whose accesses are not told one by one, or asked the clock.
 */
export class Footprint {
  readonly wrote: number[];
  readonly saw: number[];
  all: boolean;
  constructor() { this.wrote = []; this.saw = []; this.all = false; }
  clear(): void { this.wrote.length = 0; this.saw.length = 0; this.all = false; }
  write(object: number): void { if (!this.wrote.includes(object)) this.wrote.push(object); }
  see(object: number): void { if (!this.saw.includes(object)) this.saw.push(object); }
  copy(): Footprint {
    const c = new Footprint();
    c.wrote.push(...this.wrote);
    c.saw.push(...this.saw);
    c.all = this.all;
    return c;
  }
}
const share = (a: readonly number[], b: readonly number[]): boolean => a.some((x) => b.includes(x));
/** May these two not be exchanged? */
export const meet = (a: Footprint, b: Footprint): boolean => a.all || b.all || share(a.wrote, b.wrote) || share(a.wrote, b.saw) || share(a.saw, b.wrote);
