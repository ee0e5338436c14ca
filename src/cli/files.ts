/** Files of this computer, as text. A problem of the file system is a problem with a place like any other. */
import { closeSync, existsSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { BadInput } from './problem.ts';

/** More than this is no text for us: a compressed one may promise anything. */
const MAX_BYTES = 64_000_000;

const refuse = (file: string, message: string): never => {
  throw new BadInput(file, { line: 1, column: 1, message });
};
const reason = (e: unknown): string => (e instanceof Error ? e.message.split('\n')[0] : 'an error');

/** The text of a file, of standard input for '-'; .gz is unpacked. */
export function readText(file: string): string {
  try {
    if (file !== '-' && statSync(file).size > MAX_BYTES) return refuse(file, `expected a file of at most ${MAX_BYTES / 1e6} MB, found more`);
    const bytes = readFileSync(file === '-' ? 0 : file);
    return (file.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: MAX_BYTES }) : bytes).toString('utf8');
  } catch (e) {
    if (e instanceof BadInput) throw e;
    return refuse(file, `expected a readable file, found: ${reason(e)}`);
  }
}
/** `DIR/name`, packed or not; null when it is not there. */
export function readOptional(dir: string, name: string): string | null {
  for (const file of [`${dir}/${name}`, `${dir}/${name}.gz`]) if (existsSync(file)) return readText(file);
  return null;
}
/** A file written piece by piece; '-' is standard output. */
export class TextFile {
  readonly #file: string;
  readonly #fd: number;
  #bytes: number;
  constructor(file: string) {
    this.#file = file;
    this.#bytes = 0;
    this.#fd = this.#guarded(() => (file === '-' ? 1 : openSync(file, 'w')));
  }
  add(text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    this.#guarded(() => { for (let at = 0; at < bytes.length; ) at += this.#part(bytes, at); });
    this.#bytes += bytes.length;
  }
  /** Bytes written in all. */
  close(): number {
    if (this.#fd !== 1) this.#guarded(() => closeSync(this.#fd));
    return this.#bytes;
  }
  /** Bytes written. A pipe that is full says so instead of waiting. */
  #part(bytes: Buffer, at: number): number {
    try {
      return writeSync(this.#fd, bytes, at);
    } catch (e) {
      const code = e instanceof Error && 'code' in e ? e.code : '';
      if (code === 'EAGAIN') return 0;
      if (code === 'EPIPE' && this.#fd === 1) process.exit(0); // the reader has seen enough
      throw e;
    }
  }
  #guarded<T>(f: () => T): T {
    try {
      return f();
    } catch (e) {
      return refuse(this.#file, `expected to write this file, found: ${reason(e)}`);
    }
  }
}
export const isDirectory = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();
