import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COST_TABLE, costsFor } from './costs.ts';

const figure = (n: number): string => String(n).replace(/(?=(?:\d{3})+$)(?!^)/g, ',');

test('docs/model.md tells every cost, with the figures of both versions and where each is from', () => {
  const textOf = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8'), doc = textOf('../../docs/model.md');
  const sources = new Map([...textOf('./costs.ts').matchAll(/^  (\w+): row\(\d+, \d+\), \/\/ (.*)$/gm)].map(([, name, source]) => [name, source]));
  const rest = doc.split('| row | 6.1, ns |')[1].split('\n').slice(2), told = rest.slice(0, rest.findIndex((line) => !line.startsWith('|')));
  expect(told).toEqual(Object.entries(COST_TABLE).map(([name, r]) => {
    const source = sources.get(name) ?? 'nothing: a row without a source';
    return `| \`${name}\` | ${figure(r.v6_1)} | ${figure(r.v6_12)} | ${source.startsWith('chosen') ? '' : 'read off: '}${source} |`;
  }));
});
test('a machine half as fast takes twice as long for everything', () => {
  expect(costsFor('v6.12', 2000)).toEqual(Object.fromEntries(Object.entries(COST_TABLE).map(([name, r]) => [name, 2 * r.v6_12])));
});
