/** `npm run build`: the page into dist/, the command line into dist-cli/ and a link to it, so that `npx oomscope` finds it. `--page` or `--cli`: only that one. */
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { at, ensureInstalled } from './setup.mjs';

ensureInstalled();
const { build } = await import('vite');
const OUT = 'dist-cli';

async function page() {
  // A build that fails must not leave the last one standing, where tests would open it.
  rmSync(at('dist'), { recursive: true, force: true });
  await build({ root: at(), configFile: at('vite.config.ts'), logLevel: 'warn' });
}

async function commandLine() {
  rmSync(at(OUT), { recursive: true, force: true });
  await build({
    root: at(),
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    // Everything but Node's own modules goes into the file: it runs wherever it is copied.
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: at('src/cli/main.ts'),
      outDir: OUT,
      target: 'node20',
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'oomscope.js', chunkFileNames: '[name].js', banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node' : '') } },
    },
  });
  // Its own mark, so that the file is a module also where it is copied to.
  writeFileSync(at(OUT, 'package.json'), '{ "type": "module" }\n');
  chmodSync(at(OUT, 'oomscope.js'), 0o755);
  link();
}

function link() {
  const bin = at('node_modules/.bin');
  mkdirSync(bin, { recursive: true });
  if (process.platform === 'win32') {
    writeFileSync(at('node_modules/.bin/oomscope.cmd'), `@node "%~dp0\\..\\..\\${OUT}\\oomscope.js" %*\r\n`);
    return;
  }
  rmSync(at('node_modules/.bin/oomscope'), { force: true });
  symlinkSync(`../../${OUT}/oomscope.js`, at('node_modules/.bin/oomscope'));
}

const only = process.argv[2];
let failed = 0;
for (const [option, job] of /** @type {const} */ ([['--page', page], ['--cli', commandLine]])) {
  if (only !== undefined && only !== option) continue;
  try {
    await job();
  } catch (error) {
    console.error(`build ${option.slice(2)}: ${error instanceof Error ? error.message : String(error)}`);
    failed += 1;
  }
}
process.exitCode = failed === 0 ? 0 : 1;
