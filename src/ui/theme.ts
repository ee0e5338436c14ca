/** Colours for canvases: read from the tokens, and read again when the theme changes. */

export const COLOUR_NAMES = ['bg', 's1', 's2', 's3', 'line', 'mark', 'ink', 'ink2', 'ink3', 'kswapd', 'direct', 'oom', 'ok', 'run', 'onfill', 'focus', 'sel', 'frame'] as const;
export type ColourName = (typeof COLOUR_NAMES)[number];
export type Theme = Readonly<Record<ColourName, string>> & { readonly font: string; readonly mono: string };

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement), value = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const colours = Object.fromEntries(COLOUR_NAMES.map((name) => [name, value(name)])) as Record<ColourName, string>;
  return { ...colours, font: value('font') || 'sans-serif', mono: value('mono') || 'monospace' };
}

let known: Theme | null = null;
const listeners = new Set<() => void>();
const changed = (): void => {
  known = null;
  for (const tell of listeners) tell();
};
let watching = false;
function watch(): void {
  if (watching) return;
  watching = true;
  for (const query of ['(prefers-color-scheme: light)', '(forced-colors: active)']) matchMedia(query).addEventListener('change', changed);
  new MutationObserver(changed).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
}
/** The theme of now. */
export function theme(): Theme {
  watch();
  return (known ??= readTheme());
}
export function onThemeChange(tell: () => void): () => void {
  watch();
  listeners.add(tell);
  return () => { listeners.delete(tell); };
}
