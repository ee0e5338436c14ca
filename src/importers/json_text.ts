/**
 * JSON from outside, read with the place of every value, so that a fault of syntax or of meaning can be shown at its line and column.
 * Stricter than JSON.parse in two things: no name twice in an object, no deeper than MAX_DEPTH.
 */
import type { Result } from '../base/result.ts';
import { attempt, quote, refuse } from './text.ts';

export interface JsonText {
  readonly value: unknown;
  /** Where the value at a path stands; the nearest place above it where there is none. */
  place(path: readonly (string | number)[]): { readonly line: number; readonly column: number };
}
export const MAX_DEPTH = 32;

/** A value's place and, for objects and arrays, those of its parts. */
interface Node {
  readonly at: number;
  readonly parts?: ReadonlyMap<string, Node>;
}

export const parseJson = (text: string): Result<JsonText> => attempt(() => {
  const reader = new Reader(text);
  const [value, root] = reader.document();
  return {
    value,
    place(path) {
      let node = root;
      for (const step of path) {
        const next = node.parts?.get(String(step));
        if (next === undefined) break;
        node = next;
      }
      return placeOf(text, node.at);
    },
  };
});

function placeOf(text: string, at: number): { line: number; column: number } {
  let line = 1, start = 0;
  for (let i = text.indexOf('\n'); i >= 0 && i < at; i = text.indexOf('\n', i + 1)) { line++; start = i + 1; }
  return { line, column: at - start + 1 };
}

class Reader {
  private readonly text: string;
  private at: number;
  constructor(text: string) {
    this.text = text;
    this.at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  }
  document(): [unknown, Node] {
    const result = this.value(0);
    this.blanks();
    if (this.at < this.text.length) this.stop('expected the end of the text after the value');
    return result;
  }
  private stop(expected: string, at = this.at): never {
    const { line, column } = placeOf(this.text, at);
    return refuse(`${expected}, found ${at >= this.text.length ? 'the end of the text' : quote(this.text.slice(at, at + 20).split('\n')[0])}`, line, column);
  }
  private blanks(): void {
    while (' \t\r\n'.includes(this.text[this.at] ?? 'x')) this.at++;
  }
  private value(depth: number): [unknown, Node] {
    this.blanks();
    const at = this.at;
    if (depth > MAX_DEPTH) this.stop(`expected at most ${MAX_DEPTH} levels of nesting`);
    switch (this.text[at]) {
      case '{': return this.object(depth);
      case '[': return this.array(depth);
      case '"': return [this.string(), { at }];
      default: return [this.word(), { at }];
    }
  }
  private object(depth: number): [unknown, Node] {
    const at = this.at++, entries: [string, unknown][] = [], parts = new Map<string, Node>();
    this.blanks();
    if (this.text[this.at] === '}') { this.at++; return [{}, { at, parts }]; }
    for (;;) {
      this.blanks();
      const nameAt = this.at;
      if (this.text[this.at] !== '"') this.stop('expected a name in double quotes');
      const name = this.string();
      if (parts.has(name)) this.stop('expected each name once in an object', nameAt);
      this.blanks();
      if (this.text[this.at] !== ':') this.stop("expected ':' after a name");
      this.at++;
      const [value, node] = this.value(depth + 1);
      entries.push([name, value]);
      parts.set(name, node);
      if (this.ends('}')) return [Object.fromEntries(entries), { at, parts }];
    }
  }
  private array(depth: number): [unknown, Node] {
    const at = this.at++, values: unknown[] = [], parts = new Map<string, Node>();
    this.blanks();
    if (this.text[this.at] === ']') { this.at++; return [values, { at, parts }]; }
    for (;;) {
      const [value, node] = this.value(depth + 1);
      parts.set(String(values.length), node);
      values.push(value);
      if (this.ends(']')) return [values, { at, parts }];
    }
  }
  /** Passes a comma (false) or the closing bracket (true). */
  private ends(close: string): boolean {
    this.blanks();
    const c = this.text[this.at];
    if (c !== close && c !== ',') this.stop(`expected ',' or '${close}'`);
    this.at++;
    return c === close;
  }
  private string(): string {
    const from = this.at++;
    for (; this.text[this.at] !== '"'; this.at++) {
      if (this.at >= this.text.length || this.text[this.at] === '\n') this.stop('expected a closing double quote', this.at);
      if (this.text[this.at] === '\\') this.at++;
    }
    this.at++;
    return String(this.plain(from, 'a string'));
  }
  private word(): unknown {
    const from = this.at;
    while (/[-+.\w]/.test(this.text[this.at] ?? ' ')) this.at++;
    if (this.at === from) this.stop('expected a value');
    return this.plain(from, 'a number, true, false or null');
  }
  /** The platform reads the value itself: what numbers and escapes mean is its business. */
  private plain(from: number, what: string): unknown {
    try {
      return JSON.parse(this.text.slice(from, this.at)) as unknown;
    } catch {
      return this.stop(`expected ${what}`, from);
    }
  }
}
