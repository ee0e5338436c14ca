/** The house rules that tidy checks, as tables: who may import whom, what is banned where, how long things may be. */

const FLOOR = ['base', 'format'];
const MACHINE = [...FLOOR, 'sim', 'kernel', 'variants', 'workloads', 'run'];

/**
 * Room -> the rooms that it may import besides itself. A room is a folder of src; a file that stands in src itself is a room of its own name.
 * The page's rooms are never given sim, kernel, variants, workloads, explore, run or worker: they talk to them over the wire.
 * @type {Record<string, readonly string[]>}
 */
export const MAY_IMPORT = {
  base: [],
  format: ['base'],
  // The machine.
  sim: FLOOR,
  kernel: ['base', 'sim'],
  variants: [...FLOOR, 'sim', 'kernel'],
  workloads: [...FLOOR, 'sim', 'kernel'],
  run: [...FLOOR, 'sim', 'kernel', 'variants', 'workloads', 'scenarios'],
  explore: [...MACHINE, 'scenarios'],
  worker: [...MACHINE, 'scenarios', 'explore'],
  // The stories.
  scenarios: FLOOR,
  experiments: [...FLOOR, 'scenarios', 'analysis'],
  // What both the page and the command line use.
  importers: FLOOR,
  share: FLOOR,
  analysis: FLOOR,
  exporters: [...FLOOR, 'analysis'],
  // The page.
  client: FLOOR,
  store: [...FLOOR, 'client', 'share', 'importers', 'exporters', 'scenarios', 'experiments', 'analysis'],
  ui: ['base'],
  panels: [...FLOOR, 'store', 'analysis', 'scenarios', 'experiments', 'ui'],
  app: [...FLOOR, 'panels', 'store', 'analysis', 'ui'],
  'main.tsx': ['base', 'app', 'panels', 'store', 'ui'],
  // The command line.
  cli: [...MACHINE, 'scenarios', 'experiments', 'explore', 'importers', 'exporters', 'share', 'analysis'],
};

/** The one place that names the worker's file, to start it. */
export const WORKER_STARTS = { from: 'client', target: 'src/worker/main.ts' };

const PAGE_LIBRARIES = ['react', 'react-dom', 'zustand', '@tanstack/react-virtual'];
/**
 * Room -> the packages that it may import; a room that is not named here imports none.
 * @type {Record<string, readonly string[]>}
 */
export const MAY_USE = {
  format: ['valibot'], importers: ['valibot'], share: ['valibot'], scenarios: ['valibot'],
  store: ['react', 'zustand'], ui: PAGE_LIBRARIES, panels: PAGE_LIBRARIES, app: PAGE_LIBRARIES, 'main.tsx': PAGE_LIBRARIES,
  cli: ['node:*'],
};

/** Rooms where one member never imports another member: the folders of panels, the files that variants/index.ts lists. */
export const MEMBERS = { folders: 'panels', files: 'variants' };

/** Rooms whose runs must be bit-equal in every engine. */
export const DETERMINISTIC = ['sim', 'kernel', 'variants', 'workloads'];
/** Left to each engine's taste in the last digit, or to chance. Math.sqrt is exact by IEEE 754. */
export const BANNED_MATH = [
  'random', 'log', 'log2', 'log10', 'log1p', 'exp', 'expm1', 'pow', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh',
  'hypot', 'cbrt',
];
export const BANNED_NAMES = ['Date', 'Intl', 'performance', 'crypto', 'setTimeout', 'setInterval', 'queueMicrotask', 'Promise', 'WeakRef', 'FinalizationRegistry'];
export const BANNED_METHODS = ['localeCompare', 'toLocaleString', 'toLocaleLowerCase', 'toLocaleUpperCase', 'toLocaleDateString', 'toLocaleTimeString'];

export const MAX_FILE_LINES = 500;
export const MAX_FUNCTION_LINES = 70;
