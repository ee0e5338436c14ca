/** A mail as it is named in scenarios: `author, date, "subject"`, taken apart; and what each argues about. */
export interface Mail {
  readonly author: string;
  readonly date: string;
  readonly subject: string;
  /** What it argues about, in our own words; where it is not written down, its subject. */
  readonly about: string;
}
const ABOUT: readonly (readonly [author: string, date: string, about: string])[] = [
  ['Michal Hocko', '29 June 2018', 'RCU callbacks: notifier, shrinker or retry loop'],
  ['David Rientjes', '20 June 2018', 'notifier callbacks under oom_lock'],
  ['Michal Hocko', '31 August 2017', 'the reaper and mmu notifiers'],
  ['Andrea Arcangeli', '6 November 2004', 'mempools, reserves, where to kill'],
  ['Mel Gorman', '23 September 2020', 'where kvfree_rcu() gets its pages'],
];
export function mailOf(text: string): Mail {
  const [, author = text, date = '', subject = ''] = /^([^,]+), ([^,]+), "(.*)"$/.exec(text) ?? [];
  return { author, date, subject, about: ABOUT.find((m) => m[0] === author && m[1] === date)?.[2] ?? subject };
}
/** `Rientjes, 20 June 2018`. */
export const shortMail = ({ author, date }: Mail): string => [author.split(' ').at(-1), date].filter((part) => part !== '').join(', ');
