/** What ends a command with status 2: bad input, with its place. */
import type { Problem, Result } from '../base/result.ts';

export class BadInput extends Error {
  readonly file: string;
  readonly problem: Problem;
  constructor(file: string, problem: Problem) {
    super(problem.message);
    this.file = file;
    this.problem = problem;
  }
  /** The one line of the interface: file, line, column, what was expected and found. */
  get line(): string {
    return `oomscope: ${this.file}:${Math.max(1, this.problem.line)}:${Math.max(1, this.problem.column)}: ${this.problem.message.replace(/\s*\n\s*/g, ' ')}`;
  }
}
/** The value, or the end of the command. */
export function need<T>(file: string, result: Result<T>): T {
  if (!result.ok) throw new BadInput(file, result.problem);
  return result.value;
}
