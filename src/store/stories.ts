/** The stories. Only the first is there when the page opens: the others, and what they tell, come when it has been drawn, or when one is asked for. */
import type { Scenario } from '../format/scenario.ts';
import { store } from './store.ts';

export async function allStories(): Promise<readonly Scenario[]> {
  const [{ stories }, { groupsOf }] = await Promise.all([import('../scenarios/index.ts'), import('./story_groups.ts')]);
  if (store.getState().stories !== stories) store.setState({ stories, groups: groupsOf(stories) });
  return stories;
}
