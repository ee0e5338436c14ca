/** Property tests draw the same cases in every run of `npm test`, so that what lands has passed; OOMSCOPE_SEED=n draws others (check:long does). */
import fc from 'fast-check';
import { expect } from 'vitest';

fc.configureGlobal({ seed: Number(process.env.OOMSCOPE_SEED ?? 1) });
// Tests of these rooms boot machines, with any program. The others need not wait until all of the kernel has been loaded.
if (/\/src\/(analysis|cli|experiments|explore|exporters|kernel|run|store|workloads)\//.test(expect.getState().testPath ?? '')) await import('../src/run/all_parts.ts');
