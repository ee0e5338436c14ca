import { describe, expect, it } from 'vitest';
import { problemsOf, projectFiles } from './tidy.mjs';

/** Files that nothing is wrong with, for the planted ones to stand among. */
const HOUSE = {
  'src/base/units.ts': 'export const one = 1;\n',
  'src/format/rows.ts': "import { one } from '../base/units.ts';\nexport const two = one + one;\n",
  'src/sim/kfn.ts': 'export const kfn = (name: string) => name;\n',
  'src/kernel/mm/oom_kill.ts': "import { kfn } from '../../sim/kfn.ts';\nexport const outOfMemory = kfn('out_of_memory');\nexport const oomKillInner = kfn('__oom_kill');\n",
  'src/worker/main.ts': 'export const ready = true;\n',
  'src/client/client.ts': "export const url = new URL('../worker/main.ts', import.meta.url);\n",
  'src/panels/panel.ts': 'export type Panel = { readonly id: string };\n',
  'src/panels/lanes/lanes.tsx': "import type { Panel } from '../panel.ts';\nexport const lanes: Panel = { id: 'lanes' };\n",
  'src/variants/index.ts': "import { a } from './a.ts';\nimport { b } from './b.ts';\nexport const variants = [a, b];\n",
  'src/variants/a.ts': "export const a = 'a';\n",
  'src/variants/b.ts': "export const b = 'b';\n",
};
/** @param {Record<string, string>} planted */
const found = (planted) => problemsOf(new Map(Object.entries({ ...HOUSE, ...planted }))).map(({ file, line, problem }) => `${file}:${line}: ${problem}`);

describe('a clean house', () => {
  it('has no problems', () => { expect(found({})).toEqual([]); });
  it('may use words that only look like banned ones', () => {
    expect(found({
      'src/kernel/a.ts': [
        "export const text = 'any Date ** Math.random() async // TODO @ts-ignore';",
        'export const many = (x: { Date: number }): number => x.Date + Math.floor(Math.sqrt(2));',
        'export const wrong = (a: number, b: number): boolean => a !== b && !(a > b);',
      ].join('\n'),
    })).toEqual([]);
  });
  it('lets a test import what it likes', () => {
    expect(found({ 'src/base/units.test.ts': "import { it } from 'vitest';\nimport { ready } from '../worker/main.ts';\nit('runs', () => { if (!ready) throw new Error(); });\n" })).toEqual([]);
  });
});

