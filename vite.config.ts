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

export default defineConfig({
  base: './',
  plugins: [react(), policy],
  // The panels are written for React; what runs is Preact's own implementation of it, a seventh of the size (docs/decisions/preact.md).
  resolve: { alias: [{ find: /^react-dom(\/.*)?$/, replacement: 'preact/compat$1' }, { find: 'react/jsx-runtime', replacement: 'preact/jsx-runtime' }, { find: /^react$/, replacement: 'preact/compat' }] },
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    outDir: 'dist',
    // Nothing becomes a data: address, which the policy would refuse for fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
