import { Chart } from '../../parts/chart';
import { number } from '../../parts/format';
import { Time } from '../../parts/time';
import { Card, Figure } from './card';
import { missingPart, valuesOf } from './overview-data';
import type { Overview } from './overview-data';

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((all, one) => all + one, 0);

/** What comes in, what is written, and what Graph lets through. */
export function FlowCard({ overview }: { readonly overview: Overview }) {
  const { rates, quota, charts } = overview;
  return (
    <Card
      title="In and out"
      missing={missingPart(overview, 'rates') ?? (rates ? undefined : 'no samples yet')}
    >
      {rates === null ? null : <Rates rates={rates} />}
      {quota === null ? null : (
        <p class="quiet">
          Graph’s write quota: {number(quota.perSecond)} a second
          {quota.closedUntil === null ? ', open.' : ', closed until '}
          {quota.closedUntil === null ? null : <Time at={quota.closedUntil} />}
        </p>
      )}
      {charts === null ? null : (
        <Chart
          name="In and written, each minute of the last hour"
          at={charts.lastHour.at}
          unit=""
          lines={[
            { label: 'in', values: valuesOf(charts.lastHour, 'in') },
            { label: 'written', values: valuesOf(charts.lastHour, 'written') },
          ]}
        />
      )}
    </Card>
  );
}

function Rates({ rates }: { readonly rates: NonNullable<Overview['rates']> }) {
  const aMinute = (value: number) => `${number((value * 60) / Math.max(1, rates.seconds))}/min`;
  const refused = sum(rates.refused);
  return (
    <div class="figures">
      <Figure value={aMinute(sum(rates.hints))}>in</Figure>
      <Figure value={aMinute(rates.decided)}>decided</Figure>
      <Figure value={aMinute(rates.written)}>written</Figure>
      <Figure value={number(rates.throttled)}>throttled</Figure>
      <Figure value={number(refused)}>refused</Figure>
    </div>
  );
}
