/** mm/swapfile.c, v6.1: one swap area. Slots are handed out in order, as the kernel's clusters do on a device without seeks. */
export class SwapSpace {
  total: number; // slots = pages
  free: number; // get_nr_swap_pages()
  used: Uint8Array; // references by slot
  added: number; // the cache's statistics: pages entered and taken out, lookups of faults and those that found one
  deleted: number;
  lookups: number;
  hits: number;
  next: number; // where the search for a free slot goes on
  constructor() { this.total = 0; this.free = 0; this.used = new Uint8Array(0); this.next = 0; this.added = 0; this.deleted = 0; this.lookups = 0; this.hits = 0; }
  /** swapon(): `pages` slots. */
  on(pages: number): void { this.total = pages; this.free = pages; this.used = new Uint8Array(pages); this.next = 0; }
}
