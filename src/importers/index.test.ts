import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stories } from '../scenarios/index.ts';
import { importText } from './index.ts';
import { parseJson } from './json_text.ts';
import { findLink } from './share_link.ts';

const zoneinfo = readFileSync(new URL('../../fixtures/captures/6.12-256M-1-hog/zoneinfo.txt', import.meta.url), 'utf8');
const [story] = stories;
const kindOf = (text: string): string => {
  const r = importText(text, 'unknown');
  return r.ok ? r.value.kind : r.problem.message;
};

describe('a text is recognised by its content', () => {
  it('zoneinfo, a scenario, an exported run, a link', () => {
    expect(kindOf(zoneinfo)).toBe('machine');
    expect(kindOf(JSON.stringify(story, null, 2))).toBe('scenario');
    expect(kindOf(JSON.stringify({ format: 'oomscope-run', scenario: story, columns: {} }))).toBe('scenario');
    for (const link of ['#s=1.d.abc.AAAAAA', 's=1.d.abc.AAAAAA', 'https://example.org/oomscope/#s=1.d.abc.AAAAAA', '<https://example.org/#s=1.d.a\n bc.AAAAAA>']) expect(kindOf(link)).toBe('link');
  });
  it('a link broken by mail is joined', () => expect(findLink('<https://example.org/#s=1.d.a\r\n  bc.AAAAAA>')).toBe('#s=1.d.abc.AAAAAA'));
  it('anything else is one clear line', () => {
    expect(importText('Dear all,\nplease', 'mail.txt')).toEqual({ ok: false, problem: { line: 1, column: 1, message: "expected a share link, a scenario (JSON), /proc/zoneinfo; found 'mail.txt' that starts with 'Dear all,'" } });
    expect(kindOf('  \n')).toContain('found an empty text');
  });
  it('a kernel log is called one, wherever it was copied from', () => {
    const report = 'hog invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO), order=0, oom_score_adj=0', zones = "expected a share link, a scenario (JSON), /proc/zoneinfo; found a kernel log, which is not read yet";
    for (const before of ['[  123.456789] ', '<4>[  123.456789] ', 'Jun 20 14:02:11 box kernel: [  123.456789] ', '2026-06-20T14:02:11+00:00 box kernel: <4>[123.4] ', '[  123.456789][ T1234] ', '']) expect(kindOf(before + report), before).toBe(zones);
    expect(importText('Hi,\n\nthis is what I see:\n[    0.000000] Linux version 6.1.0', 'mail.txt')).toEqual({ ok: false, problem: { line: 4, column: 1, message: zones } });
    expect(kindOf('[1, 2]')).toContain("found 'unknown' that starts with '[1, 2]'");
  });
  it('min_free_kbytes is told from the marks, short of it by what the division of each zone drops', () => {
    const r = importText(zoneinfo, '');
    const told = r.ok && r.value.kind === 'machine' ? Number(r.value.sysctl['vm.min_free_kbytes']) : 0;
    expect(told).toBeGreaterThan(1830 - 8); // sysctl_vm.txt of the same machine
    expect(told).toBeLessThanOrEqual(1830);
  });
  it('no text makes it throw', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), fc.constantFrom('', '{', '[', '#s=', 'Node 0, zone DMA\n  pages free 1\n'), (text, before) => {
      const r = importText(before + text, 'f');
      return r.ok || r.problem.message.includes('expected');
    }), { numRuns: 300 });
  });
});

describe('JSON with places', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent), r = parseJson(text);
      if (!r.ok) throw new Error(r.problem.message);
      expect(r.value.value).toEqual(JSON.parse(text));
    }), { numRuns: 200 });
  });
  it('refuses what JSON.parse refuses', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 3 }), fc.nat(200), fc.constantFrom('', '"', ',', '}', '\\', 'x', '\n', '{'), (json, at, put) => {
      const text = json.slice(0, at % (json.length + 1)) + put + json.slice((at % (json.length + 1)) + 1);
      let fine = true;
      try { JSON.parse(text); } catch { fine = false; }
      const r = parseJson(text);
      return fine || !r.ok;
    }), { numRuns: 500 });
  });
  it('says where: of a fault of syntax, of a value, of a name twice', () => {
    expect(parseJson('{\n  "a": 1,\n  "b": tru\n}')).toMatchObject({ ok: false, problem: { line: 3, column: 8 } });
    expect(parseJson('{"a": 1,\n "a": 2}')).toMatchObject({ ok: false, problem: { line: 2, column: 2, message: "expected each name once in an object, found '\"a\": 2}'" } });
    expect(parseJson(`${'['.repeat(100)}`)).toMatchObject({ ok: false, problem: { column: 34 } });
    const r = parseJson('{"a": [1,\n   {"b": 2}]}');
    expect(r.ok && r.value.place(['a', 1, 'b'])).toEqual({ line: 2, column: 10 });
    expect(r.ok && r.value.place(['a', 1, 'c'])).toEqual({ line: 2, column: 4 });
  });
  it('a bad field of a scenario has its line and column', () => {
    const text = JSON.stringify(story, null, 2).replace('"cpus": 1', '"cpus": 0');
    const line = text.split('\n').findIndex((l) => l.includes('"cpus"')) + 1;
    expect(importText(text, '')).toEqual({ ok: false, problem: { line, column: 13, message: 'machine.cpus: expected >=1, found 0' } });
  });
});
