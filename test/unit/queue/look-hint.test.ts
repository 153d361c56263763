import { describe, expect, it } from '@jest/globals';
import { lookHint } from '../../../shared/queue/look-hint';
import { Hint } from '../../../shared/queue/messages';

const id = '0a6f6f4e-0000-4000-8000-000000000001';
const seenAt = Date.UTC(2026, 0, 2, 3, 4, 5);
const bare = { kind: 'look', user: { id }, source: 'delta', seenAt: '2026-01-02T03:04:05.000Z' };

describe('lookHint', () => {
  it.each([
    { also: undefined, hint: bare },
    { also: { crowd: false, rollout: undefined, retryToken: undefined }, hint: bare },
    {
      also: { crowd: true, rollout: 'r', retryToken: '1.t' },
      hint: { ...bare, crowd: true, rollout: 'r', retryToken: '1.t' },
    },
  ])('$also', ({ also, hint }) => {
    const made = lookHint(id, 'delta', seenAt, also);

    expect(made).toStrictEqual(hint);
    expect(Hint.parse(made)).toStrictEqual(hint);
  });
});
