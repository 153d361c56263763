import { describe, expect, it } from '@jest/globals';
import { toSkuId, toUserId } from '../../../shared/kernel/ids';
import type { OutgoingEvent } from '../../../shared/observe/event-sink';
import { noMetrics } from '../../../shared/observe/metrics';
import { makeStateChangeReporter } from '../../../shared/pipeline/observed/report-state-change';
import { newUserState } from '../../../shared/pipeline/row/user-state';
import type { UserState } from '../../../shared/words/user-state';
import type { TimeSample } from '../../../shared/words/time-sample';
import type { ReasonCode } from '../../../shared/words/reason';

const userId = toUserId('bbbbbbbb-0000-4000-8000-000000000002');
const ems = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');
const state = (extra: Partial<UserState> = {}): UserState => ({ ...newUserState(1_000), ...extra });
const reason = (code: ReasonCode) => ({ code, text: `about ${code}` });

/** What a row's changes, one after the other, were told as. */
function tell(...states: (UserState | null)[]) {
  const events: OutgoingEvent[] = [];
  const outcomes: string[] = [];
  const times: TimeSample[] = [];
  const watch = makeStateChangeReporter({
    metrics: { ...noMetrics, outcome: (outcome) => outcomes.push(outcome) },
    events: { emit: (event) => events.push(event) },
    times: {
      record: async (sample) => {
        times.push(sample);
      },
    },
    onError: () => undefined,
  });
  states.slice(1).forEach((after, index) => {
    if (after !== null) watch({ userId, before: states[index] ?? null, after });
  });
  return { events, outcomes, times };
}

describe('what is reported of a change', () => {
  it('is each outcome once, and trouble with its reason', () => {
    const blocked = state({ outcome: 'blocked', reasons: [reason('graph/conflict')] });

    const { events, outcomes } = tell(
      null,
      state(),
      blocked,
      { ...blocked, looks: 3 },
      state({ outcome: 'licensed' }),
    );

    expect(outcomes).toEqual(['blocked', 'licensed']);
    expect(events).toEqual([{ event: 'blocked', subject: userId, reason: reason('graph/conflict') }]);
  });

  it('is a held user, but no user whom observe mode holds', () => {
    const held = (code: ReasonCode) => state({ outcome: 'held', reasons: [reason(code)] });

    expect(tell(state(), held('guard/changes')).events).toMatchObject([{ event: 'held' }]);
    expect(tell(state(), held('mode/observe')).events).toEqual([]);
  });

  it('is a SKU without seats, once per user who begins to wait', () => {
    const waiting = state({
      outcome: 'waiting',
      skus: [{ skuId: ems, outcome: 'waiting', reason: reason('seats/exhausted') }],
    });

    const { events } = tell(state(), waiting, { ...waiting, looks: 1 });

    expect(events).toEqual([{ event: 'seatsOut', subject: ems, reason: reason('seats/exhausted') }]);
  });
});

describe('time to licensed', () => {
  const decided = state({ decidedAt: 2_000 });
  const written = state({ decidedAt: 2_500, writtenAt: 4_000, outcome: 'licensed' });

  it('is taken from the first confirmed write, whatever is written later', () => {
    const later = { ...written, writtenAt: 90_000 };

    const { times } = tell(null, decided, written, later);

    expect(times).toEqual([
      {
        userId,
        at: 4_000,
        stages: [
          ['decided', 1_000],
          ['written', 3_000],
        ],
      },
    ]);
  });

  it('is taken once more when the license is verified', () => {
    const { times } = tell(
      decided,
      written,
      { ...written, verifiedAt: 9_000 },
      { ...written, verifiedAt: 10_000 },
    );

    expect(times.at(-1)).toEqual({ userId, at: 9_000, stages: [['verified', 8_000]] });
    expect(times).toHaveLength(2);
  });

  it('is not taken of users to whom nothing was owed when they came', () => {
    expect(tell(state({ outcome: 'nothing', decidedAt: 1_500 }), written).times).toEqual([]);
  });

  it('is not taken of a later write either when the user had to wait for that one', () => {
    const waiting = { ...written, outcome: 'waiting' };

    expect(tell(waiting, { ...written, writtenAt: 90_000 }).times).toEqual([]);
  });

  it('is taken of users who had to wait for a seat', () => {
    expect(tell(state({ outcome: 'waiting', decidedAt: 1_500 }), written).times).toHaveLength(1);
  });
});
