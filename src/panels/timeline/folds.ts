/** Which of the lines that stand for others are unfolded: the idle kernel threads, and the tasks that have no line of their own. A look of this panel, in no link. */
import { useStore as useZustand } from 'zustand';
import { createStore } from 'zustand/vanilla';

export type Fold = 'idle' | 'rest';
export const folds = createStore<{ readonly open: readonly Fold[] }>(() => ({ open: [] }));
export const useFolds = (): readonly Fold[] => useZustand(folds, (s) => s.open);
export function toggleFold(fold: Fold): void {
  const { open } = folds.getState();
  folds.setState({ open: open.includes(fold) ? open.filter((one) => one !== fold) : [...open, fold] });
}
