/** Bytes as text that an address may hold, and their checksum. By hand, because the machine's rooms compile without the page's types. */

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < DIGITS.length; i++) VALUES[DIGITS.charCodeAt(i)] = i;

/** base64url without padding. */
export function toBase64url(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const word = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out += DIGITS[word >> 18] + DIGITS[(word >> 12) & 63];
    if (i + 1 < bytes.length) out += DIGITS[(word >> 6) & 63];
    if (i + 2 < bytes.length) out += DIGITS[word & 63];
  }
  return out;
}
/** The bytes, or the index of the first character that cannot be: of no digit, of a broken length, or bits that nobody writes. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | number {
  if (text.length % 4 === 1) return text.length - 1;
  const out = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0, held = 0, n = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i), digit = code < 128 ? VALUES[code] : -1;
    if (digit < 0) return i;
    bits = ((bits << 6) | digit) & 0xffffff;
    held += 6;
    if (held >= 8) { held -= 8; out[n++] = (bits >> held) & 255; }
  }
  return (bits & ((1 << held) - 1)) === 0 ? out : text.length - 1;
}

const CRC = new Int32Array(256);
for (let i = 0; i < 256; i++) {
  let c = i;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  CRC[i] = c;
}
/** CRC-32 (polynomial 0xedb88320) of a text's UTF-16 code units, low byte first where they pass 255: six characters of base64url. */
export function checkOf(text: string): string {
  let c = -1;
  const step = (byte: number): void => { c = CRC[(c ^ byte) & 255] ^ (c >>> 8); };
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    step(code & 255);
    if (code > 255) step(code >>> 8);
  }
  c = ~c;
  return toBase64url(new Uint8Array([c >>> 24, (c >>> 16) & 255, (c >>> 8) & 255, c & 255]));
}
