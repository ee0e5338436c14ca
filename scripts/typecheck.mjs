/** `npm run typecheck`: every room against the types that it may see (tsconfig.*.json). TypeScript 7 does it; 6 is installed for tidy, which needs the compiler as a library. */
import { BIN, ensureInstalled, node } from './setup.mjs';

ensureInstalled();
const PROJECTS = ['machine', 'worker', 'page', 'node', 'test'];
const pretty = process.stdout.isTTY ? ['--pretty'] : [];
let failed = 0;
for (const project of process.argv.length > 2 ? process.argv.slice(2) : PROJECTS) {
  const { status, output } = await node([BIN.tsc, '-p', `tsconfig.${project}.json`, ...pretty], { quiet: true });
  if (status === 0) continue;
  failed += 1;
  console.log(`tsconfig.${project}.json:\n${output}`);
}
process.exitCode = failed === 0 ? 0 : 1;
