/** A share link in a text: a whole address, its fragment alone, with or without the brackets and line breaks that mail puts around it. */
export function findLink(text: string): string | null {
  if (text.length > 200_000) return null;
  const joined = text.replace(/[\s<>"]+/g, '');
  const m = /^(?:(?:(?:https?:\/\/|file:\/\/|\/)[^#]*)?#)?(s(?:=|%3D).*)$/i.exec(joined);
  return m === null ? null : `#${m[1]}`;
}
