/** How numbers are written: thousands by a thin space, minus sign U+2212, the unit always beside them. */

/** Narrow no-break space. */
export const THIN = '\u202f';
export const MINUS = '\u2212';
export const DASH = '–';

const groupLeft = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, THIN);
const groupRight = (digits: string): string => digits.replace(/(\d{3})(?=\d)/g, `$1${THIN}`);

/** An integer with thousands apart: `116 049`. */
export function count(n: number): string {
  const r = Math.round(n);
  return (r < 0 ? MINUS : '') + groupLeft(String(Math.abs(r)));
}
/** With that many decimals: `4 610.20`. */
export function fixed(n: number, digits: number): string {
  const [whole, part] = Math.abs(n).toFixed(digits).split('.');
  return `${n < 0 ? MINUS : ''}${groupLeft(whole)}${part === undefined ? '' : `.${part}`}`;
}
/** With its sign, for differences: `+12`, `−21`, `0`. */
export const signed = (n: number): string => (Math.round(n) > 0 ? `+${count(n)}` : count(n));
/** `2.159 821 s`: time since boot. */
export function seconds(timeNs: number, digits = 6): string {
  const text = Math.abs(timeNs / 1e9).toFixed(digits), dot = text.indexOf('.');
  const whole = groupLeft(dot < 0 ? text : text.slice(0, dot));
  return `${timeNs < 0 ? MINUS : ''}${whole}${dot < 0 ? '' : `.${groupRight(text.slice(dot + 1))}`} s`;
}
const three = (x: number): string => (x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(2));
/** A length of time with the unit that fits: `98.8 ms`, `430 ns`, `12.0 s`. */
export function duration(lengthNs: number): string {
  const sign = lengthNs < 0 ? MINUS : '', n = Math.abs(lengthNs);
  if (n < 1000) return `${sign}${Math.round(n)} ns`;
  if (n < 999_500) return `${sign}${three(n / 1e3)} µs`;
  if (n < 999_500_000) return `${sign}${three(n / 1e6)} ms`;
  return `${sign}${groupLeft(String(Math.floor(n / 1e9)))}${(n / 1e9 - Math.floor(n / 1e9)).toFixed(n < 1e11 ? 2 : 1).slice(1)} s`;
}
const PAGES_A_MIB = 256;
/** Pages as MiB: `422.0 MiB`. */
export function mib(pageCount: number): string {
  const m = pageCount / PAGES_A_MIB;
  return `${m < 0 ? MINUS : ''}${m > -10 && m < 10 ? Math.abs(m).toFixed(2) : `${groupLeft(String(Math.floor(Math.abs(m))))}${(Math.abs(m) % 1).toFixed(1).slice(1)}`} MiB`;
}
/** A count of pages with its unit: `641 pages`, `1 page`. */
export const pageCount = (n: number): string => `${count(n)} ${n === 1 ? 'page' : 'pages'}`;
/** What is said of somebody who is named beside it: without the name, if it begins with it. */
export const afterName = (words: string, name: string): string => (words.startsWith(`${name} `) ? words.slice(name.length + 1) : words);
export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;
export const hex = (n: number): string => `0x${n.toString(16)}`;
