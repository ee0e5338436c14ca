/** The stories by what they belong to: many a title says little without the mail that it answers. */
import { mailOf, shortMail } from '../experiments/mails.ts';
import type { Scenario } from '../format/scenario.ts';

export interface StoryGroup {
  readonly label: string;
  readonly stories: readonly Scenario[];
}
/** What a person meets first: stories of no mail that stand before the first mail's. */
const BASICS = 'Basics', OTHERS = 'Others';

function labelOf(text: string): string {
  const mail = mailOf(text);
  return [shortMail(mail), mail.about].filter((part) => part !== '').join(': ');
}
/** Groups in the order in which their first stories come, and within them the stories in theirs; what belongs to no mail and is not basic comes last. */
export function groupsOf(stories: readonly Scenario[]): readonly StoryGroup[] {
  const first = stories.findIndex((s) => s.mail !== undefined), basic = first < 0 ? stories.length : first;
  const labels = stories.map((s, i) => (s.mail !== undefined ? labelOf(s.mail) : i < basic ? BASICS : OTHERS));
  const listed = [...new Set(labels)].map((label): StoryGroup => ({ label, stories: stories.filter((_, i) => labels[i] === label) }));
  return [...listed.filter((g) => g.label !== OTHERS), ...listed.filter((g) => g.label === OTHERS)];
}
