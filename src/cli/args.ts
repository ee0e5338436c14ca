/** Arguments of a command: `--name value`, `--flag`, positional ones. Places are columns of line 1 of 'arguments': the command is in column 1. */
import { BadInput } from './problem.ts';

export interface ArgSpec {
  /** Names of the positional ones; those ending in ? may be absent, the last one ending in ?... may come any number of times. */
  readonly positional: readonly string[];
  /** Options that take a value; a list may be given several times. */
  readonly values?: readonly string[];
  readonly lists?: readonly string[];
  readonly flags?: readonly string[];
}
export interface Given {
  readonly text: string;
  readonly at: number;
}
export interface Args {
  readonly positional: readonly string[];
  readonly lists: ReadonlyMap<string, readonly Given[]>;
  readonly flags: ReadonlySet<string>;
  value(name: string): string | undefined;
  list(name: string): readonly Given[];
}
/** Column of the first argument after the command. */
const FIRST = 2;
const SHORT: Readonly<Record<string, string>> = { '-o': '--out', '-h': '--help' };

export const badArgument = (at: number, message: string): never => {
  throw new BadInput('arguments', { line: 1, column: at, message });
};

export function parseArgs(argv: readonly string[], spec: ArgSpec): Args {
  const positional: string[] = [], flags = new Set<string>(), lists = new Map<string, Given[]>();
  let onlyPositional = false;
  for (let i = 0; i < argv.length; i++) {
    const arg = SHORT[argv[i]] ?? argv[i];
    if (onlyPositional || !arg.startsWith('-') || arg === '-') positional.push(argv[i]);
    else if (arg === '--') onlyPositional = true;
    else i = readOption(argv, i, arg, spec, flags, lists);
  }
  const needed = spec.positional.filter((p) => !/\?(\.\.\.)?$/.test(p)), many = spec.positional.at(-1)?.endsWith('...') ?? false;
  if (positional.length < needed.length) badArgument(argv.length + FIRST, `expected ${needed[positional.length]}, found nothing`);
  if (positional.length > spec.positional.length && !many) badArgument(argv.indexOf(positional[spec.positional.length]) + FIRST, `expected ${spec.positional.length === 0 ? 'no argument' : `only ${spec.positional.join(' ')}`}, found '${positional[spec.positional.length]}'`);
  return { positional, lists, flags, value: (name) => lists.get(name)?.[0].text, list: (name) => lists.get(name) ?? [] };
}

function readOption(argv: readonly string[], i: number, arg: string, spec: ArgSpec, flags: Set<string>, lists: Map<string, Given[]>): number {
  const equals = arg.indexOf('=');
  const name = arg.slice(2, equals < 0 ? undefined : equals);
  if ((spec.flags ?? []).includes(name) && equals < 0) { flags.add(name); return i; }
  const single = (spec.values ?? []).includes(name);
  if (!single && !(spec.lists ?? []).includes(name)) {
    const known = [...(spec.values ?? []), ...(spec.lists ?? []), ...(spec.flags ?? [])].map((n) => `--${n}`);
    return badArgument(i + FIRST, `expected ${known.length === 0 ? 'no option' : `one of ${known.join(' ')}`}, found '${argv[i]}'`);
  }
  if (equals < 0 && i + 1 >= argv.length) return badArgument(i + 1 + FIRST, `expected a value after ${arg}, found nothing`);
  if (single && lists.has(name)) return badArgument(i + FIRST, `expected --${name} once, found it again`);
  const given = equals < 0 ? { text: argv[i + 1], at: i + 1 + FIRST } : { text: arg.slice(equals + 1), at: i + FIRST };
  lists.set(name, [...(lists.get(name) ?? []), given]);
  return equals < 0 ? i + 1 : i;
}

/** `NAME=VALUE` in two. */
export function nameAndValue(given: Given, option: string): [string, string] {
  const equals = given.text.indexOf('=');
  if (equals <= 0) return badArgument(given.at, `expected NAME=VALUE after --${option}, found '${given.text}'`);
  return [given.text.slice(0, equals), given.text.slice(equals + 1)];
}
