import { timing } from '../../../shared/kernel/timing';
import type { Duration, Durations, GrowingDuration } from '../../../shared/kernel/timing/duration';

/** docs/timing.md as the table of durations makes it. */
export function renderTimingPage(): string {
  const sections = Object.entries<Durations>(timing).map(([subject, durations]) => {
    const rows = Object.entries(durations).map(([name, duration]) =>
      renderRow(`${subject}.${name}`, duration),
    );
    return [`## ${subject}`, '', '| name | how long | why |', '| --- | --- | --- |', ...rows].join('\n');
  });
  return `${head}\n${sections.join('\n\n')}\n`;
}

const head = `# Durations

Every duration of the product, from \`shared/kernel/timing.ts\`. This page is written by
\`UPDATE_PAGES=1 npm run test:unit -- test/unit/kernel/timing.test.ts\`; that test fails while page and table differ.
A range is a back-off: the first wait, and the longest.
`;

function renderRow(name: string, duration: Duration | GrowingDuration): string {
  const why = duration.source === undefined ? duration.why : `${duration.why} ([source](${duration.source}))`;
  return `| \`${name}\` | ${howLong(duration)} | ${why.replaceAll('|', '\\|')} |`;
}

function howLong(duration: Duration | GrowingDuration): string {
  if ('ms' in duration) return describeMs(duration.ms);
  return duration.firstMs === duration.maxMs
    ? describeMs(duration.maxMs)
    : `${describeMs(duration.firstMs)} to ${describeMs(duration.maxMs)}`;
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** The largest unit that gives a whole number above 1, or one decimal of a second: 90 s, 2 h, 1.5 s, 200 ms. */
function describeMs(ms: number): string {
  const whole = units.find(([, size]) => ms >= size && ms % size === 0);
  if (whole !== undefined) return `${String(ms / whole[1])} ${whole[0]}`;
  return ms >= 1_000 ? `${String(ms / 1_000)} s` : `${String(ms)} ms`;
}
