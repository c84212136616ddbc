import { useEffect, useRef, useState } from "preact/hooks";

// Bars, stacked where there are several series. A table with the same figures
// belongs beside it: the chart itself is one picture to a screen reader.

export interface Series {
  label: string;
  values: number[];
}

interface Props {
  /** Said by screen readers: what the chart shows. */
  label: string;
  /** Below the bars, one for each value. */
  names: string[];
  series: Series[];
  /** How an axis value or a tip is written. */
  format: (value: number) => string;
}

const height = 220;
const room = { left: 64, right: 8, top: 10, bottom: 26 };

/** The next of 1, 2, 5 × 10ⁿ. */
function step(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5, 10].find((f) => f * power >= value) ?? 10);
}

export function Bars({ label, names, series, format }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(600);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.max(240, Math.round(entry!.contentRect.width))));
    watch.observe(frame.current!);
    return () => watch.disconnect();
  }, []);
  const sums = names.map((_, i) => series.reduce((sum, s) => sum + (s.values[i] ?? 0), 0));
  const tick = step(Math.max(1e-9, ...sums) / 4);
  const top = tick * Math.max(1, Math.ceil(Math.max(0, ...sums) / tick));
  const y = (value: number) => height - room.bottom - (value / top) * (height - room.top - room.bottom);
  const each = (width - room.left - room.right) / Math.max(1, names.length);
  const bar = Math.min(48, each * 0.7);
  const sparse = Math.max(1, Math.ceil((8 * Math.max(1, ...names.map((n) => n.length))) / each));
  return (
    <div class="chart" ref={frame}>
      <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        {Array.from({ length: Math.round(top / tick) + 1 }, (_, i) => i * tick).map((v) => (
          <g key={v}>
            <line class="grid" x1={room.left} x2={width - room.right} y1={y(v)} y2={y(v)} />
            <text x={room.left - 8} y={y(v) + 4} text-anchor="end">{format(v)}</text>
          </g>
        ))}
        {names.map((name, i) => {
          const x = room.left + each * i;
          let below = 0;
          return (
            <g key={name + i} class="column">
              <title>{`${name}: ${series.map((s) => (series.length > 1 ? `${s.label} ` : "") + format(s.values[i] ?? 0)).join(", ")}`}</title>
              <rect class="hit" x={x} y={room.top} width={each} height={height - room.top - room.bottom} />
              {series.map((s, n) => {
                const from = below;
                below += s.values[i] ?? 0;
                return <rect class={`series-${n}`} x={x + (each - bar) / 2} width={bar} y={y(below)} height={Math.max(0, y(from) - y(below))} />;
              })}
              {i % sparse === 0 && <text x={x + each / 2} y={height - 8} text-anchor="middle">{name}</text>}
            </g>
          );
        })}
      </svg>
      {series.length > 1 && (
        <ul class="legend">{series.map((s, n) => <li><svg width="12" height="12" aria-hidden="true"><rect class={`series-${n}`} width="12" height="12" rx="3" /></svg>{s.label}</li>)}</ul>
      )}
    </div>
  );
}
