/** Where the program starts. Nothing else happens on loading a module of the command line, so that tests can load them all. */
import { main } from './program.ts';

// a reader that has seen enough closes the pipe: that is no fault of ours
process.stdout.on('error', () => process.exit(0));
process.exitCode = await main(process.argv.slice(2), process);
