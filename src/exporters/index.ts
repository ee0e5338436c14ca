/** One exporter = one file and one line here. */
import { csv } from './csv.ts';
import { dmesg } from './dmesg.ts';
import { json } from './json.ts';
import type { Exporter } from './run_data.ts';

export const exporters = [csv, json, dmesg] as const satisfies readonly Exporter[];
