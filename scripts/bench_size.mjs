/** How many bytes of JavaScript the built page fetches until its first story is drawn, compressed as a static host sends them. */
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { gzipSync } from 'node:zlib';
import ts from 'typescript';
import { at } from './setup.mjs';

/** What a built file imports at once, and the worker that it starts; what it imports later is left out. @param {string} text */
function needs(text) {
  /** @type {string[]} */
  const found = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) found.push(node.moduleSpecifier.text);
    if (ts.isNewExpression(node) && node.expression.getText() === 'Worker') {
      const address = /new URL\((?:\/\*.*?\*\/\s*)?["'`]([^"'`]+\.js)/.exec(node.arguments?.[0]?.getText() ?? '');
      if (address?.[1]) found.push(address[1]);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('built.js', text, ts.ScriptTarget.Latest, true));
  return found;
}

/** @returns {Map<string, number>} file of dist -> bytes as sent */
function fetched() {
  const html = readFileSync(at('dist/index.html'), 'utf8');
  const queue = [...html.matchAll(/(?:src|href)="\.\/([^"]+\.js)"/g)].map((m) => m[1] ?? '');
  /** @type {Map<string, number>} */
  const bytes = new Map();
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    if (bytes.has(file)) continue;
    if (!existsSync(at('dist', file))) throw new Error(`the built page names ${file}, which is not in dist`);
    const text = readFileSync(at('dist', file), 'utf8');
    bytes.set(file, gzipSync(text, { level: 9 }).length);
    // An address that starts with a slash is one from the worker's place in the built folder.
    for (const need of needs(text)) queue.push(need.startsWith('/') ? need.slice(1) : posix.join(posix.dirname(file), need));
  }
  return bytes;
}

export function firstLoad() {
  const bytes = fetched();
  const sum = [...bytes.values()].reduce((a, b) => a + b, 0);
  return [
    ...[...bytes].map(([file, size]) => ({ figure: file, value: size / 1000, unit: 'kB gz', digits: 1 })),
    { figure: 'first load, all scripts and the worker', value: sum / 1000, unit: 'kB gz', digits: 1, goal: '<= 150', alarm: (/** @type {number} */ kb) => kb > 180 },
  ];
}
