// Units that the compiler keeps apart, and the assertion that stays on in production.

export type Brand<T, V extends string> = T & { readonly __unit: V };
/** Simulated time, an integer of nanoseconds since boot. */
export type Ns = Brand<number, 'ns'>;
export type Jiffies = Brand<number, 'jiffies'>;
/** A count of 4 KiB pages. */
export type Pages = Brand<number, 'pages'>;
/** A page frame's number. */
export type Pfn = Brand<number, 'pfn'>;
/** log2 of a block's size in pages, 0..10. */
export type Order = Brand<number, 'order'>;

export const ns = (n: number): Ns => n as Ns;
export const jiffies = (n: number): Jiffies => n as Jiffies;
export const pages = (n: number): Pages => n as Pages;
export const pfn = (n: number): Pfn => n as Pfn;
export const order = (n: number): Order => n as Order;

export const PAGE_BYTES = 4096;
/** kB in a page: /proc and dmesg count in these. */
export const PAGE_KB = 4;

/** Stops the run when `ok` is false. In hot paths pass a constant string: a template would be built even when all is well. */
export function assert(ok: boolean, why: string): asserts ok {
  if (!ok) throw new Error(why);
}

/** The value, which must be there: for tables whose index the caller has already proved. */
export function must<T>(value: T | undefined | null, why: string): T {
  if (value === undefined || value === null) throw new Error(why);
  return value;
}
