import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stories } from '../scenarios/index.ts';
import { main } from './program.ts';

const capture = (name: string): string => new URL(`../../fixtures/captures/${name}`, import.meta.url).pathname;
let dir = '';
beforeAll(() => { dir = mkdtempSync(join(tmpdir(), 'oomscope-')); });
afterAll(() => rmSync(dir, { recursive: true }));
function file(name: string, text: string): string {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
}
async function oomscope(...argv: string[]): Promise<{ status: number; out: string; err: string }> {
  let out = '', err = '';
  const status = await main(argv, { stdout: { write: (t) => { out += t; } }, stderr: { write: (t) => { err += t; } } });
  return { status, out, err };
}
const json = async (...argv: string[]) => JSON.parse((await oomscope(...argv, '--json')).out);

describe('list', () => {
  it('has the stories, the first of them one-hog, and what a run may be changed in', async () => {
    const l = await json('list');
    expect(l.stories[0]).toMatchObject({ id: 'one-hog', profile: 'v6.1', ends: 'oom-kill', mail: null });
    expect(l.profiles).toEqual(['v4.13', 'v4.17', 'v5.9', 'v6.1', 'v6.12']);
    expect(l.workloads.map((w: { id: string }) => w.id)).toContain('anon');
    expect((await oomscope('list')).out).toContain('one-hog');
  });
});

describe('explore', () => {
  it('finds the shortest bad schedule: status 1, and its link runs it', async () => {
    const asked = ['explore', 'reaper-check-race', '--knob', 'oomReaper.check=before'], x = await json(...asked);
    expect(x).toMatchObject({ story: 'reaper-check-race', knobs: { 'oomReaper.check': 'before' }, looksFor: 'unmap_under_notifier', bad: { what: 'unmap_under_notifier', deviations: 3 }, covered: { cut: 'bad' } });
    const run = await json('run', x.link);
    expect(run).toMatchObject({ story: 'reaper-check-race', knobs: { 'oomReaper.check': 'before' }, outcome: 'oom-kill', invariants: { broken: [] } });
    expect(run.hash).not.toBe((await json('run', 'reaper-check-race', '--knob', 'oomReaper.check=before')).hash);
    // a change drops the choices: they belong to the run in which they were found
    expect((await json('run', x.link, '--knob', 'oomReaper.check=after')).hash).toBe((await json('run', 'reaper-check-race', '--knob', 'oomReaper.check=after')).hash);
  });
  it('finds nothing: status 0, and says what was covered', async () => {
    const r = await oomscope('explore', 'reaper-check-race', '--knob', 'oomReaper.check=before', '--bound', '1');
    expect(r.status).toBe(0);
    expect(r.out).toMatch(/^no bad schedule with \d tasks up to \d+ steps with up to 1 deviation from the timed order, after \d+ schedules: orders that deviate more often were not tried, so others may be bad/);
  });
  it('refuses what cannot be explored, and a bound that is none', async () => {
    expect(await oomscope('explore', 'one-hog')).toMatchObject({ status: 2, err: 'oomscope: arguments:1:2: expected a story that says what makes a schedule bad (oom-lock-abba, oom-lock-abba-race, reaper-check-race), found one-hog\n' });
    expect(await oomscope('explore', 'oom-lock-abba', '--bound', '17')).toMatchObject({ status: 2, err: "oomscope: arguments:1:4: expected a whole number from 0 to 16 for the bound, found '17'\n" });
  });
});

// short runs: what the whole of a story comes to is the business of the engine's own tests
describe('run', () => {
  it('prints the summary, and the same hash every time', async () => {
    const short = ['run', 'one-hog', '--until', '600ms', '--seed', '3'], a = await json(...short), b = await json(...short);
    expect(a).toMatchObject({ story: 'one-hog', profile: 'v6.1', seed: 3, knobs: {}, outcome: 'no-oom', asExpected: false, kills: [], endNs: 600e6, invariants: { broken: [] } });
    expect(a.hash).toMatch(/^[0-9a-f]{16}$/);
    expect(a.hash).toBe(b.hash);
    expect(a.events).toBeGreaterThan(0);
    expect((await oomscope(...short)).status).toBe(1); // a kill was expected
  });
  it('takes a scenario, a machine or a link from a file', async () => {
    const scenario = file('s.json', JSON.stringify({ ...stories[0], untilNs: 1e6, ends: 'no-oom' }, null, 2));
    expect(await oomscope('run', scenario)).toMatchObject({ status: 0 });
    expect((await json('run', `${capture('6.1-4G-4-idle')}/zoneinfo.txt`, '--until', '1ms')).story).toBe('imported');
    const { fragment } = await json('link', 'one-hog', '--sysctl', 'vm.min_free_kbytes=4096', '--until', '1ms');
    expect((await json('run', fragment)).endNs).toBe(1e6);
    expect((await json('run', file('link.txt', `see <https://example.org/${fragment}>`.slice(4)))).endNs).toBe(1e6);
  });
});

