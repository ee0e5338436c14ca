/** Property tests draw the same cases in every run of `npm test`, so that what lands has passed; OOMSCOPE_SEED=n draws others (check:long does). */
import fc from 'fast-check';
import '../src/run/all_parts.ts'; // tests boot machines with any program

fc.configureGlobal({ seed: Number(process.env.OOMSCOPE_SEED ?? 1) });
