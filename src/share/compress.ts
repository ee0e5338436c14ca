/** deflate by the platform's streams, with a cap on what comes out. */
import { bad, good, type Result } from '../base/result.ts';

/** The part of the platform that is used here; old browsers lack the streams. */
interface ByteStream {
  readonly readable: { getReader(): { read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array }>; cancel(): Promise<void> } };
  readonly writable: { getWriter(): { write(bytes: Uint8Array): Promise<void>; close(): Promise<void> } };
}
interface Platform {
  readonly CompressionStream?: new (format: string) => ByteStream;
  readonly DecompressionStream?: new (format: string) => ByteStream;
  readonly TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> };
  readonly TextDecoder: new (label: string, options: { readonly fatal: boolean; readonly ignoreBOM: boolean }) => { decode(bytes: Uint8Array): string };
}
const platform = globalThis as unknown as Platform;

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new platform.TextEncoder().encode(text);
/** The text, or null where the bytes are none. */
export function fromUtf8(bytes: Uint8Array): string | null {
  try {
    return new platform.TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Sends `bytes` through; stops as soon as more than `cap` bytes have come out. */
async function through(stream: ByteStream, bytes: Uint8Array, cap: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const writer = stream.writable.getWriter(), reader = stream.readable.getReader();
  // a stream that fails refuses its writes too: the reader's refusal is the one that is reported
  const ignore = (): void => {};
  writer.write(bytes).catch(ignore);
  writer.close().catch(ignore);
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done || value === undefined) break;
    length += value.length;
    if (length > cap) {
      await reader.cancel().catch(ignore);
      return null;
    }
    parts.push(value);
  }
  const out = new Uint8Array(length);
  let at = 0;
  for (const p of parts) { out.set(p, at); at += p.length; }
  return out;
}

/** Compressed bytes, or null where the platform cannot. */
export async function deflate(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer> | null> {
  return platform.CompressionStream === undefined ? null : through(new platform.CompressionStream('deflate-raw'), bytes, Number.MAX_SAFE_INTEGER);
}
export async function inflate(bytes: Uint8Array, cap: number): Promise<Result<Uint8Array<ArrayBuffer>>> {
  if (platform.DecompressionStream === undefined) return bad('expected a browser that can unpack deflate (DecompressionStream), found none: open the link in a newer one');
  try {
    const out = await through(new platform.DecompressionStream('deflate-raw'), bytes, cap);
    return out === null ? bad(`expected at most ${cap / 1024} KiB of content, found more`) : good(out);
  } catch {
    return bad('expected compressed content, found bytes that do not unpack');
  }
}
