import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Rooms whose tests keep nothing in what they import and put nothing into the globals: no module of theirs remembers a run, so that one process can go through
 * one file after the other, where each would load (and compile) all of the kernel again: a second of processor time a file.
 */
const SHARED = 'src/{analysis,base,cli,experiments,explore,exporters,format,importers,kernel,run,scenarios,sim,workloads}/**/*.test.ts';
/** The files that take longest, from the longest. Begun last, one of them would run on alone while the other processors have nothing to do. */
const LONG = ['cli/commands/experiments', 'run/reclaim', 'run/lru_gen', 'run/oom_loads', 'run/judge', 'run/stories_4', 'run/determinism', 'run/memcg', 'kernel/mm/show_mem', 'explore/explore', 'run/progress', 'kernel/properties', 'run/stories_1', 'run/stories_2', 'run/stories_3'].map((name) => `/src/${name}.test.ts`);
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // those that share a process stand together
    const place = (f: TestSpecification): number => { const i = LONG.findIndex((name) => f.moduleId.endsWith(name)); return i >= 0 ? i : LONG.length + (f.project.name === 'shared' ? 0 : 1); };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

/** Loaded by Node, not by Vite: nothing there is mocked, and machines run a third faster (scripts/native_ts.mjs). */
const NATIVE = { experimental: { viteModuleRunner: false, nodeLoader: false }, execArgv: ['--import', new URL('./scripts/native_ts.mjs', import.meta.url).href] };

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'shared', include: [SHARED], isolate: false, ...NATIVE } },
      { extends: true, test: { name: 'alone', include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.mjs'], exclude: [SHARED] } },
    ],
    environment: 'node',
    maxWorkers: '100%', // left to itself it keeps one processor free, which of two is half
    sequence: { sequencer: LongestFirst },
    setupFiles: ['scripts/vitest_setup.ts'],
    // A loaded machine is slow, not wrong: no test here measures time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
