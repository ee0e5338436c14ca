/** Reading text from outside: lines, numbers, and a place for what was not as expected. */
import { bad, good, type Problem, type Result } from '../base/result.ts';
import { MAX_TEXT } from '../format/limits.ts';

export { MAX_TEXT };
const MAX_LINE = 2000;

/** Carries a Problem out of nested readers; never leaves `attempt`. */
class Unreadable extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}
export function refuse(message: string, line = 0, column = 0): never {
  throw new Unreadable({ line, column, message });
}
/** Runs a reader that may `refuse`. */
export function attempt<T>(read: () => T): Result<T> {
  try {
    return good(read());
  } catch (e) {
    if (e instanceof Unreadable) return bad(e.problem.message, e.problem.line, e.problem.column);
    throw e;
  }
}

/** A piece of foreign text in a message: short, on one line, visible. */
export function quote(s: string): string {
  const shown = s.length > 40 ? `${s.slice(0, 40)}...` : s;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  return `'${shown.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '?')}'`;
}

export function toLines(text: string): string[] {
  if (text.length > MAX_TEXT) refuse(`expected at most ${MAX_TEXT / 1e6} MB of text, found ${(text.length / 1e6).toFixed(1)} MB`);
  const lines = text.split('\n').map((l) => (l.endsWith('\r') ? l.slice(0, -1) : l));
  const long = lines.findIndex((l) => l.length > MAX_LINE);
  if (long >= 0) refuse(`expected lines of at most ${MAX_LINE} characters, found ${lines[long].length}`, long + 1, 1);
  while (lines.length > 0 && lines[lines.length - 1].trim() === '') lines.pop();
  return lines;
}

/** A count: digits only, at most 2^53 - 1. `line` counts from 1, `at` is the token's index in its line. */
export function readCount(token: string, what: string, line: number, at: number): number {
  if (!/^\d+$/.test(token)) refuse(`expected a whole number for ${what}, found ${quote(token)}`, line, at + 1);
  const n = Number(token);
  if (n > Number.MAX_SAFE_INTEGER) refuse(`expected a number below 2^53 for ${what}, found ${quote(token)}`, line, at + 1);
  return n;
}
