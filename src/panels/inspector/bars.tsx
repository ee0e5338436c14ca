// Bars of the inspector. Every bar stands beside its numbers; the bar itself is hidden from screen readers.
import type { ReactElement } from 'react';

const percent = (share: number): string => `${(Math.min(1, Math.max(0, share)) * 100).toFixed(2)}%`;

export interface ZoneLevels {
  readonly free: number;
  readonly min: number;
  readonly low: number;
  readonly high: number;
  readonly reserve: number;
}
/** Free pages against need: the reserve is a part of the demand, drawn as a bracket over it. More than the scale holds ends in an open edge. */
export function ZoneBar({ free, min, low, high, reserve }: ZoneLevels): ReactElement {
  const max = Math.max(1, (high + reserve) * 1.5), x = (v: number): string => percent(v / max);
  return (
    <svg className="zone-bar" aria-hidden="true">
      <rect className="fill-s3" y="9" width="100%" height="9" />
      <rect className="fill-run" y="9" width={x(free)} height="9" />
      {free > max && <rect className="fill-s1" x="97%" y="9" width="2" height="9" />}
      {reserve > 0 && <line className="line-oom" x1={x(min)} x2={x(min + reserve)} y1="6.5" y2="6.5" />}
      <line className="line-oom thick" x1={x(min + reserve)} x2={x(min + reserve)} y1="4" y2="21" />
      <line className="line-ink2" x1={x(low + reserve)} x2={x(low + reserve)} y1="7" y2="20" />
      <line className="line-ink2" x1={x(high + reserve)} x2={x(high + reserve)} y1="7" y2="20" />
    </svg>
  );
}

export interface Part {
  readonly name: string;
  readonly pages: number;
  /** As a CSS colour. */
  readonly fill: string;
}
export function StackBar({ parts, total }: { readonly parts: readonly Part[]; readonly total: number }): ReactElement {
  let before = 0;
  return (
    <svg className="stack-bar" aria-hidden="true">
      {parts.map(({ name, pages, fill }) => {
        const x = before / total;
        before += pages;
        return <rect key={name} fill={fill} x={percent(x)} width={percent(pages / total)} height="12" />;
      })}
    </svg>
  );
}

/** A list of pages as boxes of `step`, filled from the left; its limit is where the boxes end. */
export function Boxes({ value, limit }: { readonly value: number; readonly limit: number }): ReactElement {
  const boxes = 26, each = Math.max(1, Math.ceil(Math.max(limit, value, 1) / boxes)), width = 100 / boxes;
  return (
    <svg className="boxes" aria-hidden="true">
      {Array.from({ length: boxes }, (_, i) => {
        const fill = Math.min(1, Math.max(0, (value - i * each) / each)), x = `${(i * width).toFixed(2)}%`;
        return <g key={x}><rect className="box-edge" x={x} y="0.5" width={`${(width * 0.8).toFixed(2)}%`} height="9" />{fill > 0 && <rect className="fill-kswapd" x={x} width={`${(width * 0.84 * fill).toFixed(2)}%`} height="10" />}</g>;
      })}
    </svg>
  );
}
