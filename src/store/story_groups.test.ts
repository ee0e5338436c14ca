import { describe, expect, it } from 'vitest';
import type { Scenario } from '../format/scenario.ts';
import { stories } from '../scenarios/index.ts';
import { groupsOf } from './story_groups.ts';

const story = (id: string, mail?: string): Scenario => ({ ...stories[0], id, ...(mail === undefined ? {} : { mail }) });
const told = (list: readonly Scenario[]): unknown => groupsOf(list).map((g) => [g.label, g.stories.map((s) => s.id)]);

describe('the list of stories', () => {
  it('is grouped by mail, with what it argues about; the first ones without a mail are the basics, later ones come last', () => {
    const one = 'David Rientjes, 20 June 2018, "Re: [rfc patch] mm, oom: fix unnecessary killing"', two = 'A. Nobody, 1 Jan 2020, "Of something"';
    expect(told([story('a'), story('b'), story('c', one), story('d'), story('e', two), story('f', one)])).toEqual([
      ['Basics', ['a', 'b']], ['Rientjes, 20 Jun 2018: notifier callbacks under oom_lock', ['c', 'f']], ['Nobody, 1 Jan 2020: Of something', ['e']], ['Others', ['d']],
    ]);
  });
  it('without any mail is all basics', () => {
    expect(told([story('a'), story('b')])).toEqual([['Basics', ['a', 'b']]]);
    expect(told([])).toEqual([]);
  });
  it('has every story once, and begins with the first', () => {
    const all = groupsOf(stories).flatMap((g) => g.stories);
    expect([all.length, new Set(all).size, all[0].id]).toEqual([stories.length, stories.length, 'one-hog']);
    expect(groupsOf(stories).every((g) => g.stories.length > 0)).toBe(true);
  });
});
