import { Chart } from '../../parts/chart';
import { duration, number } from '../../parts/format';
import { Card, Figure } from './card';
import { missingPart, valuesOf } from './overview-data';
import type { Overview } from './overview-data';

const told = (ms: number | null) => (ms === null ? '–' : duration(ms));
/** Fewer hours than these draw no line worth a look: the last hour is drawn by the minute. */
const fewestHours = 4;

/** How long users waited for their license, against what is aimed at. */
export function TimeCard({ overview }: { readonly overview: Overview }) {
  const { times, charts } = overview;
  return (
    <Card
      title="Time to licensed"
      missing={missingPart(overview, 'times') ?? (times ? undefined : 'no samples yet')}
    >
      {times === null ? null : <Times times={times} />}
      {charts === null || times === null ? null : (
        <TimeChart charts={charts} goal={times.objectiveMs / 1_000} />
      )}
    </Card>
  );
}

function Times({
  times: { written, objectiveMs, minutes },
}: {
  readonly times: NonNullable<Overview['times']>;
}) {
  const isMissed = written.p95 !== null && written.p95 > objectiveMs;
  return (
    <>
      <div class="figures">
        <Figure value={told(written.p50)}>p50</Figure>
        <Figure value={told(written.p95)}>p95</Figure>
        <Figure value={told(written.p99)}>p99</Figure>
      </div>
      <p class={isMissed ? 'missed' : 'quiet'}>
        {written.users === 0
          ? `No user was licensed in the last ${String(minutes)} min.`
          : `${number(written.users)} in the last ${String(minutes)} min. Objective: p95 within ${duration(objectiveMs)}, ${isMissed ? 'missed' : 'met'}.`}
      </p>
    </>
  );
}

function TimeChart({
  charts,
  goal,
}: {
  readonly charts: NonNullable<Overview['charts']>;
  readonly goal: number;
}) {
  const drawn = charts.hours.at.length < fewestHours ? charts.lastHour : charts.hours;
  return (
    <Chart
      name="Time to licensed, p95"
      at={drawn.at}
      unit=" s"
      lines={[
        { label: 'p95', values: valuesOf(drawn, 'written.p95', 0.001) },
        { label: 'objective', values: drawn.at.map(() => goal), isGoal: true },
      ]}
    />
  );
}
