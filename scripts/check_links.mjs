/** Links with bits turned, cut, lengthened, and whole ones with nonsense inside: each is opened or refused in words, at once. */
import { library } from './library.mjs';

const LINKS = 100_000;
const MOST_MS = 1000;

/** @returns {Promise<{runs: number, bad: number, figure: string}>} */
export async function mutatedLinks() {
  const { ENGINE, fuzzLinks, stories } = await library(), [story] = stories;
  if (story === undefined) throw new Error('there is no story to link to');
  const content = {
    scenario: { ...story, seed: 7, sysctl: { ...story.sysctl, 'vm.swappiness': 10 } }, story: story.id, cursor: { event: 1234, timeNs: 567_890_123 },
    view: { fromNs: 0, toNs: 2e9, tab: 'State', task: 3, collapsed: ['pcp'], hidden: [], order: [] }, notes: [{ event: 10, timeNs: 1e6, text: 'here' }], compared: null, beside: null, engine: ENGINE, stateHash: '0123456789abcdef',
  };
  const { tried, refused, opened, longestMs, longestLink } = await fuzzLinks(content, stories, LINKS, 1, () => performance.now());
  if (longestMs > MOST_MS) console.log(`a link took ${longestMs.toFixed(0)} ms: ${longestLink.slice(0, 200)}`);
  return { runs: tried, bad: longestMs > MOST_MS ? 1 : 0, figure: `${refused} refused, ${opened} opened, none thrown; the slowest took ${longestMs.toFixed(1)} ms` };
}
