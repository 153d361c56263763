import { z } from 'zod';
import { forecastSeats } from '../../ops/seats/forecast-seats';
import { readSeries } from '../../ops/samples/read-series';
import { samplesOf } from '../../ops/samples/remember-samples';
import { timing } from '../../kernel/timing';
import { defineRoute } from '../route';
import { IsoTime } from '../schemas';

export const showSeries = defineRoute({
  id: 'showSeries',
  method: 'get',
  path: '/series',
  summary: 'Samples as columns: by the minute for two days, by the hour for 400',
  role: 'Viewer',
  isHeavy: true,
  sharedMs: timing.ops.overview.ms,
  input: z.object({
    names: z.string().max(1_000).exactOptional(),
    from: IsoTime.exactOptional(),
    to: IsoTime.exactOptional(),
    step: z.enum(['minute', 'hour']).exactOptional(),
  }),
  answer: z.object({
    at: z.array(z.string()),
    series: z.record(z.string(), z.array(z.number().nullable())),
  }),
  handle({ samples, services }, { names, from, to, step }) {
    const now = services.clock.now();
    const begin = from === undefined ? now - timing.ops.approval.ms : Date.parse(from);
    // A year of them is read for who asks, and not kept. Who asks for 30 days counted them before the request was here.
    const isLately = now - begin <= timing.ops.forecastHistory.ms + timing.ops.sampleHour.ms;
    return readSeries(samples, {
      now,
      ...(isLately ? { known: samplesOf(samples, services.clock) } : {}),
      from: begin,
      to: to === undefined ? now : Date.parse(to),
      ...(step === undefined ? {} : { step }),
      ...(names === undefined ? {} : { names: names.split(',') }),
    });
  },
});

export const showForecast = defineRoute({
  id: 'showForecast',
  method: 'get',
  path: '/seats/forecast',
  summary: 'Until when the seats of each SKU last, by a line through the last 30 days',
  role: 'Viewer',
  isHeavy: true,
  input: z.object({}),
  answer: z.array(
    z.object({
      skuId: z.string(),
      skuPartNumber: z.string(),
      consumed: z.number(),
      enabled: z.number(),
      perDay: z.number().nullable(),
      error: z.number().nullable(),
      runsOutAt: z.string().nullable(),
      note: z.string().nullable(),
    }),
  ),
  async handle({ samples, services }) {
    const [forecasts, { catalogue }] = await Promise.all([
      forecastSeats(samples, services.clock.now()),
      services.catalogue.read(),
    ]);
    return forecasts.map((one) => ({
      ...one,
      skuPartNumber: catalogue.findSku(one.skuId)?.skuPartNumber ?? one.skuId,
    }));
  },
});
