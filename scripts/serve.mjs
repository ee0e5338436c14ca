/** A static server on the loopback address alone: what `npm start` serves and the browser tests open. Imports nothing that is installed. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { at, isMain } from './setup.mjs';

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.ico': 'image/x-icon', '.woff2': 'font/woff2', '.txt': 'text/plain; charset=utf-8', '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

/**
 * The file that an address means; null where it leaves the folder or is no address.
 * @param {string} dir
 * @param {string} url
 */
function fileOf(dir, url) {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    const file = normalize(join(dir, path.endsWith('/') ? `${path}index.html` : path));
    return file.startsWith(dir + sep) && !file.includes('\0') ? file : null;
  } catch {
    return null;
  }
}

/**
 * Serves `dir` on `port` or, unless `strict`, on the next free one; resolves with the address.
 * @param {string} dir
 * @param {number} port
 * @param {boolean} strict
 * @returns {Promise<string>}
 */
export function serve(dir, port, strict) {
  const server = createServer(async (request, response) => {
    const file = request.method === 'GET' || request.method === 'HEAD' ? fileOf(dir, request.url ?? '/') : null;
    const body = file === null ? null : await readFile(file).catch(() => null);
    if (file === null || body === null) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('not found\n');
      return;
    }
    // The files' names carry a hash of what is in them, the page's own does not: ask every time, a local answer is quick.
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-length': body.length, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  return new Promise((resolve, reject) => {
    let next = port;
    server.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code !== 'EADDRINUSE' || strict || next >= port + 100) reject(error);
      else server.listen(++next, '127.0.0.1');
    });
    server.on('listening', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : next}/`);
    });
    server.listen(port, '127.0.0.1');
  });
}

if (isMain(import.meta.url)) {
  const port = Number(process.argv[2] ?? 4173);
  console.log(await serve(at('dist'), port, true));
}
