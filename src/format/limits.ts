/** Limits that the page must know before anything is checked: without the library that checks. */

/** Frames that a machine may have, holes included: 256 GiB. The state of each is kept. */
export const MAX_FRAMES = 2 ** 26;
export const MAX_CPUS = 32;
export const MAX_UNTIL_NS = 3600e9;
/** Largest text from outside that is looked at at all. */
export const MAX_TEXT = 16_000_000;
