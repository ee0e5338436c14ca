/** How a run stands, in the words of the status line. */
import type { Ending, Outcome } from '../format/scenario.ts';

export type Phase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly timeNs: number; readonly untilNs: number }
  | { readonly kind: 'ended'; readonly outcome: Outcome }
  /** By the person, at this simulated time. */
  | { readonly kind: 'stopped'; readonly timeNs: number }
  | { readonly kind: 'failed'; readonly message: string };

/** The sign beside the words: a shape for each, so that colour is never alone. */
export type Sign = 'none' | 'busy' | 'kill' | 'user-kill' | 'ok' | 'stuck' | 'stop' | 'no';

export const seconds = (ns: number, digits: number): string => (ns / 1e9).toFixed(digits);

export function statusText(phase: Phase): string {
  switch (phase.kind) {
    case 'idle': return 'nothing runs';
    case 'running': return `running ${percent(phase.timeNs, phase.untilNs)} %`;
    case 'ended': return `ended: ${phase.outcome.text}`;
    case 'stopped': return `stopped at ${seconds(phase.timeNs, 3)} s`;
    case 'failed': return `failed: ${phase.message}`;
  }
}
const percent = (timeNs: number, untilNs: number): number => (untilNs > 0 ? Math.min(99, Math.floor((timeNs / untilNs) * 100)) : 0);

const endingSigns: Readonly<Record<Ending, Sign>> = {
  'oom-kill': 'kill', 'no-oom': 'ok', panic: 'no', deadlock: 'stuck', livelock: 'stuck', starvation: 'stuck', limit: 'stop',
};
export function statusSign(phase: Phase): Sign {
  switch (phase.kind) {
    case 'idle': return 'none';
    case 'running': return 'busy';
    case 'ended': return phase.outcome.ending === 'no-oom' && phase.outcome.userKills.length > 0 ? 'user-kill' : endingSigns[phase.outcome.ending];
    case 'stopped': return 'stop';
    case 'failed': return 'no';
  }
}
