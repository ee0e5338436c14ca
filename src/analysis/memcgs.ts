/** Memory cgroups at the cursor, from the counters in the rows: what each has, and its limit. Pure. */
export interface MemcgUse {
  readonly path: string;
  readonly pages: number;
  /** memory.max in pages; null: none. */
  readonly max: number | null;
}
const CURRENT = 'memory.current ';

/** In the order in which they were first charged. @param gauges  values by the string that names them; a run without groups names none */
export function memcgUse(strings: readonly string[], gauges: Int32Array): MemcgUse[] {
  return strings.flatMap((name, i) => {
    if (!name.startsWith(CURRENT)) return [];
    const path = name.slice(CURRENT.length), max = strings.indexOf(`memory.max ${path}`), limit = max < 0 ? null : (gauges[max] ?? 0);
    return limit === 0 ? [] : [{ path, pages: gauges[i] ?? 0, max: limit }]; // before the group is made
  });
}
