import { afterEach, describe, expect, it } from '@jest/globals';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { makeMetrics, observeLevels } from '../../../shared/observe/metrics';
import { ManualClock } from '../../support/manual-clock';

const providers: MeterProvider[] = [];
afterEach(async () => {
  for (const provider of providers.splice(0)) await provider.shutdown();
});

function makeMeter() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  providers.push(provider);
  /** `name{attribute}` and value of every series that an export shows. */
  const collect = async () => {
    await provider.forceFlush();
    const metrics =
      exporter
        .getMetrics()
        .at(-1)
        ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
    return Object.fromEntries(
      metrics.flatMap((metric) =>
        metric.dataPoints.map((point) => [
          `${metric.descriptor.name}{${Object.values(point.attributes).join()}}`,
          point.value,
        ]),
      ),
    );
  };
  return { meter: provider.getMeter('test'), collect };
}

const labels = {
  outcomes: ['licensed', 'blocked'],
  refusals: ['throttled', 'conflict'],
  failures: ['unknown'],
  results: ['done', 'at'],
};

describe('metrics', () => {
  it('are there at zero before anything has happened', async () => {
    const { meter, collect } = makeMeter();
    makeMetrics(meter, labels);
    observeLevels(meter, async () => ({ waiting: 0, pauses: 0, quotaPerSecond: 16, usersWithoutOutcome: 0 }));

    expect(await collect()).toEqual({
      'licenser.outcomes{licensed}': 0,
      'licenser.outcomes{blocked}': 0,
      'licenser.writes{}': 0,
      'licenser.graph.refusals{throttled}': 0,
      'licenser.graph.refusals{conflict}': 0,
      'licenser.graph.throttled{}': 0,
      'licenser.failures{unknown}': 0,
      'licenser.results{done}': 0,
      'licenser.results{at}': 0,
      'licenser.gaps{notification}': 0,
      'licenser.gaps{delta}': 0,
      'licenser.waiting{}': 0,
      'licenser.pauses{}': 0,
      'licenser.users_without_outcome{}': 0,
      'licenser.quota.rate{}': 16,
    });
  });

  it('count what happens, and time each stage in seconds', async () => {
    const { meter, collect } = makeMeter();
    const metrics = makeMetrics(meter, labels);

    metrics.outcome('licensed');
    metrics.outcome('licensed');
    metrics.written();
    metrics.refused('throttled');
    metrics.refused('concurrency');
    metrics.failed('unknown');
    metrics.handled('done');
    metrics.handled('at', 'lag');
    metrics.licensed('written', 2_500);
    metrics.found('delta');
    metrics.gap('notification', 'delta');

    expect(await collect()).toMatchObject({
      'licenser.outcomes{licensed}': 2,
      'licenser.writes{}': 1,
      'licenser.graph.refusals{throttled}': 1,
      'licenser.graph.refusals{concurrency}': 1,
      'licenser.graph.throttled{}': 2,
      'licenser.failures{unknown}': 1,
      'licenser.results{done}': 1,
      'licenser.results{at,lag}': 1,
      'licenser.found{delta}': 1,
      'licenser.gaps{notification,delta}': 1,
      'licenser.time_to_licensed{written}': { count: 1, sum: 2.5 },
    });
  });

  it('leave the levels to the process that reports them', async () => {
    const { meter, collect } = makeMeter();
    makeMetrics(meter, labels);
    observeLevels(meter, async () => undefined);

    expect(Object.keys(await collect())).not.toContain('licenser.waiting{}');
  });

  it('do not wait for levels that take long to read', async () => {
    const { meter, collect } = makeMeter();
    const clock = new ManualClock();
    makeMetrics(meter, labels);
    let asked = 0;
    observeLevels(
      meter,
      () => (++asked === 1 ? new Promise(() => undefined) : Promise.resolve(undefined)),
      clock,
    );

    const collecting = collect();
    while (clock.sleeping === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(2_000);

    expect(Object.keys(await collecting)).toContain('licenser.writes{}');
  });

  it('leave out levels that cannot be read, and nothing else', async () => {
    const { meter, collect } = makeMeter();
    makeMetrics(meter, labels);
    observeLevels(meter, async () => {
      throw new Error('tables are away');
    });

    const series = Object.keys(await collect());

    expect(series).not.toContain('licenser.pauses{}');
    expect(series).toContain('licenser.writes{}');
  });
});
