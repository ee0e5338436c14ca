/** Random machines that read, queue callbacks and wait for barriers, each held against a judge of what RCU promises. */
import { library } from './library.mjs';

const WORLDS = 1000;

/** @returns {Promise<{runs: number, bad: number, figure: string}>} */
export async function rcuWorlds() {
  const { rcuWorld } = await library();
  let bad = 0, callbacks = 0, readers = 0, offloaded = 0, flushed = 0;
  for (let seed = 1; seed <= WORLDS; seed++) {
    const found = rcuWorld(seed);
    callbacks += found.callbacks;
    readers += found.readers;
    offloaded += found.offloaded ? 1 : 0;
    flushed += found.flushed;
    if (found.violations.length === 0) continue;
    bad++;
    console.log(`seed ${seed}: ${found.violations.slice(0, 3).join('; ')}`);
  }
  return { runs: WORLDS, bad, figure: `${callbacks} callbacks, ${readers} readers; ${offloaded} machines with offloaded CPUs, whose shrinker moved ${flushed} lazy callbacks` };
}
