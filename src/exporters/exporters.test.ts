import { describe, expect, it } from 'vitest';
import { parseScenario } from '../importers/scenario_json.ts';
import { stories } from '../scenarios/index.ts';
import { csvCell } from './csv.ts';
import { exporters } from './index.ts';
import { tinyRun } from './testing/tiny_run.ts';

const textOf = (id: string): string => [...(exporters.find((e) => e.id === id)?.write(tinyRun()) ?? [])].join('');

describe('csv', () => {
  const lines = textOf('csv').split('\n');
  it('has a line an event, with names', () => {
    expect(lines[0]).toBe('row,time_ns,cpu,task,comm,kind,a,b,c,text,stack');
    expect(lines.length).toBe(1 + 10 + 1);
    expect(lines[3]).toBe("2,15000000,0,2,'=hog,mark,0,0,1,mm_vmscan_wakeup_kswapd,");
    expect(lines[6]).toBe("5,30000000,0,2,'=hog,decide,3,0,-2147483648,free > min?,");
    expect(lines[8]).toContain(',log,0,0,0,Out of memory: Killed process 79 (hog),');
  });
  it('joins the functions of a stack, the outermost first', () => expect(lines[1].endsWith(',,"do_exit;say ""x"", y"')).toBe(true));
  it('keeps formulas from table programs', () => expect(['=1+1', '@x', '-2', '+3', 'a"b', 'plain'].map(csvCell)).toEqual(["'=1+1", "'@x", "'-2", "'+3", '"a""b"', 'plain']));
});

describe('dmesg', () => {
  it('stamps as the kernel does', () => expect(textOf('dmesg')).toBe('[    2.366483] Out of memory: Killed process 79 (hog)\n[12345.000000] later\n'));
});

describe('json', () => {
  it('has all columns, as long as the run', () => {
    const run = JSON.parse(textOf('json'));
    expect([run.format, run.version, run.kinds[9]]).toEqual(['oomscope-run', 1, 'mark']);
    for (const column of Object.values<number[]>(run.columns)) expect(column.length).toBe(10);
    expect(run.columns.time.slice(0, 3)).toEqual([10e6, 10e6, 15e6]);
  });
  it('is taken back by the importer of scenarios', () => expect(parseScenario(textOf('json'))).toEqual({ ok: true, value: stories[0] }));
});
