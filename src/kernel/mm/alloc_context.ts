/** struct alloc_context: what one request asks for, worked out once by prepare_alloc_pages(). */
import type { Zone } from './mmzone.ts';

export interface AllocContext {
  readonly gfp: number;
  readonly order: number;
  readonly migratetype: number;
  /** gfp_zone(): highest slot it may use. */
  readonly highestZoneidx: number;
  readonly zonelist: readonly Zone[];
  /** First zone of the list that it may use; -1 = none. */
  preferred: number;
  spreadDirty: boolean;
  /** What the frames become when they are handed out (frame word), for the trace. */
  readonly use: number;
}
