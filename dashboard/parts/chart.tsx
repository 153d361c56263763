import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { localTime, number } from './format';

export type Line = {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** A dashed line, such as an objective. */
  readonly isGoal?: boolean;
};

type ChartProps = {
  readonly name: string;
  /** ISO 8601, oldest first. */
  readonly at: readonly string[];
  readonly lines: readonly Line[];
  readonly unit: string;
};

const height = 110;
const strokeNames = ['--chart-1', '--chart-2', '--chart-3'];
/** Distances of the marks on the axis of time, seconds: never closer than a minute. */
const steps = [60, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400];
const rowsShown = 30;

/** A mark of the axis: thousands apart, a part of one as it is. */
const axisNumber = (value: number) => (Number.isInteger(value) ? number(value) : String(value));

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function optionsOf({ lines, unit }: ChartProps, width: number): uPlot.Options {
  const text = colour('--text-quiet');
  const strokes = strokeNames.map(colour);
  const axis = { stroke: text, font: '11px system-ui', grid: { stroke: colour('--line-quiet'), width: 1 } };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    scales: { y: { range: (_chart, _min, max) => [0, Math.max(1, (max ?? 1) * 1.15)] } },
    axes: [
      {
        ...axis,
        size: 26,
        incrs: steps,
        values: (_chart, splits) =>
          splits.map((at) => localTime(new Date(at * 1_000).toISOString(), at * 1_000)),
      },
      {
        ...axis,
        size: 46,
        space: 30,
        values: (_chart, splits) => splits.map((value) => `${axisNumber(value)}${unit}`),
      },
    ],
    series: [
      {},
      ...lines.map(({ label, isGoal }, index) => ({
        label,
        stroke: isGoal ? colour('--danger-text') : strokes[index % strokes.length],
        width: isGoal ? 1 : 2,
        ...(isGoal ? { dash: [4, 4], points: { show: false } } : {}),
        spanGaps: false,
      })),
    ] as uPlot.Series[],
  };
}

/** Lines over time, and the same numbers as a table: a canvas says nothing to a screen reader. */
export function Chart(props: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const { name, at, lines } = props;
  const key = lines.map(({ label }) => label).join();
  const data = [
    at.map((one) => Date.parse(one) / 1_000),
    ...lines.map(({ values }) => [...values]),
  ] as uPlot.AlignedData;
  const chart = useRef<uPlot | null>(null);
  useEffect(() => {
    const { current } = place;
    if (current === null) return undefined;
    const draw = () => {
      chart.current?.destroy();
      chart.current = new uPlot(optionsOf(props, Math.max(120, current.clientWidth)), data, current);
    };
    draw();
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', draw);
    const resized = new ResizeObserver(() => {
      if (current.clientWidth > 0)
        chart.current?.setSize({ width: Math.max(120, current.clientWidth), height });
    });
    resized.observe(current);
    return () => {
      dark.removeEventListener('change', draw);
      resized.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, [key]);
  useEffect(() => chart.current?.setData(data), [at.at(-1), at.length]);
  return (
    <figure class="chart">
      <div ref={place} aria-hidden="true" />
      {lines.length < 2 ? null : (
        <figcaption class="legend" aria-hidden="true">
          {lines.map(({ label, isGoal }, index) => (
            <span key={label} class={isGoal ? 'goal' : `line-${String(index % strokeNames.length)}`}>
              {label}
            </span>
          ))}
        </figcaption>
      )}
      <details>
        <summary>{name} as a table</summary>
        <SameNumbers {...props} />
      </details>
    </figure>
  );
}

function SameNumbers({ name, at, lines, unit }: ChartProps) {
  const last = at
    .map((one, index) => ({ one, index }))
    .slice(-rowsShown)
    .reverse();
  return (
    <table>
      <caption class="for-readers">{name}</caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          {lines.map(({ label }) => (
            <th scope="col" key={label} class="number">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {last.map(({ one, index }) => (
          <tr key={one}>
            <td>{localTime(one, Date.now())}</td>
            {lines.map(({ label, values }) => {
              const value = values[index];
              return (
                <td key={label} class="number">
                  {value === null || value === undefined ? 'not known' : `${axisNumber(value)}${unit}`}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
