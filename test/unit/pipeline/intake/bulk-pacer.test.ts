import { describe, expect, it } from '@jest/globals';
import { BulkPacer } from '../../../../shared/pipeline/intake/bulk-pacer';
import { sendBulk } from '../../../../shared/pipeline/intake/send-looks';
import type { Services } from '../../../../shared/pipeline/services';
import type { Hint } from '../../../../shared/queue/messages';
import { ManualClock } from '../../../support/manual-clock';
import { quietTask } from '../../../support/quiet-task';

const hintsOf = (count: number): Hint[] =>
  Array.from({ length: count }, (_, index) => ({
    kind: 'look',
    user: { id: `bbbbbbbb-0000-4000-8000-${String(index).padStart(12, '0')}` },
    source: 'delta',
    seenAt: '2026-01-01T00:00:00.000Z',
    crowd: true,
  }));

describe('CrowdPace', () => {
  it('makes portions of a second each, the first at once, and leaves no user out', () => {
    const clock = new ManualClock();
    const portions = new BulkPacer(clock).spread(hintsOf(100), 40);

    expect(portions.map(({ at }) => at)).toEqual([undefined, clock.now() + 1_000, clock.now() + 2_000]);
    expect(portions.flatMap(({ hints }) => hints)).toEqual(hintsOf(100));
  });

  it('puts a crowd behind those before it, and forgets them once they are over', () => {
    const clock = new ManualClock();
    const pace = new BulkPacer(clock);
    pace.spread(hintsOf(100), 40);

    expect(pace.spread(hintsOf(1), 40).map(({ at }) => at)).toEqual([clock.now() + 2_500]);
    clock.advance(10_000);
    expect(pace.spread(hintsOf(1), 40).map(({ at }) => at)).toEqual([undefined]);
  });

  it('keeps a call of Graph’s together, which takes as long as its users do', () => {
    const clock = new ManualClock();
    const pace = new BulkPacer(clock);

    const calls = [0, 1, 2].map(() => pace.spread(hintsOf(100), 25, 100));

    expect(calls.map((portions) => portions.map(({ at, hints }) => [at, hints.length]))).toEqual([
      [[undefined, 100]],
      [[clock.now() + 4_000, 100]],
      [[clock.now() + 8_000, 100]],
    ]);
  });

  it('sends half as many again as may be written, and some even when hardly anything may', async () => {
    const clock = new ManualClock();
    const sent: { count: number; at: number | undefined }[] = [];
    const pipelineAt = (ratePerSecond: number) =>
      ({
        bulkPacer: new BulkPacer(clock),
        quota: { ratePerSecond: () => ratePerSecond },
        clock,
        queues: {
          sendHints: async (hints: readonly Hint[], { scheduledAt: at }: { scheduledAt?: number }) =>
            void sent.push({ count: hints.length, at }),
        },
      }) as unknown as Services;

    await sendBulk(pipelineAt(16), quietTask, hintsOf(60));
    await sendBulk(pipelineAt(0.1), quietTask, hintsOf(12));

    expect(sent).toEqual([
      { count: 24, at: undefined },
      { count: 24, at: clock.now() + 1_000 },
      { count: 12, at: clock.now() + 2_000 },
      { count: 10, at: undefined },
      { count: 2, at: clock.now() + 1_000 },
    ]);
  });
});

it('the rest of a crowd is a crowd however small its call, and who comes half a second later is not', () => {
  const clock = new ManualClock();
  const pacer = new BulkPacer(clock);
  expect(pacer.isCrowd(50)).toBe(false);
  expect(pacer.isCrowd(51)).toBe(true);
  expect(pacer.isCrowd(20)).toBe(true);

  clock.advance(499);
  // It is no crowd that goes on because its rest comes late.
  expect(pacer.isCrowd(3)).toBe(true);
  // A crowd may go on for minutes: who joins meanwhile does not wait behind it.
  expect(pacer.isCrowd(2)).toBe(false);
  clock.advance(1);
  expect(pacer.isCrowd(3)).toBe(false);

  expect(pacer.isCrowd(51)).toBe(true);
  clock.advance(-60_000);
  // The clock was set back: that is no crowd for a minute.
  expect(pacer.isCrowd(3)).toBe(false);
});
