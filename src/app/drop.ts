/** A file dropped anywhere on the page is imported. */
export function listenToDrops(): () => void {
  const over = (e: DragEvent): void => { if (e.dataTransfer?.types.includes('Files')) e.preventDefault(); };
  const drop = (e: DragEvent): void => {
    const file = e.dataTransfer?.files[0];
    if (file === undefined) return;
    e.preventDefault();
    void import('../store/import.ts').then((m) => m.importFile(file));
  };
  window.addEventListener('dragover', over);
  window.addEventListener('drop', drop);
  return () => { window.removeEventListener('dragover', over); window.removeEventListener('drop', drop); };
}
