import { beforeEach, describe, expect, it, vi } from 'vitest';

vi.mock('../scenarios/index.ts', () => ({ stories: [{ id: 'none' }] }));
const place = { hash: '', pathname: '/site/', search: '' };
vi.stubGlobal('location', place);
vi.stubGlobal('history', { pushState: (_: unknown, __: string, to: string) => { place.hash = to.startsWith('#') ? to : ''; } });
const { addressOf, cardOf, follow, hashOfRun, keepAddress, showCards, showRun } = await import('./pages.ts');
const { store } = await import('./store.ts');
keepAddress();

/** As the browser does it: the address changes, then the page hears of it. */
function go(hash: string): boolean {
  const before = place.hash;
  place.hash = hash;
  return follow(before);
}
const page = (): unknown[] => [store.getState().page, store.getState().card, place.hash];

describe('an address', () => {
  it('is the cards, one card, or a run', () => {
    expect([cardOf('#experiments'), cardOf('#experiments/oom-gates'), cardOf(''), cardOf('#s=1.p.x.y'), cardOf('#experiments/'), cardOf('#experiments/a b')]).toEqual([null, 'oom-gates', undefined, undefined, undefined, undefined]);
  });
  it('without a fragment is that of the page itself', () => {
    expect([addressOf(''), addressOf('#s=x')]).toEqual(['/site/', '#s=x']);
  });
});
describe('the pages', () => {
  beforeEach(() => { place.hash = '#s=one'; store.setState({ page: 'run', card: null }); });

  it('go to the cards and back to the run that is there, without opening its link again', () => {
    expect([go('#experiments'), ...page()]).toEqual([true, 'experiments', null, '#experiments']);
    expect(hashOfRun()).toBe('#s=one');
    expect([go('#experiments/oom-gates'), ...page()]).toEqual([true, 'experiments', 'oom-gates', '#experiments/oom-gates']);
    expect([go('#s=one'), ...page()]).toEqual([true, 'run', 'oom-gates', '#s=one']);
  });
  it('leave another run to who opens links', () => {
    go('#experiments');
    expect(go('#s=two')).toBe(false);
    expect(go('#s=three')).toBe(false);
  });
  it('are turned by name, and the run has its own address again', () => {
    showCards('oom-gates');
    expect(page()).toEqual(['experiments', 'oom-gates', '#experiments/oom-gates']);
    showRun();
    expect(page()).toEqual(['run', 'oom-gates', '#s=one']);
  });
  it('stop what plays when the cards come', () => {
    store.setState({ playing: true });
    showCards();
    expect(store.getState().playing).toBe(false);
  });
});
