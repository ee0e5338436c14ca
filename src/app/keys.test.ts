import { describe, expect, it, vi } from 'vitest';

vi.mock('../scenarios/index.ts', () => ({ stories: [{ id: 'none' }] }));
const { actionOf } = await import('./keys.ts');

/** An element that has, or stands in, what these selectors name. */
const within = (...names: string[]) => ({ closest: ((selectors: string) => (selectors.split(',').some((s) => names.includes(s.trim())) ? ({} as Element) : null)) as Element['closest'] });
const key = (k: string, code = '', shiftKey = false) => ({ key: k, code, shiftKey });

describe('keys', () => {
  it('step, search and zoom wherever nothing has keys of its own', () => {
    for (const k of ['.', ',', 'n', 'p', 'w', 'a', 's', 'd', 'f', 'm', 'g', '/', '?', ' ', 'ArrowLeft']) expect(actionOf(key(k), within('body'))).toBeTypeOf('function');
  });
  it('take capital letters for small ones', () => {
    expect(actionOf(key('N', 'KeyN', true), null)).toBe(actionOf(key('n', 'KeyN'), null));
  });
  it('go to the next station of an object, and with Shift to the one before', () => {
    const next = actionOf(key('o', 'KeyO'), null), before = actionOf(key('O', 'KeyO', true), null);
    expect([next, before].map((act) => typeof act)).toEqual(['function', 'function']);
    expect(before).not.toBe(next);
    expect(actionOf(key('O', 'KeyO'), null)).toBe(next); // Caps Lock is no Shift
  });
  it('step into a call, out of it and by a jiffy, and each the other way with Shift', () => {
    const both = ['i', 'u', 'j'].flatMap((k) => [actionOf(key(k), null), actionOf(key(k.toUpperCase(), '', true), null)]);
    expect(both.map((act) => typeof act)).toEqual(Array.from({ length: 6 }, () => 'function'));
    expect(new Set(both).size).toBe(6);
  });
  it('leave to a row of tabs its arrows and Space, and step all the same: who has just chosen Events goes on by keys', () => {
    const tab = within('[role="tab"]');
    for (const own of ['ArrowLeft', 'ArrowRight', ' ']) expect(actionOf(key(own), tab)).toBeUndefined();
    for (const ours of ['.', 'n', 'l']) expect(actionOf(key(ours), tab)).toBeDefined();
  });
  it('leave text fields, lists and dialogs alone', () => {
    for (const place of ['input', 'select', 'textarea', '[role="listbox"]', 'dialog']) expect(actionOf(key('.'), within(place))).toBeUndefined();
  });
  it('let Space press the button that has the focus, while letters still act there', () => {
    expect(actionOf(key(' '), within('button'))).toBeUndefined();
    expect(actionOf(key('.'), within('button'))).toBeTypeOf('function');
  });
  it('leave the arrows to the time slider', () => {
    expect(actionOf(key('ArrowLeft'), within('[role="slider"]'))).toBeUndefined();
  });
  it('step over a call with Shift, also where Shift and the dot give another sign', () => {
    const over = actionOf(key('>', 'Period', true), null);
    expect(over).toBeTypeOf('function');
    expect(actionOf(key(':', 'Period', true), null)).toBe(over);
    expect(actionOf(key('.', 'Period'), null)).not.toBe(over);
  });
});
