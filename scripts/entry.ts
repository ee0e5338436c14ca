/** What the long checks and the benchmarks take from the source: bundled for Node by library.mjs. */
export { Pair } from '../src/analysis/compare.ts';
export { Trace } from '../src/analysis/trace.ts';
export { applyColumns, copyState } from '../src/format/state.ts';
export { withSysctl } from '../src/format/sysctl.ts';
export { rcuWorld } from '../src/kernel/rcu/testing/rcu_world.ts';
export { ENGINE } from '../src/run/catalog.ts';
export { compareLive } from '../src/run/compare_live.ts';
export { judge } from '../src/run/judge.ts';
export { MAX_ROWS, Run, runScenario } from '../src/run/run.ts';
export { walk, xorshift } from '../src/run/walk.ts';
export { hog4G, hogs4G, idle64G } from '../src/scenarios/bench_machines.ts';
export { stories } from '../src/scenarios/index.ts';
export { fuzzLinks } from '../src/share/fuzz.ts';
