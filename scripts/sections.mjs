/** What the long commands share: a command of named sections, of which a person may ask for some. */
import { ensureInstalled, node, at } from './setup.mjs';

/**
 * Installs, builds, and tells which sections were asked for: all of them where none is named. Leaves with a line about what is wrong.
 * @template T @param {string} command  as it is called  @param {Record<string, T>} sections  by name  @param {string[]} wanted
 * @returns {Promise<[string, T][]>}
 */
export async function chosen(command, sections, wanted) {
  const unknown = wanted.find((name) => !(name in sections));
  if (unknown !== undefined) {
    console.error(`oomscope: ${command}: expected a section (${Object.keys(sections).join(', ')}), found '${unknown}'`);
    process.exit(2);
  }
  ensureInstalled();
  const built = await node([at('scripts/build.mjs')], { quiet: true });
  if (built.status !== 0) {
    console.error(built.output);
    process.exit(1);
  }
  return Object.entries(sections).filter(([name]) => wanted.length === 0 || wanted.includes(name));
}
