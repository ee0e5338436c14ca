// The signs of the page, drawn on the pixel grid. Each has words beside it or in its button's name.
import type { ReactElement } from 'react';
import type { Sign } from '../../store/status.ts';

const stroke = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.5 } as const;
const icons = {
  start: <path d="M2.5 2v10M12 2L5 7l7 5z" fill="currentColor" stroke="currentColor" />,
  back: <path d="M9 2.5L4 7l5 4.5" {...stroke} />,
  out: <path d="M7 11V4M3.5 7L7 3.5 10.5 7M3 2h8" {...stroke} />,
  play: <path d="M4 2l8 5-8 5z" fill="currentColor" />,
  pause: <path d="M4 2.5h2.5v9H4zM8 2.5h2.5v9H8z" fill="currentColor" />,
  over: <><path d="M2 9c0-6 9-6 10-1M12 8.5V5M12 8.5H8.6" {...stroke} /><circle cx="7" cy="11" r="1.2" fill="currentColor" /></>,
  forward: <path d="M5 2.5L10 7l-5 4.5" {...stroke} />,
  end: <path d="M11.5 2v10M2 2l7 5-7 5z" fill="currentColor" stroke="currentColor" />,
  jiffy: <><circle cx="7" cy="7" r="4.8" {...stroke} /><path d="M7 4v3h2.5" {...stroke} /></>,
} as const;
export type IconName = keyof typeof icons;

export const Icon = ({ name }: { readonly name: IconName }): ReactElement => <svg className="icon" viewBox="0 0 14 14" aria-hidden="true">{icons[name]}</svg>;

const signs: Readonly<Record<Exclude<Sign, 'none'>, ReactElement>> = {
  busy: <><path d="M5 1a4 4 0 000 8z" fill="currentColor" /><circle cx="5" cy="5" r="3.8" fill="none" stroke="currentColor" /></>,
  kill: <path d="M1 1h8L5 9z" fill="currentColor" />,
  'user-kill': <path d="M1 5h8L5 9zM4 1h2v4H4z" fill="currentColor" />,
  ok: <path d="M1 5.5l2.6 2.6L9 2" fill="none" stroke="currentColor" strokeWidth="1.6" />,
  stuck: <circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" strokeWidth="1.4" />,
  stop: <rect x="1" y="1" width="8" height="8" fill="currentColor" />,
  no: <path d="M1.5 1.5l7 7m0-7l-7 7" stroke="currentColor" strokeWidth="1.6" />,
};
export const SignMark = ({ sign, className = '' }: { readonly sign: Sign; readonly className?: string }): ReactElement | null =>
  sign === 'none' ? null : <svg className={`sign sign-${sign} ${className}`} viewBox="0 0 10 10" aria-hidden="true">{signs[sign]}</svg>;
