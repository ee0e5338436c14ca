/** Resident set counters of an mm: mm/memory.c add_mm_counter(), include/linux/mm.h get_mm_rss(). Cells as the trace numbers them. */
export const RSS = { anon: 0, file: 1, shmem: 2, swap: 3, tables: 4 } as const;
export const RSS_CELLS_COUNT = 5;