describe('zoneinfo', () => {
  it('computes each figure of each populated zone', async () => {
    const figures = await json('zoneinfo', `${capture('6.1-256M-1-idle_min_free')}/zoneinfo.txt`, '--sysctl', 'vm.min_free_kbytes=16384');
    expect(figures.filter((f: { zone: string }) => f.zone === 'DMA').map((f: { field: string }) => f.field)).toEqual(['min', 'low', 'high', ...[0, 1, 2, 3, 4].map((i) => `protection[${i}]`), 'pcp.batch', 'pcp.high[0]']);
    // written after boot: all marks are those of the sizes shown. The reserve is from boot: 193 where the sizes of now give 202
    for (const f of figures) if (/^(min|low|high|pcp)/.test(f.field)) expect([f.field, f.computed, f.boot]).toEqual([f.field, f.kernel, false]);
    expect(figures[4]).toEqual({ node: 0, zone: 'DMA', field: 'protection[1]', kernel: 193, computed: 202, boot: true });
  });
  it('leaves the limits of the lists out where they tune themselves', async () => {
    const figures = await json('zoneinfo', `${capture('6.12-256M-1-idle_scale')}/zoneinfo.txt`, '--profile', 'v6.12', '--sysctl', 'vm.min_free_kbytes=1830', '--sysctl', 'vm.watermark_scale_factor=200');
    expect(figures.some((f: { field: string }) => f.field.startsWith('pcp.high'))).toBe(false);
    expect(figures.filter((f: { field: string; boot: boolean }) => f.field === 'low').map((f: { kernel: number; computed: number }) => [f.kernel, f.computed])).toEqual([[108, 108], [1434, 1434]]);
  });
  // 3998 and 61408 pages present: lowmem 261,624 kB, root of 16 times that 2045 kB = 511 pages, of once that 511 kB = 127 pages; shares by size; marks and discounts by rcu-mempool-io-locking.md 4.1
  it('--rules: the marks that the machine would have by those of 2004, and how far requests may go below', async () => {
    const zones = async (rules: string, ...more: string[]) => (await json('zoneinfo', `${capture('6.1-256M-1-hog')}/zoneinfo.txt`, '--rules', rules, ...more)).zones;
    const [dma, dma32, ...rest] = await zones('v2.6.11');
    expect(rest).toEqual([]);
    expect([dma.computed, dma32.computed]).toEqual([{ min: 31, low: 38, high: 46 }, { min: 479, low: 598, high: 718 }]);
    expect(dma32).toMatchObject({ zone: 'DMA32', free: 45_262, kernel: { min: 428, low: 535, high: 642 }, effectiveMin: { plain: 479, high: 240, harder: 360, both: 180 }, served: null });
    for (const rules of ['v2.6.9', 'v2.6.10-rc1']) {
      const [, z] = await zones(rules);
      expect([z.computed, z.effectiveMin]).toEqual([{ min: 119, low: 238, high: 357 }, { plain: 119, high: 59, harder: 90, both: 45 }]);
    }
    expect((await zones('v2.6.9', '--sysctl', 'vm.min_free_kbytes=2045')).map((z: { computed: unknown }) => z.computed)).toEqual([{ min: 31, low: 62, high: 93 }, { min: 479, low: 958, high: 1437 }]);
  });
  it('--rules with a profile: what the plain command says', async () => {
    const [, z] = (await json('zoneinfo', `${capture('6.1-256M-1-hog')}/zoneinfo.txt`, '--rules', 'v6.1')).zones;
    const figures = await json('zoneinfo', `${capture('6.1-256M-1-hog')}/zoneinfo.txt`);
    expect(Object.entries(z.computed)).toEqual(['min', 'low', 'high'].map((f) => [f, figures.find((g: { zone: string; field: string }) => g.zone === 'DMA32' && g.field === f).computed]));
  });
  it('--rules with buddyinfo: 3808 single pages are a block of eight to 2.6.9, and not to 2.6.11', async () => {
    const buddy = file('buddyinfo', 'Node 0, zone      DMA   3808 0 0 0 0 0 0 0 0 0 0\nNode 0, zone    DMA32      2 2 2 0 2 7 7 10 5 2 40\n'), asked = (rules: string) => ['zoneinfo', `${capture('6.1-256M-1-hog')}/zoneinfo.txt`, '--rules', rules, '--buddyinfo', buddy, '--order', '3'];
    const served = async (rules: string) => (await json(...asked(rules))).zones.map((z: { served: { plain: boolean; both: boolean } }) => [z.served.plain, z.served.both]);
    expect([await served('v2.6.9'), await served('v2.6.11')]).toEqual([[[true, true], [true, true]], [[false, false], [true, true]]]);
    const { out } = await oomscope(...asked('v2.6.11'));
    expect(out).toContain('v2.6.11: vm.min_free_kbytes 2045 kB');
    expect(out).toMatch(/DMA +3808 +33 41 49 +31 38 46 +31, refused/);
  });
  it('--rules: what is refused', async () => {
    const text = `${capture('6.1-256M-1-hog')}/zoneinfo.txt`;
    expect(await oomscope('zoneinfo', text, '--rules', 'v2.4')).toMatchObject({ status: 2, err: "oomscope: arguments:1:4: expected one of v2.6.9, v2.6.10-rc1, v2.6.11, v4.13, v4.17, v5.9, v6.1, v6.12, found 'v2.4'\n" });
    expect(await oomscope('zoneinfo', text, '--order', '3')).toMatchObject({ status: 2, err: 'oomscope: arguments:1:4: expected --order together with --rules\n' });
  });
});

