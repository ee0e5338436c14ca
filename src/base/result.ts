// What can go wrong outside of us is a value, with its place; what can go wrong inside is an assertion.

/** Where in a text something was not as expected. Lines and columns count from 1; 0 = the whole input. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  /** One clear sentence: what was expected, what was found. */
  readonly message: string;
}
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export const good = <T>(value: T): Result<T> => ({ ok: true, value });
export const bad = (message: string, line = 0, column = 0): Result<never> => ({ ok: false, problem: { line, column, message } });
