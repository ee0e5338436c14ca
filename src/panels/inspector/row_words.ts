/** A row in words: what happened, as a line of the list of events. Who, where and when stand in columns beside it. */
import { ROLE, roleOfMark } from '../../analysis/mark_tracks.ts';
import { cpusOf } from '../../analysis/rcu.ts';
import type { Trace } from '../../analysis/trace.ts';
import { blockCpu, blockFrom, blockOrder, blockType, blockZone, FRAME_ACTIVE, FRAME_DIRTY, FRAME_NAMES, FRAME_TYPE_MASK, FRAME_WRITEBACK, MT_NAMES, NO_CPU, ROW, WAKE } from '../../format/rows.ts';
import { count, hex, pageCount, plural } from '../../ui/format.ts';
import { operandWords, subjectWords } from './decide_words.ts';
import { fieldWords } from './mark_words.ts';

const stateNames: ReadonlyMap<number, string> = new Map([[1, 'sleeps'], [2, 'sleeps, uninterruptible'], [0x80, 'is dead'], [0x102, 'sleeps, killable'], [0x402, 'goes idle']]);
const wakeNames: ReadonlyMap<number, string> = new Map([[WAKE.event, ''], [WAKE.timeout, ', its time is up'], [WAKE.signal, ' by a signal']]);
const wmarkNames = ['min', 'low', 'high', 'boost', 'highatomic'] as const;
const rssNames = ['anonymous', 'file', 'shared', 'swapped', 'page table'] as const;
const handlerNames: ReadonlyMap<number, string> = new Map([[1, 'softirq'], [2, 'hardirq']]);

const frameWords = (word: number): string => {
  const flags = [word & FRAME_ACTIVE ? 'active' : '', word & FRAME_DIRTY ? 'dirty' : '', word & FRAME_WRITEBACK ? 'under writeback' : ''].filter((f) => f !== '');
  return [FRAME_NAMES[word & FRAME_TYPE_MASK] ?? 'unknown', ...flags].join(', ');
};

/** The operands that follow a decision, in words. */
function operandsOf(trace: Trace, row: number): string[] {
  const words: string[] = [];
  for (let r = row + 1; r < trace.rows && trace.kindAt(r) === ROW.operand; r++) words.push(operandWords(trace.tables.strings[trace.aAt(r)] ?? '?', trace.bAt(r)));
  return words;
}
function decision(trace: Trace, row: number): string {
  const answer = trace.bAt(row), question = trace.tables.strings[trace.aAt(row)] ?? '?', numbers = [subjectWords(question, trace.cAt(row)), ...operandsOf(trace, row)].filter((words) => words !== '');
  const said = answer === 0 ? 'no' : answer === 1 ? 'yes' : count(answer);
  return `${question}? ${said}${numbers.length > 0 ? ` (${numbers.join(', ')})` : ''}`;
}
function taskWords(trace: Trace, kind: number, a: number, b: number, c: number): string {
  const name = (task: number): string => trace.tables.taskName(task);
  switch (kind) {
    case ROW.spawn: return b >= 0 ? `${name(b)} starts ${name(a)}` : `${name(a)} starts`;
    case ROW.switch_: return `switch from ${name(a)} to ${name(b)}`;
    case ROW.block: return `${name(a)} ${stateNames.get(b) ?? 'sleeps'}`;
    case ROW.wake: return `${name(a)} wakes${wakeNames.get(b) ?? ''}`;
    case ROW.exit: return `${name(a)} is gone`;
    case ROW.prio: return `${name(a)} has priority ${b}`;
    case ROW.signal: return `signal ${b === 9 ? 'SIGKILL' : b} to ${name(a)}${c >= 0 ? ` from ${name(c)}` : ''}`;
    default: return '';
  }
}
function lockWords(trace: Trace, kind: number, a: number, b: number, c: number): string {
  const lock = trace.tables.lockName(a), who = trace.tables.taskName(b);
  switch (kind) {
    case ROW.lockWait: return `${who} waits for ${lock}`;
    case ROW.lockGot: return `${who} takes ${lock}${c === 1 ? ' for reading' : ''}`;
    case ROW.lockDrop: return `${who} lets go of ${lock}`;
    case ROW.lockQuit: return `${who} stops waiting for ${lock}`;
    default: return `${who} fails to take ${lock}`;
  }
}
function pageWords(trace: Trace, kind: number, a: number, b: number, c: number): string {
  const order = blockOrder(b), from = blockFrom(b), cpu = blockCpu(b), zone = trace.shape.zones[blockZone(b)]?.name ?? '?';
  const pages = plural(1 << order, 'page'), pfn = `pfn ${a}`, type = MT_NAMES[blockType(b)] ?? '?';
  switch (kind) {
    case ROW.buddyTake: return `${zone}: ${pages} from the buddy lists, ${type}${from > order ? `, split from order ${from}` : ''}${cpu === NO_CPU ? '' : `, to cpu ${cpu}'s list`}, ${pfn}`;
    case ROW.buddyFree: return `${zone}: ${pages} to the buddy lists, ${type}${from > order ? `, merged to order ${from}` : ''}${cpu === NO_CPU ? '' : `, from cpu ${cpu}'s list`}, ${pfn}`;
    case ROW.pcpFree: return `${zone}: ${pages} freed to cpu ${cpu}'s list, ${pfn}`;
    case ROW.pageUse: return `${zone}: ${pages} now ${frameWords(c)}${cpu === NO_CPU ? '' : `, from cpu ${cpu}'s list`}, ${pfn}`;
    case ROW.pageState: return `${zone}: page is ${frameWords(c)}, ${pfn}`;
    default: return `${zone}: free block of order ${order} moves from ${MT_NAMES[from] ?? '?'} to ${type}, ${pfn}`;
  }
}
/** Tracepoints by what their numbers are; of those that are not known the bare numbers. */
function markWords(trace: Trace, name: string, b: number, c: number): string {
  const what = trace.tables.strings[b] ?? '?';
  switch (roleOfMark(name)) {
    case ROLE.completionBy: return `completion ${what} is to be made by ${trace.tables.taskName(c)}`;
    case ROLE.awaitBegin: return `sleeps for completion ${what}${c > 0 ? `, ${plural(c, 'jiffy', 'jiffies')} at most` : ''}`;
    case ROLE.awaitEnd: return `sleeps for completion ${what} no more`;
    case ROLE.victim: case ROLE.reapStart: case ROLE.reapEnd: case ROLE.reapWake: case ROLE.reapSkip: return `tracepoint ${name}: ${trace.tables.taskName(b)}, pid ${c}`;
    case ROLE.userKill: return `tracepoint ${name}: pid ${b}, ${pageCount(c)} resident`;
    case ROLE.kswapdWake: return `tracepoint ${name}: node ${b}, order ${c}`;
    case ROLE.kswapdSleep: return `tracepoint ${name}: node ${b}`;
    case ROLE.directBegin: return `tracepoint ${name}: order ${b}, gfp ${hex(c)}`;
    case ROLE.directEnd: return `tracepoint ${name}: ${pageCount(b)} reclaimed`;
    case ROLE.shrink: return `tracepoint ${name}: ${pageCount(b)} scanned, ${count(c)} reclaimed`;
    default: {
      const fields = fieldWords(trace, name, b, c);
      return `tracepoint ${name}${fields === null ? ` (${b}, ${c})` : fields === '' ? '' : `: ${fields}`}`;
    }
  }
}

