/** The difference of two JSON values as a list of [path, value] (set) and [path] (remove), and back. */
export type Step = string | number;
export type Patch = readonly [path: readonly Step[], value: unknown] | readonly [path: readonly Step[]];

type Obj = Readonly<Record<string, unknown>>;
const isObject = (x: unknown): x is Obj => typeof x === 'object' && x !== null && !Array.isArray(x);

export function diff(a: unknown, b: unknown, path: readonly Step[] = []): Patch[] {
  if (Object.is(a, b)) return [];
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) return smaller(a.flatMap((x: unknown, i) => diff(x, b[i], [...path, i])), [path, b]);
  if (!isObject(a) || !isObject(b)) return [[path, b]];
  const gone = Object.keys(a).filter((k) => a[k] !== undefined && b[k] === undefined).map((k): Patch => [[...path, k]]);
  return [...gone, ...Object.keys(b).filter((k) => b[k] !== undefined).flatMap((k) => diff(a[k], b[k], [...path, k]))];
}
/** Many small differences in an array are written shorter as the array. */
const smaller = (many: Patch[], whole: Patch): Patch[] => (many.length > 1 && JSON.stringify(many).length > JSON.stringify(whole).length ? [whole] : many);

/** A copy of `root` with the patches applied, or the number of the first one that does not fit. The values of patches become part of the result. */
export function applyPatches(root: unknown, patches: readonly Patch[]): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly at: number } {
  const value: unknown = JSON.parse(JSON.stringify(root));
  for (const [i, p] of patches.entries()) {
    const [path] = p, parent = path.slice(0, -1).reduce<unknown>(partOf, value);
    if (!place(parent, path[path.length - 1], p.length === 2, p[1])) return { ok: false, at: i };
  }
  return { ok: true, value };
}
/** Undefined where there is no such part. What is inherited is no part. */
function partOf(at: unknown, step: Step): unknown {
  if (Array.isArray(at)) return typeof step === 'number' ? at[step] : undefined;
  return isObject(at) && typeof step === 'string' && Object.hasOwn(at, step) ? at[step] : undefined;
}
/** Sets or removes one part of `parent`; false where that cannot be. An array keeps its length. */
function place(parent: unknown, step: Step | undefined, keep: boolean, value: unknown): boolean {
  if (Array.isArray(parent)) {
    if (typeof step !== 'number' || step >= parent.length || !keep) return false;
    parent[step] = value;
    return true;
  }
  if (!isObject(parent) || typeof step !== 'string' || step === '__proto__') return false;
  if (!keep) return Object.hasOwn(parent, step) && Reflect.deleteProperty(parent, step);
  return Reflect.set(parent, step, value);
}
