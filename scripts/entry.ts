/** What the long checks and the benchmarks take from the source: bundled for Node by library.mjs. */
export { Pair } from '../src/analysis/compare.ts';
export { Trace } from '../src/analysis/trace.ts';
export { models } from '../src/explore/models.ts';
export { agreement, randomModel } from '../src/explore/random_models.ts';
export { exploreWhole } from '../src/explore/story.ts';
export { applyColumns, copyState } from '../src/format/state.ts';
export { withSysctl } from '../src/format/sysctl.ts';
export { ENGINE } from '../src/run/catalog.ts';
export { compareLive } from '../src/run/compare_live.ts';
export { judge } from '../src/run/judge.ts';
export { MAX_ROWS, Run, runScenario } from '../src/run/run.ts';
export { CALLBACKS, differences, mmunTable, runMmun } from '../src/run/testing/mmun_cases.ts';
export { walk, xorshift } from '../src/run/walk.ts';
export { hog4G, hogs4G, idle64G } from '../src/scenarios/bench_machines.ts';
export { stories } from '../src/scenarios/index.ts';
export { fuzzLinks } from '../src/share/fuzz.ts';
export { blocksOf, compareBlock, furtherKills, kindOf, readKernelFigures, tableOf } from '../src/run/testing/probe_figures.ts';
export { askModel, faultsOf, nameOf, PLACES, PROFILES, questions } from '../src/run/testing/gate_matrix.ts';
