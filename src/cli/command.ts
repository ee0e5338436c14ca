/** What a command of the command line is: one file under commands/, one line in commands/index.ts. */
import type { Args, ArgSpec } from './args.ts';

export interface Output {
  /** Standard output: the result and nothing else. */
  print(text: string): void;
  /** Standard error: progress and remarks. */
  note(text: string): void;
  /** How far a long command has come, 0..1; a bar where a terminal is, nothing elsewhere. */
  progress(share: number, what: string): void;
  readonly json: boolean;
}
export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly doc: string;
  readonly args: ArgSpec;
  /** The exit status: 0 done and as expected, 1 an expectation failed. Bad input is thrown as BadInput. */
  run(args: Args, output: Output): number | Promise<number>;
}
