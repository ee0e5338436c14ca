import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parseZoneinfo } from './zoneinfo.ts';

const capture = (folder: string): string => readFileSync(new URL(`../../fixtures/captures/${folder}/zoneinfo.txt`, import.meta.url), 'utf8');
const real = capture('6.1-256M-1-hog');
const lineOf = (text: string, needle: string): number => text.split('\n').findIndex((l) => l.includes(needle)) + 1;
function problem(text: string): { line: number; column: number; message: string } {
  const r = parseZoneinfo(text);
  if (r.ok) throw new Error('the text was taken');
  return r.problem;
}

describe('zoneinfo of a real machine', () => {
  // the figures are those of the text: fixtures/captures/6.1-256M-1-hog/zoneinfo.txt
  it('gives zones, marks, reserves and lists', () => {
    const r = parseZoneinfo(real);
    if (!r.ok) throw new Error(r.problem.message);
    expect(r.value.cpus).toBe(1);
    expect(r.value.zones.map((z) => z.name)).toEqual(['DMA', 'DMA32', 'Normal', 'Movable', 'Device']);
    expect(r.value.zones[1]).toMatchObject({ node: 0, free: 45262, min: 428, low: 535, high: 642, spanned: 61408, present: 61408, managed: 51816, startPfn: 4096, pagesets: [{ cpu: 0, count: 58, high: 535, batch: 15 }] });
    expect(r.value.zones[0].protection).toEqual([0, 193, 193, 193, 193]);
    expect(r.value.nodeStats.get(0)?.get('nr_shmem')).toBe(220);
  });
  it('counts the CPUs from the lists', () => {
    const r = parseZoneinfo(capture('6.1-4G-4-idle'));
    expect(r.ok && r.value.cpus).toBe(4);
  });
  it('takes 6.12 with its promo line, CRLF, tabs, blank lines and fields it has never seen', () => {
    const text = capture('6.12-256M-1-hog').replace('        spanned', '        some_new_mark 12\n        spanned').replace('              batch: 1\n', '              batch: 1\n              new_limit: 3\n');
    for (const t of [text, text.replaceAll('\n', '\r\n'), text.replace(/^ +/gm, '\t'), `\n${text}\n\n`]) expect(parseZoneinfo(t).ok).toBe(true);
  });
  it('takes the boost off the marks', () => {
    const boosted = real.replace('boost    0\n        min      428\n        low      535\n        high     642', 'boost    512\n        min      940\n        low      1047\n        high     1154');
    const r = parseZoneinfo(boosted);
    expect(r.ok && r.value.zones[1]).toMatchObject({ boost: 512, min: 428, low: 535, high: 642 });
  });
  it('takes several nodes', () => {
    const second = real.replaceAll('Node 0', 'Node 1').replace('start_pfn:           1\n', 'start_pfn:           65536\n').replace('start_pfn:           4096', 'start_pfn:           69632');
    const r = parseZoneinfo(real + second);
    expect(r.ok && r.value.zones.length).toBe(10);
  });
});

describe('what is no zoneinfo is one clear line', () => {
  it('a number past 2^53: its line and column', () => {
    const text = real.replace('managed  51816', 'managed  9007199254740993');
    expect(problem(text)).toEqual({ line: lineOf(text, '9007199254740993'), column: 18, message: "expected a number below 2^53 for managed of zone DMA32, found '9007199254740993'" });
  });
  it('no number at all', () => expect(problem(real.replace('low      535', 'low      -5')).message).toBe("expected a whole number for low of zone DMA32, found '-5'"));
  it('a missing field names itself, its zone, and the line by which it had to come', () => {
    const text = real.replace('        managed  51816\n', '');
    expect(problem(text)).toEqual({ line: lineOf(text, 'zone   Normal'), column: 1, message: "expected 'managed' of node 0 zone DMA32 before this line, found none: the text is cut or a line is missing" });
  });
  it('a missing zone', () => {
    const at = real.indexOf('Node 0, zone    DMA32'), end = real.indexOf('Node 0, zone   Normal');
    expect(problem(real.slice(0, at) + real.slice(end)).message).toBe('expected 5 zones of node 0 (protection has 5 entries), found 4: DMA, Normal, Movable, Device');
  });
  it('zones in another order, or twice', () => {
    const at = real.indexOf('Node 0, zone    DMA32');
    expect(problem(real.slice(at) + real.slice(0, at)).message).toContain("expected zones in the kernel's order");
    expect(problem(real + real).message).toContain('found node 0 zone DMA after node 0 zone Device');
  });
  it('lines in another order', () => expect(problem(real.replace('  pagesets\n', '').replace('  pages free     45262\n', '  pagesets\n  pages free     45262\n')).message).toContain("in the kernel's order"));
  it('a line twice', () => expect(problem(real.replace('        cma      0\n', '        cma      0\n        min      33\n')).message).toBe('expected min of zone DMA once, found it again'));
  it('more free than managed, more managed than present', () => {
    expect(problem(real.replace('pages free     45262', 'pages free     51817')).message).toContain('expected free <= managed');
    expect(problem(real.replace('managed  51816', 'managed  61409')).message).toContain('expected managed <= present <= spanned');
  });
  it('another text, an empty one, a zone that nobody has', () => {
    expect(problem('hello\nworld')).toMatchObject({ line: 1, column: 1, message: "expected 'Node 0, zone ...', found 'hello'" });
    expect(problem('').message).toContain('found nothing');
    expect(problem(real.replace('zone    DMA32', 'zone    DMA64')).message).toContain("found 'DMA64'");
  });
  it('control characters do not reach the message', () => expect(problem('a\u001b[31mb').message).toBe("expected 'Node 0, zone ...', found 'a?[31mb'"));
  // what is lost behind the last needed line ('protection' of the last slot) is not missed
  it('cut anywhere: a problem with a line in the text, never a machine that is half there', () => {
    const needed = real.lastIndexOf('protection') + 'protection: (0, 0, 0, 0, 0)'.length;
    fc.assert(fc.property(fc.integer({ min: 0, max: needed - 1 }), (n) => {
      const cut = real.slice(0, n), p = problem(cut);
      return p.line >= 1 && p.line <= cut.split('\n').length + 1 && p.message.startsWith('expected');
    }), { numRuns: 300 });
  });
  it('any other damage: a value or a problem', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: real.length - 1 }), fc.string({ maxLength: 6 }), fc.integer({ min: 0, max: 40 }), (at, put, gone) => {
      const r = parseZoneinfo(real.slice(0, at) + put + real.slice(at + gone));
      return r.ok || r.problem.line >= 1;
    }), { numRuns: 300 });
  });
});
