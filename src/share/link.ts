/**
 * A run in an address: `#s=<schema>.<codec>.<payload>.<check>`. The payload is positional JSON of how the scenario differs from a
 * named story, deflated (codec d) or as it is (codec p), in base64url; the check is over all before it, so that a cut link says so.
 * Nothing in here throws for what it is given. Changes of the format are a new schema: docs/formats.md.
 */
import * as v from 'valibot';
import type { Problem } from '../base/result.ts';
import type { Scenario } from '../format/scenario.ts';
import { faultOf, validateScenario } from '../format/scenario_schema.ts';
import { checkOf, fromBase64url, toBase64url } from './bytes.ts';
import { deflate, fromUtf8, inflate, utf8 } from './compress.ts';
import { applyPatches, diff, type Patch, type Step } from './patch.ts';

export interface LinkView {
  readonly fromNs: number;
  readonly toNs: number;
  readonly tab: string;
  readonly task: number | null;
  readonly collapsed: readonly string[];
  /** Lanes that are not shown, and the order of all of them; empty = none, and their own. */
  readonly hidden: readonly string[];
  readonly order: readonly string[];
}
export interface LinkNote {
  readonly event: number;
  readonly timeNs: number;
  readonly text: string;
}
/** How the two runs of a comparison stand beside each other, and where the second one does. */
export interface LinkBeside {
  /** The run that is looked at, and the one whose cursor the other's follows. */
  readonly shown: 'A' | 'B';
  readonly lead: 'A' | 'B';
  readonly align: 'divergence' | 'time';
  readonly event: number;
  readonly timeNs: number;
  /** As `stateHash`, of the second run. */
  readonly stateHash: string;
}
export interface LinkContent {
  readonly scenario: Scenario;
  /** The story that the scenario is an edit of; null = the link holds all of it. */
  readonly story: string | null;
  readonly cursor: { readonly event: number; readonly timeNs: number } | null;
  readonly view: LinkView | null;
  readonly notes: readonly LinkNote[];
  /** The second run of a comparison. */
  readonly compared: Scenario | null;
  /** Null = there is no second run, or nothing is known of its cursor. */
  readonly beside: LinkBeside | null;
  readonly engine: string;
  /** Hash of the run up to the cursor, as the sender's engine had it; '' = none. */
  readonly stateHash: string;
}
export interface OpenedLink extends LinkContent {
  /** The story is no longer what it was when the link was made. */
  readonly storyChanged: boolean;
}

/** What has become of a link that cannot be opened. `newer`: it is as it was made, and says what this version does not know. `none`: the text is no link. */
export type Trouble = 'cut' | 'altered' | 'newer' | 'none';
export interface LinkProblem extends Problem { readonly trouble: Trouble }
type LinkResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: LinkProblem };
const good = <T>(value: T) => ({ ok: true as const, value });
const bad = (trouble: Trouble, message: string, column: number) => ({ ok: false as const, problem: { line: 1, column, message, trouble } });

export const LINK_SCHEMA = '1';
export const MAX_FRAGMENT = 65536;
export const MAX_CONTENT_BYTES = 262144;
/** Longer than this a link is likely to be broken on its way: a file is the better vessel. */
export const COMFORTABLE_LINK = 2000;
const MAX_DEPTH = 24;
/** Fields of a scenario by number: the first step of a path. The order is part of schema 1. */
const FIELDS = ['id', 'title', 'text', 'mail', 'profile', 'seed', 'machine', 'sysctl', 'knobs', 'workloads', 'untilNs', 'ends', 'lingerNs', 'explore', 'choices'] as const;

const time = v.pipe(v.number(), v.finite(), v.minValue(-1e15), v.maxValue(1e15));
const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const short = v.pipe(v.string(), v.maxLength(100));
const path = v.pipe(v.array(v.union([short, index])), v.minLength(1), v.maxLength(10));
const lanes = v.pipe(v.array(short), v.maxLength(500));
// the shorter first: `unknown` would take a missing value for one
const patches = v.pipe(v.array(v.union([v.strictTuple([path]), v.strictTuple([path, v.unknown()])])), v.maxLength(2000));
const payloadSchema = v.strictTuple([
  v.nullable(v.strictTuple([short, short])), patches, v.nullable(v.strictTuple([index, time])),
  v.nullable(v.strictTuple([time, time, short, v.pipe(v.number(), v.safeInteger(), v.minValue(-1)), lanes, v.optional(lanes), v.optional(lanes)])),
  v.pipe(v.array(v.strictTuple([index, time, v.pipe(v.string(), v.maxLength(2000))])), v.maxLength(500)),
  // kept free: the choices of a schedule are a field of its scenario
  v.pipe(v.array(index), v.maxLength(0)), v.nullable(patches), short, v.pipe(v.string(), v.maxLength(64)),
  // absent in links without a second run
  v.optional(v.strictTuple([v.picklist([0, 1]), v.picklist([0, 1]), v.picklist([0, 1]), index, time, v.pipe(v.string(), v.maxLength(64))])),
]);
const LINK_SIDES = ['A', 'B'] as const, LINK_ALIGNS = ['divergence', 'time'] as const;
type Payload = v.InferOutput<typeof payloadSchema>;