export function rowWords(trace: Trace, row: number): string {
  const kind = trace.kindAt(row), a = trace.aAt(row), b = trace.bAt(row), c = trace.cAt(row), text = (i: number): string => trace.tables.strings[i] ?? '?';
  if (kind <= ROW.exit || kind === ROW.prio || kind === ROW.signal) return taskWords(trace, kind, a, b, c);
  if (kind >= ROW.lockWait && kind <= ROW.lockMiss) return lockWords(trace, kind, a, b, c);
  if (kind >= ROW.buddyTake && kind <= ROW.moveFree) return pageWords(trace, kind, a, b, c);
  switch (kind) {
    case ROW.enter: return `${handlerNames.get(a) ?? 'handler'} ${text(b)} begins`;
    case ROW.leave: return `${handlerNames.get(a) ?? 'handler'} ends`;
    case ROW.decide: return decision(trace, row);
    case ROW.operand: return operandWords(text(a), b);
    case ROW.mark: return markWords(trace, text(a), b, c);
    case ROW.log: return `prints: ${trace.logText(row)}`;
    case ROW.blockType: return `pageblock at pfn ${a} turns from ${MT_NAMES[b] ?? '?'} to ${MT_NAMES[c] ?? '?'}`;
    case ROW.wmark: return `${trace.shape.zones[a >> 3]?.name ?? '?'}: ${wmarkNames[a & 7] ?? 'watermark'} is ${plural(b, 'page')}`;
    case ROW.rss: return `address space ${a}: ${plural(c, `${rssNames[b] ?? ''} page`)}`;
    case ROW.charge: return c < 0 ? `${plural(1 << b, 'page')} no longer charged, pfn ${a}` : `${plural(1 << b, 'page')} charged to ${text(c)}, pfn ${a}`;
    case ROW.gauge: return text(a) === 'rcu_qsmask' ? `grace period waits for ${cpusOf(b, trace.shape.cpus).map((cpu) => `cpu ${cpu}`).join(', ') || 'no CPU any more'}` : `${text(a)} is ${count(b)}`;
    default: return `row of unknown kind ${kind}`;
  }
}
