/** Words that memory management shares: gfp and alloc flags, PF_ bits, and the trace's own constants as kernel code may see them. */
export {
  FRAME, FRAME_ACTIVE, FRAME_DIRTY, FRAME_TYPE_MASK, FRAME_UNEVICTABLE, FRAME_WRITEBACK, MAX_ORDER, MT, MT_COUNT, MT_NAMES, NO_CPU, ORDERS, ownerBits, packBlock, ROW, WMARK_CELL,
} from '../../sim/recorder.ts';

/** Flags of a request, values of v6.1 (include/linux/gfp_types.h). v6.12 numbers some of them otherwise: gfp.ts prints them as each version does. */
export const GFP = {
  DMA: 0x01, HIGHMEM: 0x02, DMA32: 0x04, MOVABLE: 0x08, RECLAIMABLE: 0x10, HIGH: 0x20, IO: 0x40, FS: 0x80, ZERO: 0x100, ATOMIC: 0x200,
  DIRECT_RECLAIM: 0x400, KSWAPD_RECLAIM: 0x800, WRITE: 0x1000, NOWARN: 0x2000, RETRY_MAYFAIL: 0x4000, NOFAIL: 0x8000, NORETRY: 0x10000,
  MEMALLOC: 0x20000, COMP: 0x40000, NOMEMALLOC: 0x80000, HARDWALL: 0x100000, THISNODE: 0x200000, ACCOUNT: 0x400000,
  RECLAIM: 0xc00,
} as const;
const G = GFP;
export const GFP_KERNEL = G.RECLAIM | G.IO | G.FS;
export const GFP_KERNEL_ACCOUNT = GFP_KERNEL | G.ACCOUNT;
export const GFP_ATOMIC = G.HIGH | G.ATOMIC | G.KSWAPD_RECLAIM;
export const GFP_NOWAIT = G.KSWAPD_RECLAIM;
export const GFP_NOIO = G.RECLAIM;
export const GFP_NOFS = G.RECLAIM | G.IO;
export const GFP_USER = GFP_KERNEL | G.HARDWALL;
export const GFP_HIGHUSER_MOVABLE = GFP_USER | G.HIGHMEM | G.MOVABLE;
/** What a page fault asks for: vma_alloc_zeroed_movable_folio(). */
export const GFP_FAULT = GFP_HIGHUSER_MOVABLE | G.COMP | G.ZERO;
/** What of a request says how it may reclaim. */
export const GFP_RECLAIM_MASK = G.RECLAIM | G.HIGH | G.IO | G.FS | G.NOWARN | G.RETRY_MAYFAIL | G.NOFAIL | G.NORETRY | G.MEMALLOC | G.NOMEMALLOC | G.ATOMIC;
export const GFP_PGTABLE_USER = GFP_KERNEL_ACCOUNT | G.ZERO;

/** mm/internal.h. HARDER is called NON_BLOCK and HIGH MIN_RESERVE from 6.3 on; the meanings are the eras' own. */
export const ALLOC = { WMARK_MASK: 3, NO_WATERMARKS: 0x04, OOM: 0x08, HARDER: 0x10, NON_BLOCK: 0x10, HIGH: 0x20, MIN_RESERVE: 0x20, CPUSET: 0x40, CMA: 0x80, NOFRAGMENT: 0x100, HIGHATOMIC: 0x200, KSWAPD: 0x800 } as const;

export const PAGE_ALLOC_COSTLY_ORDER = 3;
export const MAX_RECLAIM_RETRIES = 16;
export const SWAP_CLUSTER_MAX = 32;
export const DEF_PRIORITY = 12;

/** Bits of Task.pf. */
export const PF = { EXITING: 0x4, WQ_WORKER: 0x20, MEMALLOC: 0x800, KSWAPD: 0x20000, KTHREAD: 0x200000, DUMPCORE: 0x200, MEMALLOC_NOFS: 0x40000, MEMALLOC_NOIO: 0x80000 } as const;

