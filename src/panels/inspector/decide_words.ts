/** What the numbers beside a decision are, in words: the first, which the decision itself carries, by its question; the further ones by their names. */
import { NO_OPERAND } from '../../format/rows.ts';
import { count, pageCount, plural } from '../../ui/format.ts';

type Words = (n: number) => string;
const named = (name: string): Words => (n) => `${name} ${count(n)}`;
const things = (one: string, after = '', many?: string): Words => (n) => `${many === undefined ? plural(n, one) : plural(n, one, many)}${after}`;
const pages = (after = ''): Words => (n) => `${pageCount(n)}${after}`;
const order = named('order'), priority = named('priority'), node: Words = (n) => `node ${n}`;
const notifiers = things('notifier', ' registered'), points = things('point', ' of badness'), failures = things('failure', ' so far');

/** By question: that of the number that it was asked about. One whose words begin with a zone's or a kind's name is in `STARTS`. */
const SUBJECTS: ReadonlyMap<string, Words> = new Map([
  // the allocator and its slow path
  ['the per-CPU list is empty: refill from the buddy', pages(' asked for')],
  ['free + alike pages >= half the pageblock: claim it', pages(' free or alike')], ['the highatomic reserve may grow', pages(' in the reserve')], ['a highatomic pageblock was given back', (n) => `pfn ${n}`],
  ['try_to_free_pages() made progress', pages(' reclaimed')], ['compaction could help', named('compact_priority')], ['16 rounds without progress: give up', things('round', ' without progress')],
  ['most of it is waiting for writes: wait too', pages(' dirty or under writeback')], ['the atomic request was served', order], ['the reserve has an element', things('element', ' in the reserve')],
  ['kswapd has given up (16 failures), or the node is balanced: do not wake it', failures],
  // the OOM path
  ['order > PAGE_ALLOC_COSTLY_ORDER: a kill would not help', order], ['only low zones may be used', (n) => `highest zone index ${n}`], ['OOM notifiers freed pages', pages(' claimed as freed')], ['vm.panic_on_oom', named('set to')],
  ['oom_badness(): the worst so far', points], ['a child dies for it', points], ['gave up on this victim', things('attempt')], ['mm_has_notifiers()', notifiers], ['all that map these pages have let go of them', notifiers],
  ['mmget_not_zero(): somebody still runs in it', things('user', ' of the address space')],
  // reclaim
  ['kswapd has failed 16 times: sleep', failures], ['the node is balanced: sleep', order], ['the node is balanced', priority], ['boost left, and nothing reclaimed: stop', pages(' of boost left')],
  ['too many pages are isolated: wait', pages(' isolated')], ['may write pages (sc->may_writepage)', node], ['reclaim more, for compaction', pages(' inactive')], ['reclaim of the node met only dirty pages that wait for it', node],
  ['scan anon and file alike', priority], ['scan anon and file by their cost', priority], ['scan anon only: the page cache is tiny', priority], ['scan the page cache only', priority],
  // generations
  ['no cold generation is left', (n) => `generation ${count(n)} is the youngest`], ['too many young pages, or too few old ones: a new generation is due', pages(' of the youngest')],
  ['anon has an older generation than files', (n) => `generation ${count(n)} of anon is the oldest`], ['files come back less than anon pages do: files first', (n) => `up to tier ${count(n)}`],
  ['all pages of files taken are dirty and not queued: wake the flushers', pages(' of files taken')], ['refault: given up from what is still the oldest generation', (n) => `generation ${count(n)} is the oldest`],
  // memory cgroups
  ['the charge fits below memory.max', pages(' of room')], ['retries are left', things('retry', ' left', 'retries')], ['there is room in the group by now', pages(' of room')],
  ['above memory.high and nothing to reclaim: wait (jiffies)', things('jiffy', '', 'jiffies')],
  // files, dirty pages, devices
  ['the file is read in order: read ahead', named('page of the file')], ['reading around has missed too often', things('miss', '', 'misses')], ['dirty pages exceed the free run', pages(' dirty')], ['the limit of dirty pages is reached: wait the longest', pages(' dirty')],
  ['the pages are paid for by the time since the last pause', things('jiffy', ' left to pause', 'jiffies')],
  ['reclaim asks for all dirty pages to be written', pages(' dirty')], ['more is dirty than the background threshold', pages(' dirty')],
  ['no tag is free: wait for a request to end', things('request', ' under way')], ['all requests are taken: wait for one', things('request', ' of this direction')],
  // the rest
  ['vm.overcommit_memory = 2: Committed_AS stays below the limit', pages(' committed with this')], ['tlb_next_batch(): as many batches as there may be', things('batch', '', 'batches')],
  ['stalled for as long as the trigger asks, in us', (n) => `stalled for ${count(n)} µs`], ['free memory is below the high marks', pages(' free')],
  ['lazy callbacks are kicked already, or there are none', things('callback', ' of a kick under way')], ['the last priority: lazy callbacks too', priority],
]);
const STARTS: readonly (readonly [start: string, words: Words])[] = [
  ['zone_watermark', pages(' free')], ['enough in ', pages(' free or reclaimable')], ['refault: nearer than the ', (n) => `distance ${pageCount(n)}`],
];
/** By name: what follows a decision as rows of their own. */
const NAMED: ReadonlyMap<string, Words> = new Map([
  ...['min', 'low', 'high', 'lowmem_reserve'].map((name): [string, Words] => [name, (n) => `${name} ${pageCount(n)}`]),
  ['old pages', pages(' of the third youngest')], ['all pages', pages(' of all generations')],
  ['reclaimable', pages(' reclaimable')], ['allowed', pages(' allowed')], ['threshold', (n) => `threshold ${count(n)} µs`], ['pid', (n) => `pid ${n}`],
  ...['free run', 'limit'].map((name): [string, Words] => [name, (n) => `${name} ${pageCount(n)}`]), ['dirtied', pages(' dirtied by the task')], ['rate', (n) => `at ${count(n)} pages/s`],
]);

/** `17 pages reclaimed`: the number that `question` was asked about; '' = it was asked about none. Where the question is not known, the bare number. */
export function subjectWords(question: string, n: number): string {
  if (n === NO_OPERAND) return '';
  const words = SUBJECTS.get(question) ?? STARTS.find(([start]) => question.startsWith(start))?.[1];
  return words === undefined ? `value ${count(n)}` : words(n);
}
/** `min 428 pages`: a further number of a decision, by its name. */
export const operandWords = (name: string, n: number): string => NAMED.get(name)?.(n) ?? `${name} ${count(n)}`;
