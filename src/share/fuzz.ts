/** Attacks on the decoder: links with bits turned, cut, lengthened, and whole ones with nonsense inside. Used by the tests and, at length, by check:long. */
import type { Scenario } from '../format/scenario.ts';
import { checkOf, fromBase64url, toBase64url } from './bytes.ts';
import { deflate, fromUtf8, inflate, utf8 } from './compress.ts';
import { decodeLink, encodeLink, type LinkContent, LINK_SCHEMA, MAX_CONTENT_BYTES } from './link.ts';

export interface FuzzReport {
  readonly tried: number;
  readonly refused: number;
  readonly opened: number;
  readonly longestMs: number;
  readonly longestLink: string;
}
/** xorshift32: the same attacks for the same seed. */
function chance(seed: number): (below: number) => number {
  let x = seed | 0 || 1;
  return (below) => {
    x ^= x << 13; x ^= x >>> 17; x ^= x << 5;
    return (x >>> 0) % below;
  };
}
type Chance = (below: number) => number;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.#=%&?/ \u0000\u00e9\ud83d';

/** A character changed, cut away, put in or doubled, once or a few times. */
function mutateText(link: string, r: Chance): string {
  let s = link;
  for (let n = 1 + r(4); n > 0; n--) {
    const at = r(s.length + 1), c = ALPHABET[r(ALPHABET.length)];
    switch (r(5)) {
      case 0: s = s.slice(0, at); break;
      case 1: s = s.slice(0, at) + c + s.slice(at); break;
      case 2: s = s.slice(0, at) + String.fromCharCode((s.charCodeAt(at) || 65) ^ (1 << r(7))) + s.slice(at + 1); break;
      case 3: s = s.slice(0, at) + s.slice(at + 1 + r(8)); break;
      default: s += s.slice(at, at + r(200));
    }
  }
  return s;
}
const sealed = (codec: string, bytes: Uint8Array): string => {
  const head = `${LINK_SCHEMA}.${codec}.${toBase64url(bytes)}`;
  return `#s=${head}.${checkOf(head)}`;
};
/** Nonsense that passes the check: broken streams, bombs, odd JSON. */
async function mutateInside(json: string, packed: Uint8Array, r: Chance): Promise<string> {
  switch (r(6)) {
    case 0: { const bytes = packed.slice(); bytes[r(bytes.length)] ^= 1 << r(8); return sealed('d', bytes); }
    case 1: return sealed('d', packed.slice(0, r(packed.length)));
    case 2: return sealed('d', (await deflate(utf8('['.repeat(MAX_CONTENT_BYTES * (1 + r(4)))))) ?? packed);
    case 3: return sealed('p', utf8('[{"a":'.repeat(r(5000))));
    case 4: { const at = r(json.length); return sealed('p', utf8(json.slice(0, at) + ['null', '-1', '1e999', '"__proto__"', '[]', '{}', '0', '9007199254740993'][r(8)] + json.slice(at + r(12)))); }
    default: { const numbers = [...json.matchAll(/-?\d+(\.\d+)?/g)], hit = numbers[r(numbers.length)]; return sealed('p', utf8(json.slice(0, hit.index) + String([-1, 0, 1e9, 1e15, 0.5, 2 ** 53][r(6)]) + json.slice(hit.index + hit[0].length))); }
  }
}

/** Throws if the decoder does; `now` in ms. `told` is called each thousand. */
export async function fuzzLinks(content: LinkContent, stories: readonly Scenario[], count: number, seed: number, now: () => number, told: (done: number) => void = () => {}): Promise<FuzzReport> {
  const r = chance(seed), link = await encodeLink(content, stories);
  const bytes = fromBase64url(link.split('.')[2]), packed = typeof bytes === 'number' ? new Uint8Array(0) : bytes;
  const plain = await inflate(packed, MAX_CONTENT_BYTES), json = (plain.ok ? fromUtf8(plain.value) : null) ?? '[0]';
  let refused = 0, opened = 0, longestMs = 0, longestLink = '';
  for (let i = 0; i < count; i++) {
    const attack = r(3) === 0 ? await mutateInside(json, packed, r) : mutateText(link, r);
    const from = now();
    const result = await decodeLink(attack, stories);
    let took = now() - from;
    if (took > longestMs) {
      // once more: what was another program's time does not come again
      const again = now();
      await decodeLink(attack, stories);
      took = Math.min(took, now() - again);
    }
    if (took > longestMs) { longestMs = took; longestLink = attack; }
    if (result.ok) opened++; else refused++;
    if (i % 1000 === 999) told(i + 1);
  }
  return { tried: count, refused, opened, longestMs, longestLink };
}
