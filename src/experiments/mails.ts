/** A mail as it is named in scenarios: `author, date, "subject"`, taken apart; and what each argues about. */
export interface Mail {
  readonly author: string;
  /** `20 Jun 2018`. */
  readonly date: string;
  readonly subject: string;
  /** What it argues about, in our own words; where it is not written down, its subject. */
  readonly about: string;
}
const ABOUT: readonly (readonly [author: string, date: string, about: string])[] = [
  ['Michal Hocko', '29 Jun 2018', 'RCU callbacks: notifier, shrinker or retry loop'],
  ['David Rientjes', '20 Jun 2018', 'notifier callbacks under oom_lock'],
  ['Michal Hocko', '31 Aug 2017', 'the reaper and mmu notifiers'],
  ['Andrea Arcangeli', '6 Nov 2004', 'mempools, reserves, where to kill'],
  ['Mel Gorman', '23 Sep 2020', 'where kvfree_rcu() gets its pages'],
];
/** `20 June 2018` and `20 Jun 2018` are the same day. */
const day = (date: string): string => date.replace(/[A-Za-z]+/, (month) => month.slice(0, 3));
export function mailOf(text: string): Mail {
  const [, author = text, date = '', subject = ''] = /^([^,]+), ([^,]+), "(.*)"$/.exec(text) ?? [];
  return { author, date: day(date), subject, about: ABOUT.find((m) => m[0] === author && m[1] === day(date))?.[2] ?? subject };
}
/** `Rientjes, 20 Jun 2018`. */
export const shortMail = ({ author, date }: Mail): string => [author.split(' ').at(-1), date].filter((part) => part !== '').join(', ');
