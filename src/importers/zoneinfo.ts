/**
 * /proc/zoneinfo as 6.x prints it (reference, section 11.2): every slot of every node in index order; stats, pagesets and start_pfn
 * for populated ones only. Fields that we do not know are passed over; what we need must be there, once, in the kernel's order.
 */
import type { Result } from '../base/result.ts';
import { ZONE_NAMES, type ZoneName } from '../format/scenario.ts';
import { attempt, quote, readCount, refuse, toLines } from './text.ts';

export interface PagesetText {
  readonly cpu: number;
  readonly count: number;
  readonly high: number;
  readonly batch: number;
}
export interface ZoneText {
  readonly node: number;
  readonly name: ZoneName;
  /** Line of its heading, from 1. */
  readonly line: number;
  readonly free: number;
  readonly boost: number;
  /** Without the boost, which the kernel prints added to these. */
  readonly min: number;
  readonly low: number;
  readonly high: number;
  readonly spanned: number;
  readonly present: number;
  readonly managed: number;
  readonly protection: readonly number[];
  readonly pagesets: readonly PagesetText[];
  /** 0 for an empty slot. */
  readonly startPfn: number;
  readonly stats: ReadonlyMap<string, number>;
}
export interface ZoneinfoText {
  readonly zones: readonly ZoneText[];
  /** Per-node stats, by node. */
  readonly nodeStats: ReadonlyMap<number, ReadonlyMap<string, number>>;
  /** Online CPUs: those with a list in the first populated zone. */
  readonly cpus: number;
}

const HEAD = /^\s*Node\s+(\S+),\s*zone\s+(\S+)\s*$/;
const FREE = /^\s*pages free\s+(\S+)\s*$/;
const PROTECTION = /^\s*protection:\s*\(([^()]*)\)\s*$/;
const CPU = /^\s*cpu:\s*(\S+)\s*$/;
const COLON = /^\s*([A-Za-z_][\w ]*):\s*(\S+)\s*$/;
const NAMED = /^\s*([A-Za-z_]\w*)\s+(\S+)\s*$/;

/** The parts of a zone's text, in the order in which the kernel prints them. */
type Part = 'head' | 'node stats' | 'pages' | 'stats' | 'pagesets' | 'tail';
const NEEDED = ['free', 'min', 'low', 'high', 'spanned', 'present', 'managed'] as const;

/** One zone while it is being read. */
interface Draft {
  readonly node: number;
  readonly name: ZoneName;
  readonly line: number;
  part: Part;
  readonly nodeStats: Map<string, number>;
  readonly pages: Map<string, number>;
  readonly stats: Map<string, number>;
  readonly tail: Map<string, number>;
  protection: number[] | null;
  readonly pagesets: Map<string, number>[];
}

export const parseZoneinfo = (text: string): Result<ZoneinfoText> => attempt(() => readZoneinfo(text));
/** Whether a text looks like /proc/zoneinfo, cut or not. */
export const looksLikeZoneinfo = (text: string): boolean => /^\s*Node\s+\S+,\s*zone\s+\S+\s*$/m.test(text) && /^\s*(pages free|per-node stats)/m.test(text);

function readZoneinfo(text: string): ZoneinfoText {
  const lines = toLines(text);
  const drafts: Draft[] = [];
  lines.forEach((line, i) => {
    if (line.trim() === '') return;
    const head = HEAD.exec(line);
    if (head) {
      const draft = readHead(head, line, i + 1);
      checkOrder(drafts, draft);
      drafts.push(draft);
    } else if (drafts.length === 0) refuse(`expected 'Node 0, zone ...', found ${quote(line.trim())}`, i + 1, 1);
    else readLine(drafts[drafts.length - 1], line, i + 1);
  });
  if (drafts.length === 0) refuse("expected the text of /proc/zoneinfo, which starts with 'Node 0, zone', found nothing", 1, 1);
  const ends = drafts.map((_, i) => (i + 1 < drafts.length ? drafts[i + 1].line : lines.length + 1));
  const zones = drafts.map((d, i) => finish(d, ends[i]));
  checkSlots(zones, ends);
  return { zones, nodeStats: new Map(drafts.filter((d) => d.nodeStats.size > 0).map((d) => [d.node, d.nodeStats])), cpus: countCpus(zones) };
}

