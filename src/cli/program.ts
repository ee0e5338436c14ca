/** The command line: picks the command, prints, and turns what went wrong into one line and a status. */
import { type ArgSpec, parseArgs } from './args.ts';
import type { Command, Output } from './command.ts';
import { commands } from './commands/index.ts';
import { BadInput } from './problem.ts';

/** Where the words go: the process's streams, or a test's. */
export interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
}
const withCommon = (spec: ArgSpec): ArgSpec => ({ ...spec, flags: [...(spec.flags ?? []), 'json', 'help'] });

const HELP = `oomscope: see Linux run out of memory

${commands.map((c) => `  oomscope ${c.usage}\n      ${c.doc}`).join('\n')}

Every command takes --json: one JSON value on standard output.
Status: 0 done and as expected, 1 an expectation failed, 2 bad input.`;

const BAR = 30;
/** A bar on a terminal; nothing elsewhere, where nobody watches. */
function progressBar({ stderr }: Streams): (share: number, what: string) => void {
  let last = -1;
  return (share, what) => {
    const percent = Math.floor(share * 100);
    if (!stderr.isTTY || percent === last) return;
    last = percent;
    const done = Math.round(share * BAR);
    stderr.write(share >= 1 ? '\r\u001b[K' : `\r[${'='.repeat(done)}${' '.repeat(BAR - done)}] ${String(percent).padStart(3)} % ${what}\u001b[K`);
  };
}
const outputOf = (streams: Streams, json: boolean): Output => ({
  json,
  print: (text) => { streams.stdout.write(text.endsWith('\n') ? text : `${text}\n`); },
  note: (text) => { streams.stderr.write(`${text}\n`); },
  progress: progressBar(streams),
});
function helpFor(name: string | undefined, rest: readonly string[]): string | null {
  const asks = (a: string | undefined): boolean => a === '--help' || a === '-h';
  const command = commands.find((c) => c.name === name);
  if (asks(name)) return HELP;
  return command !== undefined && rest.some(asks) ? `oomscope ${command.usage}\n    ${command.doc}` : null;
}
function commandOf(name: string | undefined): Command {
  const command = commands.find((c) => c.name === name);
  if (command !== undefined) return command;
  throw new BadInput('arguments', { line: 1, column: 1, message: `expected a command (${commands.map((c) => c.name).join(', ')}), found ${name === undefined ? 'nothing' : `'${name}'`}` });
}

/** Runs one command; the exit status. */
export async function main(argv: readonly string[], streams: Streams): Promise<number> {
  const [name, ...rest] = argv;
  try {
    const help = helpFor(name, rest);
    if (help !== null) {
      streams.stdout.write(`${help}\n`);
      return 0;
    }
    const command = commandOf(name), args = parseArgs(rest, withCommon(command.args));
    return await command.run(args, outputOf(streams, args.flags.has('json')));
  } catch (e) {
    if (!(e instanceof BadInput)) throw e;
    streams.stderr.write(`${e.line}\n`);
    return 2;
  }
}
