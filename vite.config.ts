import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** No inline script or style, no eval, no connection to anywhere: the page needs nothing but its own files. */
const POLICY = [
  "default-src 'none'", "script-src 'self'", "worker-src 'self'", "style-src 'self'", "img-src 'self' data: blob:",
  "font-src 'self'", "connect-src 'none'", "base-uri 'none'", "form-action 'none'",
].join('; ');

/** Puts the policy first in the head of the built page. The development server reloads modules over a socket and injects styles, so it goes without. */
const policy: Plugin = {
  name: 'oomscope-policy',
  apply: 'build',
  transformIndexHtml: () => [{ tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY }, injectTo: 'head-prepend' }],
};

/** What a file imports at once, and what that imports. */
function needs(entry: string, info: (id: string) => { readonly importedIds: readonly string[] } | null): Set<string> {
  const found = new Set([entry]);
  for (const id of found) for (const next of info(id)?.importedIds ?? []) found.add(next);
  return found;
}
/** All that the first picture needs of the page, or of the worker, is one file: pieces of their own, as the bundler makes them for what later files share, compress worse and are fetched one by one. */
const oneFile = (entry: string): { debugName: string; name: (id: string, ctx: { getModuleInfo: (id: string) => { readonly importedIds: readonly string[] } | null }) => string | null } => {
  const start = new URL(entry, import.meta.url).pathname;
  let first: Set<string> | undefined;
  return { debugName: 'first', name: (id, ctx) => ((first ??= needs(start, (file) => ctx.getModuleInfo(file))).has(id) ? 'first' : null) };
};

export default defineConfig({
  base: './',
  plugins: [react(), policy],
  // The panels are written for React; what runs is Preact's own implementation of it, a seventh of the size (docs/decisions/preact.md).
  resolve: { alias: [{ find: /^react-dom(\/.*)?$/, replacement: 'preact/compat$1' }, { find: 'react/jsx-runtime', replacement: 'preact/jsx-runtime' }, { find: /^react$/, replacement: 'preact/compat' }] },
  worker: { format: 'es', rolldownOptions: { output: { codeSplitting: { groups: [oneFile('src/worker/main.ts')] } } } },
  build: {
    target: 'es2023',
    outDir: 'dist',
    // Nothing becomes a data: address, which the policy would refuse for fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: [oneFile('src/main.tsx')] } } },
  },
});