function readHead(head: RegExpExecArray, line: string, n: number): Draft {
  const node = readCount(head[1], 'the node', n, line.indexOf(head[1]));
  const name = ZONE_NAMES.find((z) => z === head[2]);
  if (name === undefined) return refuse(`expected a zone (${ZONE_NAMES.join(', ')}), found ${quote(head[2])}`, n, line.lastIndexOf(head[2]) + 1);
  return { node, name, line: n, part: 'head', nodeStats: new Map(), pages: new Map(), stats: new Map(), tail: new Map(), protection: null, pagesets: [] };
}
function checkOrder(before: readonly Draft[], d: Draft): void {
  const last = before[before.length - 1];
  if (last === undefined) return;
  const after = d.node > last.node || (d.node === last.node && ZONE_NAMES.indexOf(d.name) > ZONE_NAMES.indexOf(last.name));
  if (!after) refuse(`expected zones in the kernel's order (${ZONE_NAMES.join(', ')}, node by node), found node ${d.node} zone ${d.name} after node ${last.node} zone ${last.name}`, d.line, 1);
}

/** Puts `name` into `into` unless it is there already. */
function put(into: Map<string, number>, d: Draft, name: string, token: string, line: string, n: number): void {
  if (into.has(name)) refuse(`expected ${name} of zone ${d.name} once, found it again`, n, line.indexOf(name) + 1);
  into.set(name, readCount(token, `${name} of zone ${d.name}`, n, line.lastIndexOf(token)));
}
const ORDER: readonly Part[] = ['head', 'node stats', 'pages', 'stats', 'pagesets', 'tail'];
function enter(d: Draft, part: Part, line: string, n: number): void {
  if (ORDER.indexOf(part) < ORDER.indexOf(d.part)) refuse(`expected the lines of zone ${d.name} in the kernel's order, found ${quote(line.trim())} after its ${d.part}`, n, 1);
  d.part = part;
}

function readLine(d: Draft, line: string, n: number): void {
  let m: RegExpExecArray | null;
  if (/^\s*per-node stats\s*$/.test(line)) enter(d, 'node stats', line, n);
  else if ((m = FREE.exec(line))) { enter(d, 'pages', line, n); put(d.pages, d, 'free', m[1], line, n); }
  else if ((m = PROTECTION.exec(line))) { enter(d, 'stats', line, n); readProtection(d, m[1], line, n); }
  else if (/^\s*pagesets\s*$/.test(line)) enter(d, 'pagesets', line, n);
  else if ((m = CPU.exec(line))) { enter(d, 'pagesets', line, n); d.pagesets.push(new Map()); put(d.pagesets[d.pagesets.length - 1], d, 'cpu', m[1], line, n); }
  else if ((m = COLON.exec(line))) readColon(d, m[1], m[2], line, n);
  else if ((m = NAMED.exec(line))) readNamed(d, m[1], m[2], line, n);
  else refuse(`expected a line of /proc/zoneinfo, found ${quote(line.trim())}`, n, line.search(/\S/) + 1);
}
function readColon(d: Draft, name: string, token: string, line: string, n: number): void {
  if (name === 'node_unreclaimable' || name === 'start_pfn') { enter(d, 'tail', line, n); put(d.tail, d, name, token, line, n); return; }
  const set = d.pagesets[d.pagesets.length - 1];
  if (set !== undefined && d.part === 'pagesets') put(set, d, name, token, line, n);
  else if (name === 'count' || name === 'high' || name === 'batch') refuse(`expected 'cpu: N' before ${name} of a per-CPU list, found none`, n, 1);
}
function readNamed(d: Draft, name: string, token: string, line: string, n: number): void {
  switch (d.part) {
    case 'node stats': put(d.nodeStats, d, name, token, line, n); break;
    case 'pages': put(d.pages, d, name, token, line, n); break;
    case 'stats': put(d.stats, d, name, token, line, n); break;
    case 'head': refuse(`expected 'per-node stats' or 'pages free' after the heading of zone ${d.name}, found ${quote(line.trim())}`, n, line.search(/\S/) + 1); break;
    default: refuse(`expected the lines of zone ${d.name} in the kernel's order, found ${quote(line.trim())} after its ${d.part}`, n, line.search(/\S/) + 1);
  }
}
function readProtection(d: Draft, inner: string, line: string, n: number): void {
  if (d.protection !== null) refuse(`expected protection of zone ${d.name} once, found it again`, n, 1);
  let at = line.indexOf('(') + 1;
  d.protection = inner.split(',').map((part, i) => {
    const value = readCount(part.trim(), `protection[${i}] of zone ${d.name}`, n, at + part.length - part.trimStart().length);
    at += part.length + 1;
    return value;
  });
}

