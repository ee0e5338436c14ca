/** The hook of native_ts.mjs, in the thread that Node gives to hooks. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transformWithOxc } from 'vite';

/** @type {import('node:module').LoadHook} */
export async function load(url, context, next) {
  const [plain = url] = url.split('?');
  if (!plain.startsWith('file:') || !plain.endsWith('.ts')) return next(url, context);
  const file = fileURLToPath(plain), { code, map } = await transformWithOxc(await readFile(file, 'utf8'), file, { lang: 'ts', sourcemap: true });
  return { format: 'module', shortCircuit: true, source: `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}` };
}
