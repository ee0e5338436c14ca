/** `npm start`: installs what is missing, builds, serves the page and prints its address. */
import { serve } from './serve.mjs';
import { at, ensureInstalled, node } from './setup.mjs';

const wanted = process.env.PORT;
const port = wanted === undefined || wanted === '' ? 4173 : Number(wanted);
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  console.error(`oomscope: PORT: expected a number from 0 to 65535, found "${wanted}"`);
  process.exit(2);
}
ensureInstalled();
const { status, output } = await node([at('scripts/build.mjs')], { quiet: true });
if (status !== 0) {
  console.error(output);
  process.exit(1);
}
console.log(`oomscope is at ${await serve(at('dist'), port, false)}  (Ctrl-C ends it)`);
