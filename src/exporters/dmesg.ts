/** The kernel log with its stamps, as dmesg prints it: seconds in a field of five, six digits behind the point. */
import type { LogLine } from '../format/machine.ts';
import type { Exporter } from './run_data.ts';

export function dmesgLine(line: LogLine): string {
  const us = Math.floor(line.timeNs / 1000);
  return `[${String(Math.floor(us / 1_000_000)).padStart(5)}.${String(us % 1_000_000).padStart(6, '0')}] ${line.text}`;
}
export const dmesg: Exporter = {
  id: 'dmesg',
  doc: 'the kernel log',
  fileName: (s) => `${s.id}.dmesg.txt`,
  *write({ tables }) {
    for (const line of tables.log) yield `${dmesgLine(line)}\n`;
  },
};
