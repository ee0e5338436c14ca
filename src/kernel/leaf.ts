/** Kernel functions that take no simulated time: plain calls that still stand on the recorded stack. */
import { kernelNames } from '../sim/kfn.ts';
import type { Kernel } from './kernel.ts';

/**
 * Declares a function that neither sleeps nor spends. Rows written inside it carry its name on their stack.
 * Cheaper than kfn() (no generator), and a plain call: no `yield*`.
 */
export const leaf = <A extends unknown[], T>(kernelName: string, body: (k: Kernel, ...args: A) => T): ((k: Kernel, ...args: A) => T) => {
  const fn = kernelNames.push(kernelName) - 1;
  return (k, ...args) => {
    const top = k.cpu.top, before = top.stack;
    top.stack = k.stacks.push(before, fn);
    const result = body(k, ...args);
    top.stack = before;
    return result;
  };
};