const numbered = (list: readonly Patch[]): [Step[], unknown?][] => list.map((p) => {
  const steps: Step[] = [FIELDS.findIndex((f) => f === p[0][0]), ...p[0].slice(1)];
  return p.length === 2 ? [steps, p[1]] : [steps];
});
/** Null where a number stands for no field. */
function spelled(list: Payload[1]): Patch[] | null {
  const out: Patch[] = [];
  for (const p of list) {
    const [first, ...rest] = p[0];
    if (typeof first !== 'number' || first >= FIELDS.length) return null;
    const steps: Step[] = [FIELDS[first], ...rest];
    out.push(p.length === 2 ? [steps, p[1]] : [steps]);
  }
  return out;
}
/** A story's own check: it tells whether a difference still means what it did. Names in order, so that the source may be rearranged. */
export const storyCheck = (story: Scenario): string => checkOf(JSON.stringify(story, (_, x: unknown) => (typeof x === 'object' && x !== null && !Array.isArray(x) ? Object.fromEntries(Object.entries(x).sort(([a], [b]) => (a < b ? -1 : 1))) : x)));

function payloadOf(c: LinkContent, stories: readonly Scenario[]): Payload {
  const story = stories.find((s) => s.id === c.story);
  const { view, beside } = c;
  const payload: unknown[] = [
    story === undefined ? null : [story.id, storyCheck(story)], numbered(diff(story ?? {}, c.scenario)), c.cursor && [c.cursor.event, c.cursor.timeNs],
    view && [view.fromNs, view.toNs, view.tab, view.task ?? -1, view.collapsed, ...(view.hidden.length + view.order.length > 0 ? [view.hidden, view.order] : [])], c.notes.map((n) => [n.event, n.timeNs, n.text]), [],
    c.compared && numbered(diff(c.scenario, c.compared)), c.engine, c.stateHash,
  ];
  if (beside !== null) payload.push([LINK_SIDES.indexOf(beside.shown), LINK_SIDES.indexOf(beside.lead), LINK_ALIGNS.indexOf(beside.align), beside.event, beside.timeNs, beside.stateHash]);
  return payload as Payload;
}

/** The fragment, `#` and all. */
export async function encodeLink(content: LinkContent, stories: readonly Scenario[]): Promise<string> {
  const plain = utf8(JSON.stringify(payloadOf(content, stories)));
  const packed = await deflate(plain);
  const [codec, bytes] = packed !== null && packed.length < plain.length ? ['d', packed] : ['p', plain];
  const head = `${LINK_SCHEMA}.${codec}.${toBase64url(bytes)}`;
  return `#s=${head}.${checkOf(head)}`;
}

interface Parts {
  readonly codec: string;
  readonly payload: string;
  /** Column of the payload in the fragment. */
  readonly at: number;
}
/** Splits and checks what needs no unpacking. Columns count in the fragment with its `#s=`. */
function partsOf(fragment: string): LinkResult<Parts> {
  if (fragment.length > MAX_FRAGMENT) return bad('none', `expected a link of at most ${MAX_FRAGMENT} characters, found ${fragment.length}`, MAX_FRAGMENT);
  let text = fragment.trim();
  if (text.includes('%')) {
    // some programs write the signs of an address as %XX
    try { text = decodeURIComponent(text); } catch { /* as it is: the check below says what is wrong */ }
  }
  text = text.startsWith('#') ? text.slice(1) : text;
  if (!text.startsWith('s=')) return bad('none', "expected a link that starts with '#s='", 1);
  const parts = text.slice(2).split('.');
  const [schema, codec = '', payload = '', check = ''] = parts;
  const at = 4 + schema.length + 1 + codec.length + 1;
  if (!/^\d{1,4}$/.test(schema)) return bad(parts.length < 4 ? 'cut' : 'altered', 'expected a number of a schema after #s=, found none: the link is cut or was altered', 4);
  if (schema !== LINK_SCHEMA) return bad(Number(schema) > Number(LINK_SCHEMA) ? 'newer' : 'altered', `expected a link of schema ${LINK_SCHEMA}, which is what this version knows, found schema ${schema}`, 4);
  if (parts.length < 4 || check.length < 6) return bad('cut', 'expected schema, codec, payload and check with dots between, found fewer: the link is cut', text.length + 2);
  if (parts.length > 4) return bad('altered', 'expected schema, codec, payload and check with dots between, found more: the link was altered', at + payload.length + check.length + 2);
  const wanted = checkOf(`${schema}.${codec}.${payload}`);
  if (check !== wanted) return bad('altered', `expected the check ${wanted} at the end, found ${/^[\w-]{1,12}$/.test(check) ? check : 'another text'}: the link is cut or was altered`, at + payload.length + 1);
  return good({ codec, payload, at });
}