describe('replay', () => {
  it('comes to the kill of the capture', async () => {
    const r = await json('replay', capture('6.1-256M-1-hog'));
    expect(r.events.filter((e: { name: string }) => e.name === 'mark_victim').map((e: { comm: string }) => e.comm)).toEqual(['hog']);
    expect(r.series.DMA32_free.length).toBe(r.series.tMs.length);
    expect(Object.keys(r.series)).toEqual(expect.arrayContaining(['DMA_free', 'DMA32_free', 'anon', 'file', 'slab', 'swap_used']));
  });
});

describe('export', () => {
  it('writes the rows', async () => {
    const out = join(dir, 'rows.csv'), done = await json('export', 'one-hog', '--to', 'csv', '-o', out, '--until', '501ms');
    const text = readFileSync(out, 'utf8');
    expect(done).toMatchObject({ file: out, format: 'csv', bytes: Buffer.byteLength(text) });
    expect(text.trimEnd().split('\n').length).toBe(done.events + 1);
  });
});

describe('what is wrong with the input is one line, and status 2', () => {
  const zoneinfo = readFileSync(`${capture('6.1-256M-1-hog')}/zoneinfo.txt`, 'utf8');
  const scenario = (change: (s: Record<string, unknown> & { machine: Record<string, unknown> }) => void): string => {
    const s = JSON.parse(JSON.stringify(stories[0]));
    change(s);
    return JSON.stringify(s, null, 2);
  };
  async function refused(expected: RegExp, ...argv: string[]): Promise<void> {
    const r = await oomscope(...argv);
    expect(r).toMatchObject({ status: 2, out: '' });
    expect(r.err).toMatch(/^oomscope: [^\n]*:[1-9]\d*:[1-9]\d*: [^\n]*\n$/);
    expect(r.err).toMatch(expected);
  }
  it('no command, an unknown one, an unknown story', async () => {
    await refused(/arguments:1:1: expected a command \(list, run, /);
    await refused(/found 'runn'/, 'runn');
    await refused(/arguments:1:2: expected a story \(one-hog.*a file or a link, found 'two-hogs'/, 'run', 'two-hogs');
  });
  it('options: a knob, a sysctl, a profile, a seed, a time that cannot be', async () => {
    await refused(/arguments:1:4: expected a knob \(.*\), found colour/, 'run', 'one-hog', '--knob', 'colour=red');
    await refused(/:1:4: expected one of on, off for pcp.drainOnReclaim, found maybe/, 'run', 'one-hog', '--knob', 'pcp.drainOnReclaim=maybe');
    await refused(/:1:4: expected a number from .* for vm.min_free_kbytes, found 1/, 'run', 'one-hog', '--sysctl', 'vm.min_free_kbytes=1');
    await refused(/:1:4: expected a whole number for vm.swappiness, found 'high'/, 'run', 'one-hog', '--sysctl', 'vm.swappiness=high');
    await refused(/:1:4: expected a profile \(v4.13, v4.17, v5.9, v6.1, v6.12\), found 'v7'/, 'run', 'one-hog', '--profile', 'v7');
    await refused(/:1:4: expected a whole number from 0 to 4294967295 for the seed, found '-1'/, 'run', 'one-hog', '--seed', '-1');
    await refused(/:1:4: expected a duration with its unit/, 'run', 'one-hog', '--until', '5');
  });
  it('links: cut, altered, of another schema', async () => {
    const { fragment } = await json('link', 'one-hog', '--seed', '9');
    await refused(/^oomscope: link:1:\d+: .*the link is cut/, 'run', fragment.slice(0, -8));
    await refused(/the link is cut or was altered/, 'run', fragment.replace(/.{12}$/, (end: string) => `${end[0] === 'x' ? 'y' : 'x'}${end.slice(1)}`));
    await refused(/link:1:4: expected a link of schema 1, .*, found schema 7/, 'run', fragment.replace('#s=1.', '#s=7.'));
    await refused(/\/cut.txt:1:\d+: .*the link is cut/, 'run', file('cut.txt', fragment.slice(0, 40)));
  });
  it('zoneinfo: a zone is missing, a number past 2^53, the end', async () => {
    const at = zoneinfo.indexOf('Node 0, zone    DMA32'), end = zoneinfo.indexOf('Node 0, zone   Normal');
    await refused(/\/zones.txt:\d+:1: expected 5 zones of node 0/, 'zoneinfo', file('zones.txt', zoneinfo.slice(0, at) + zoneinfo.slice(end)));
    await refused(/\/big.txt:\d+:\d+: expected a number below 2\^53 for spanned of zone DMA32, found '99999999999999999999'/, 'zoneinfo', file('big.txt', zoneinfo.replace('spanned  61408', 'spanned  99999999999999999999')));
    await refused(/\/half.txt:\d+:1: expected .*before this line, found none: the text is cut or a line is missing/, 'zoneinfo', file('half.txt', zoneinfo.slice(0, at + 200)), '--json');
    await refused(/no-such-file:1:1: expected a readable file/, 'zoneinfo', join(dir, 'no-such-file'));
  });
  it('scenarios: no CPU, no pages, a watermark above the zone, fields nobody knows, a broken text', async () => {
    const line = (text: string, what: string): number => text.split('\n').findIndex((l) => l.includes(what)) + 1;
    const noCpu = scenario((s) => { s.machine.cpus = 0; });
    await refused(new RegExp(`/a.json:${line(noCpu, '"cpus"')}:13: machine.cpus: expected >=1, found 0`), 'run', file('a.json', noCpu));
    await refused(/machine.zones\[0\].managed: expected >=1, found 0/, 'run', file('b.json', scenario((s) => { Object.assign((s.machine.zones as object[])[0], { managed: 0 }); })));
    await refused(/sysctl.vm.min_free_kbytes: expected at most the 222624 kB/, 'run', file('c.json', scenario((s) => { s.sysctl = { 'vm.min_free_kbytes': 300000 }; })));
    await refused(/expected no field "colour", found it/, 'run', file('d.json', scenario((s) => { s.colour = 'red'; })));
    await refused(/\/e.json:3:3: expected ',' or '}', found/, 'run', file('e.json', '{\n  "id": "x"\n  "title": "y"\n}'));
    await refused(/expected a workload \(.*\), found 'crypto'/, 'run', file('f.json', scenario((s) => { s.workloads = [{ type: 'crypto' }]; })));
    await refused(/expected a parameter of anon \(.*\), found 'mbb'/, 'run', file('g.json', scenario((s) => { s.workloads = [{ type: 'anon', mbb: 1 }]; })));
    await refused(/expected words of .* with \| between them for gfp, found 'GFP_X'/, 'run', file('gfp.json', scenario((s) => { s.workloads = [{ type: 'asker', gfp: 'GFP_KERNEL|GFP_X' }]; })));
    await refused(/expected one of normal, idle for policy, found 'fifo'/, 'run', file('policy.json', scenario((s) => { s.workloads = [{ type: 'asker', policy: 'fifo' }]; })));
  });
  it('captures: no directory, a file that is missing, a workload that is not there', async () => {
    await refused(/expected a directory with a capture/, 'replay', join(dir, 'nothing'));
    await refused(/meta.json:1:1: expected this file of the capture/, 'replay', dir);
  });
});