describe('one planted fault is found on its line', () => {
  /** Text of a file, where it stands, what is said of its second line. @type {readonly (readonly [string, string, string])[]} */
  const FAULTS = [
    ['src/base/x.ts', "import { two } from '../format/rows.ts';", 'base does not import format'],
    ['src/panels/lanes/x.ts', "export type { one } from '../../kernel/mm/oom_kill.ts';", 'panels does not import kernel'],
    ['src/store/x.ts', "export const load = () => import('../worker/main.ts');", 'store does not import worker'],
    ['src/store/x.ts', "export const url = new URL('../worker/main.ts', import.meta.url);", 'store does not import worker'],
    ['src/client/x.ts', "import { ready } from '../worker/main.ts';", 'client does not import worker'],
    ['src/format/x.ts', "export type Ready = import('../worker/main.ts').ready;", 'format does not import worker'],
    ['src/utils/x.ts', "import { one } from '../base/units.ts';", 'utils is no known room: give it a line in MAY_IMPORT'],
    ['src/panels/zones/x.ts', "import { lanes } from '../lanes/lanes.tsx';", 'a panel never imports a panel'],
    ['src/variants/b.ts', "import { a } from './a.ts';", 'a variant never imports a variant'],
    ['src/analysis/x.ts', "import { useState } from 'react';", 'analysis does not import react'],
    ['src/run/x.ts', "import { readFileSync } from 'node:fs';", 'run does not import node:fs'],
    ['src/format/x.ts', "import { one } from '../base/units';", '../base/units is no file (an import names its file with the ending)'],
    ['src/sim/x.ts', 'export const now = new Date();', 'Date in the machine'],
    ['src/sim/x.ts', 'export const draw = Math.random();', 'Math.random in the machine'],
    ['src/kernel/x.ts', 'export const far = Math.hypot(3, 4);', 'Math.hypot in the machine'],
    ['src/kernel/x.ts', 'export const big = 2 ** 40;', '`**` differs between engines'],
    ['src/variants/x.ts', 'export const later = async () => 1;', 'async in the machine'],
    ['src/workloads/x.ts', 'export const shown = new Intl.NumberFormat();', 'Intl in the machine'],
    ['src/workloads/x.ts', "export const order = 'a'.localeCompare('b');", 'localeCompare in the machine: it follows the locale'],
    ['src/kernel/x.ts', 'export const when = globalThis.Date;', 'Date in the machine'],
    ['src/ui/x.ts', 'export const f = (x: any) => x;', '`any` switches the types off'],
    ['src/ui/x.ts', 'export const f = (x: string | null) => x!.length;', 'non-null `!`: use must() or a real check'],
    ['src/ui/x.ts', 'export class C { x!: number; }', 'a definite `!` on a field: assign it in the constructor'],
    ['src/ui/x.ts', '// @ts-expect-error', '@ts-expect-error switches the types off'],
    ['src/ui/x.ts', 'export default 1;', 'a default export: export it by name'],
    ['src/ui/x.ts', 'export default function f() {}', 'a default export: export it by name'],
    ['src/ui/x.ts', 'export enum E { A }', 'an enum: use a union or a const object'],
    ['src/ui/x.ts', 'export class C { constructor(readonly x: number) {} }', 'a parameter property: declare and assign the field'],
    ['src/ui/x.ts', '// TODO later', 'TODO: finish it or file it'],
    ['src/ui/x.test.ts', "it.only('a', () => {});", 'it.only: tests are switched off'],
    ['src/kernel/x.ts', "const killIt = kfn('__oom_kill_process', 1);", "kfn('__oom_kill_process') is to be called oomKillProcess or oomKillProcessInner, not killIt"],
    ['src/kernel/x.ts', 'const killIt = kfn(name, 1);', 'the name of a kfn is to be written out, so that it can be found'],
    ['README.md', `see ${'/'}work/notes`, 'a path of one machine'],
    ['fixtures/x', `out of ${'/'}tmp/x`, 'a path of one machine'],
  ];
  for (const [file, line, problem] of FAULTS) {
    it(`${problem}: ${line}`, () => { expect(found({ [file]: `\n${line}\nexport {};\n` })).toEqual([`${file}:2: ${problem}`]); });
  }
  it('a file that is too long', () => {
    expect(found({ 'src/ui/x.ts': 'export {};\n'.repeat(500) })).toEqual([]);
    expect(found({ 'src/ui/x.ts': 'export {};\n'.repeat(501) })).toEqual(['src/ui/x.ts:501: a file of 501 lines, at most 500']);
  });
  it('a function that is too long, but not a heading of tests', () => {
    const body = (/** @type {number} */ lines) => '  f();\n'.repeat(lines - 2);
    expect(found({ 'src/ui/x.ts': `\nexport function f() {\n${body(70)}}\n` })).toEqual([]);
    expect(found({ 'src/ui/x.ts': `\nexport function f() {\n${body(71)}}\n` })).toEqual(['src/ui/x.ts:2: a function of 71 lines, at most 70']);
    expect(found({ 'src/ui/x.ts': `\nexport const g = kfn('g', function* () {\n${body(71)}});\n` })).toEqual(['src/ui/x.ts:2: a function of 71 lines, at most 70']);
    expect(found({ 'src/ui/x.test.ts': `\ndescribe('x', () => {\n${body(71)}});\n` })).toEqual([]);
  });
  it('a file whose name is not snake_case', () => {
    expect(found({ 'src/ui/TimeAxis.tsx': 'export {};\n' })).toEqual(['src/ui/TimeAxis.tsx:1: file names are snake_case']);
  });
  it('no source at all', () => {
    expect(problemsOf(new Map()).map((p) => p.problem)).toEqual(['no source file was seen']);
  });
});

it('the project lists its own files', () => {
  const files = projectFiles();
  expect(files.get('scripts/tidy.mjs')).toContain('export');
  expect([...files.keys()].some((file) => file.includes('node_modules'))).toBe(false);
});