/** Brackets within brackets, outside of strings: what JSON.parse would have to descend. */
function tooDeep(json: string): boolean {
  let depth = 0, inString = false;
  for (let i = 0; i < json.length; i++) {
    const c = json[i];
    if (inString) { if (c === '\\') i++; else if (c === '"') inString = false; }
    else if (c === '"') inString = true;
    else if (c === '[' || c === '{') { if (++depth > MAX_DEPTH) return true; }
    else if (c === ']' || c === '}') depth--;
  }
  return false;
}

async function contentOf(p: Parts): Promise<LinkResult<Payload>> {
  const bytes = fromBase64url(p.payload);
  if (typeof bytes === 'number') return bad('altered', 'expected characters of base64url, found another', p.at + bytes);
  if (p.codec !== 'd' && p.codec !== 'p') return bad('newer', 'expected the codec d or p, found another: the link is of a newer version', p.at - 2);
  const plain = p.codec === 'p' ? good(bytes) : await inflate(bytes, MAX_CONTENT_BYTES);
  if (!plain.ok) return bad('altered', plain.problem.message, p.at);
  const json = fromUtf8(plain.value);
  if (json === null || tooDeep(json)) return bad('altered', 'expected the content to be text (UTF-8) of few levels, found something else', p.at);
  let value: unknown;
  try { value = JSON.parse(json); } catch { return bad('altered', 'expected the content to be JSON, found something else', p.at); }
  const r = v.safeParse(payloadSchema, value, { abortEarly: true, abortPipeEarly: true });
  return r.success ? good(r.output) : bad('newer', `the content of the link: ${faultOf(r.issues[0]).problem.message}`, p.at);
}

function scenarioOf(from: unknown, list: Payload[1], p: Parts): LinkResult<Scenario> {
  const steps = spelled(list);
  const applied = steps === null ? null : applyPatches(from, steps);
  if (applied === null || !applied.ok) return bad('newer', `expected changes of fields that are there, found another (change ${applied === null ? 'of no known field' : applied.at + 1})`, p.at);
  const checked = validateScenario(applied.value);
  return checked.ok ? good(checked.value) : bad('newer', `the scenario of the link: ${checked.problem.message}`, p.at);
}

export async function decodeLink(fragment: string, stories: readonly Scenario[]): Promise<LinkResult<OpenedLink>> {
  const parts = partsOf(fragment);
  if (!parts.ok) return parts;
  const content = await contentOf(parts.value);
  if (!content.ok) return content;
  const [base, changes, cursor, view, notes, , compared, engine, stateHash, beside] = content.value;
  const story = base === null ? undefined : stories.find((s) => s.id === base[0]);
  if (base !== null && story === undefined) return bad('newer', `expected a story of this version (${stories.map((s) => s.id).join(', ')}), found '${base[0].slice(0, 40).replace(/[^\w.-]/g, '?')}'`, parts.value.at);
  const scenario = scenarioOf(story ?? {}, changes, parts.value);
  if (!scenario.ok) return scenario;
  const other = compared === null ? good(null) : scenarioOf(scenario.value, compared, parts.value);
  if (!other.ok) return other;
  if (view !== null && view[0] >= view[1]) return bad('altered', 'the content of the link: expected a view that ends after it begins', parts.value.at);
  return good({
    scenario: scenario.value, story: base?.[0] ?? null, storyChanged: story !== undefined && base?.[1] !== storyCheck(story), cursor: cursor && { event: cursor[0], timeNs: cursor[1] },
    view: view && { fromNs: view[0], toNs: view[1], tab: view[2], task: view[3] < 0 ? null : view[3], collapsed: view[4], hidden: view[5] ?? [], order: view[6] ?? [] },
    notes: notes.map(([event, timeNs, text]) => ({ event, timeNs, text })), compared: other.value, engine, stateHash,
    beside: beside === undefined ? null : { shown: LINK_SIDES[beside[0]], lead: LINK_SIDES[beside[1]], align: LINK_ALIGNS[beside[2]], event: beside[3], timeNs: beside[4], stateHash: beside[5] },
  });
}
