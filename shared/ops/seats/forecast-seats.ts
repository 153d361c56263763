import { isoTime } from '../../kernel/clock';
import { timing } from '../../kernel/timing';
import type { Sample } from '../../store/ports/ops/sample';
import { sampleId } from '../samples/sample-id';
import type { SampleStores } from '../samples/sample-id';

/** Until when the seats of one SKU last, by a line through the last 30 days. */
export type SeatForecast = {
  readonly skuId: string;
  readonly consumed: number;
  readonly enabled: number;
  /** Taken seats a day; null: less than three days of history. */
  readonly perDay: number | null;
  /** How far the samples lie from the line, seats (root of the mean square); null as above. */
  readonly error: number | null;
  /** ISO 8601; null: not within a year, or the line does not fit well enough to say. */
  readonly runsOutAt: string | null;
  /** Why there is no date; null: there is one, or the seats last. */
  readonly note: string | null;
};

/** A line whose error is more than this part of the seats says nothing. */
const largestError = 0.05;

/** A line through the hourly samples of each SKU. */
export async function forecastSeats({ hours }: SampleStores, now: number): Promise<readonly SeatForecast[]> {
  const { forecastHistory } = timing.ops;
  const samples: Sample[] = [];
  for await (const { value } of hours.list({ after: sampleId(now + 1) })) {
    if (value.at < now - forecastHistory.ms) break;
    if (value.seats !== undefined) samples.unshift(value);
  }
  const last = samples.at(-1)?.seats ?? {};
  return Object.entries(last).map(([skuId, seats]) => {
    const points = samples.flatMap(({ at, seats: all }) => {
      const one = all?.[skuId];
      return one === undefined ? [] : [{ at, consumed: one.consumed }];
    });
    return { skuId, ...seats, ...extrapolate(points, seats.enabled, now) };
  });
}

function extrapolate(
  points: readonly { readonly at: number; readonly consumed: number }[],
  enabled: number,
  now: number,
): Pick<SeatForecast, 'perDay' | 'error' | 'runsOutAt' | 'note'> {
  const { forecastShortest, forecastFurthest, day } = { ...timing.ops, day: timing.ops.approval.ms };
  const first = points[0]?.at ?? now;
  if (now - first < forecastShortest.ms) {
    const days = Math.floor((now - first) / day);
    return {
      perDay: null,
      error: null,
      runsOutAt: null,
      note: `${String(days)} days of history, three are needed`,
    };
  }
  const { slope, height, error } = fitLine(points.map(({ at, consumed }) => [(at - now) / day, consumed]));
  const fit = { perDay: slope, error };
  if (error > Math.max(1, enabled * largestError)) {
    return {
      ...fit,
      runsOutAt: null,
      note: `the last days do not lie on a line (error ${error.toFixed(0)} seats)`,
    };
  }
  const days = slope > 0 ? (enabled - height) / slope : Infinity;
  const lasts = days * day > forecastFurthest.ms;
  return { ...fit, runsOutAt: lasts ? null : isoTime(now + Math.max(0, days) * day), note: null };
}

/** Least squares; `height` is the line's value at x = 0. */
function fitLine(points: readonly (readonly [x: number, y: number])[]) {
  const n = points.length;
  const sum = (pick: (point: readonly [number, number]) => number) =>
    points.reduce((all, point) => all + pick(point), 0);
  const [meanX, meanY] = [sum(([x]) => x) / n, sum(([, y]) => y) / n];
  const spread = sum(([x]) => (x - meanX) ** 2);
  const slope = spread === 0 ? 0 : sum(([x, y]) => (x - meanX) * (y - meanY)) / spread;
  const height = meanY - slope * meanX;
  const error = Math.sqrt(sum(([x, y]) => (y - height - slope * x) ** 2) / n);
  return { slope, height, error };
}
