/** Generations of the LRU at the cursor, from the counters in the rows (kernel/mm/lru_gen_gauges.ts). Pure. */
const MAX_NR_GENS = 4;
export interface Generation {
  readonly seq: number;
  /** Pages; null: files, or anonymous memory, have no generation as old. */
  readonly anon: number | null;
  readonly file: number | null;
}
/** Whether the run's LRU has generations. */
export const hasGenerations = (strings: readonly string[]): boolean => strings.includes('lru_gen max_seq node 0');
/** Of the root group of one node, the youngest first. Empty: the LRU is the classic one. @param gauges  values by the string that names them */
export function generationsAt(strings: readonly string[], gauges: Int32Array, node: number): Generation[] {
  const at = (name: string): number => gauges[strings.indexOf(`lru_gen ${name} node ${node}`)] ?? 0;
  if (!strings.includes(`lru_gen max_seq node ${node}`)) return [];
  const max = at('max_seq'), [anonMin, fileMin] = [at('min_seq anon'), at('min_seq file')], out: Generation[] = [];
  for (let seq = max; seq >= Math.min(anonMin, fileMin); seq--) {
    const pages = (type: string, min: number): number | null => (seq < min ? null : at(`${seq % MAX_NR_GENS} ${type}`));
    out.push({ seq, anon: pages('anon', anonMin), file: pages('file', fileMin) });
  }
  return out;
}
