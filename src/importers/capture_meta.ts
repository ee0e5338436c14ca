/** meta.json of a capture: what ran on which machine. Its outcome is not read. */
import * as v from 'valibot';
import { bad, good, type Result } from '../base/result.ts';
import type { ProfileName } from '../format/scenario.ts';
import { faultOf } from '../format/scenario_schema.ts';
import { parseJson } from './json_text.ts';
import { quote } from './text.ts';

const primitive = v.union([v.string(), v.number(), v.boolean()]);
const metaSchema = v.object({
  kernel: v.string(), mem: v.string(), smp: v.pipe(v.number(), v.safeInteger(), v.minValue(1)), scenario: v.string(), lru: v.optional(v.nullable(v.string())), thp: v.optional(v.nullable(v.string())),
  emulation: v.optional(v.nullable(v.object({ accel: v.optional(v.string()), disks: v.optional(v.array(v.array(v.string()))) }))),
  workload: v.object({
    processes: v.array(v.objectWithRest({ name: v.string(), type: v.string() }, primitive)),
    actions: v.optional(v.array(v.object({ at_ms: v.number(), do: v.string() }))), setup: v.optional(v.array(v.string())),
    options: v.optional(v.record(v.string(), primitive)),
  }),
});
export type CaptureMeta = v.InferOutput<typeof metaSchema>;

export function parseMeta(text: string): Result<CaptureMeta> {
  const json = parseJson(text);
  if (!json.ok) return json;
  const r = v.safeParse(metaSchema, json.value.value, { abortEarly: true });
  if (r.success) return good(r.output);
  const fault = faultOf(r.issues[0]), at = json.value.place(fault.path);
  return bad(fault.problem.message, at.line, at.column);
}

/** The profile whose rules a kernel goes by: per-CPU lists tune themselves from 6.7 on. */
export function profileOfKernel(kernel: string): Result<ProfileName> {
  const m = /\b(\d+)\.(\d+)\.\d+/.exec(kernel);
  const major = Number(m?.[1]), minor = Number(m?.[2]);
  if (m === null || major !== 6 || minor < 1) return bad(`expected a kernel from 6.1 on, found ${quote(kernel)}`);
  return good(minor >= 7 ? 'v6.12' : 'v6.1');
}