/** `end`: the line after the zone's last one. */
function finish(d: Draft, end: number): ZoneText {
  const missing = (what: string): never => refuse(`expected ${what} of node ${d.node} zone ${d.name} before this line, found none: the text is cut or a line is missing`, end, 1);
  for (const name of NEEDED) if (!d.pages.has(name)) missing(`'${name === 'free' ? 'pages free' : name}'`);
  if (d.protection === null) return missing("'protection: (...)'");
  const of = (name: string): number => d.pages.get(name) ?? 0;
  const [present, managed, boost] = [of('present'), of('managed'), of('boost')];
  checkSizes(d, of('spanned'), present, managed, of('free'));
  const pagesets = d.pagesets.map((p) => {
    for (const name of ['count', 'high', 'batch']) if (!p.has(name)) missing(`'${name}:' of CPU ${p.get('cpu')}`);
    return { cpu: p.get('cpu') ?? 0, count: p.get('count') ?? 0, high: p.get('high') ?? 0, batch: p.get('batch') ?? 0 };
  });
  if (present > 0 && pagesets.length === 0) missing("'pagesets'");
  if (present > 0 && !d.tail.has('start_pfn')) missing("'start_pfn:'");
  const marks = { min: of('min') - boost, low: of('low') - boost, high: of('high') - boost };
  if (marks.min < 0 || marks.low < marks.min || marks.high < marks.low) {
    refuse(`expected boost <= min <= low <= high in zone ${d.name}, found boost ${boost}, min ${of('min')}, low ${of('low')}, high ${of('high')} pages`, d.line, 1);
  }
  return {
    node: d.node, name: d.name, line: d.line, free: of('free'), boost, ...marks, spanned: of('spanned'), present, managed,
    protection: d.protection, pagesets, startPfn: d.tail.get('start_pfn') ?? 0, stats: d.stats,
  };
}
function checkSizes(d: Draft, spanned: number, present: number, managed: number, free: number): void {
  if (present > spanned || managed > present) refuse(`expected managed <= present <= spanned in zone ${d.name}, found ${managed}, ${present}, ${spanned} pages`, d.line, 1);
  if (free > managed) refuse(`expected free <= managed in zone ${d.name}, found ${free} free of ${managed} pages`, d.line, 1);
}

/** Every slot that protection[] has an entry for is printed, empty or not: fewer zones means that some were left out. */
function checkSlots(zones: readonly ZoneText[], ends: readonly number[]): void {
  for (const node of new Set(zones.map((z) => z.node))) {
    const own = zones.filter((z) => z.node === node);
    const slots = zones[0].protection.length;
    const odd = own.find((z) => z.protection.length !== slots);
    if (odd) refuse(`expected ${slots} entries of protection as in the first zone, found ${odd.protection.length} in node ${node} zone ${odd.name}`, odd.line, 1);
    if (own.length !== slots) refuse(`expected ${slots} zones of node ${node} (protection has ${slots} entries), found ${own.length}: ${own.map((z) => z.name).join(', ')}`, ends[zones.indexOf(own[own.length - 1])], 1);
  }
  if (!zones.some((z) => z.managed > 0)) refuse('expected a zone with managed pages, found none', zones[0].line, 1);
}
function countCpus(zones: readonly ZoneText[]): number {
  const populated = zones.filter((z) => z.present > 0);
  const first = populated[0].pagesets.map((p) => p.cpu);
  for (const z of populated) {
    if (z.pagesets.map((p) => p.cpu).join() !== first.join()) refuse(`expected the lists of the same CPUs as in zone ${populated[0].name} (${first.join(', ')}), found ${z.pagesets.map((p) => p.cpu).join(', ')} in zone ${z.name}`, z.line, 1);
  }
  if (new Set(first).size !== first.length) refuse(`expected each CPU once in zone ${populated[0].name}, found ${first.join(', ')}`, populated[0].line, 1);
  return first.length;
}
