import { describe, expect, it } from '@jest/globals';
import { judgeUser } from '../../../../rehearsal/judge/verdict';
import type { Facts } from '../../../../rehearsal/judge/verdict';

const facts = (given: Partial<Facts> = {}): Facts => ({
  anew: undefined,
  recorded: 'licensed',
  heldBecause: undefined,
  holdsLicense: true,
  ...given,
});
const wouldWrite = { outcome: 'licensed', changes: true, why: ['Rule sales grants EMS'] } as const;
const waits = { outcome: 'waiting', changes: false, why: ['No seat of EMS is free'] } as const;

describe('judgeUser', () => {
  it.each([
    ['licensed', facts()],
    ['nothing', facts({ holdsLicense: false, recorded: 'nothing' })],
    ['outOfScope', facts({ recorded: 'outOfScope' })],
    ['outOfScope', facts({ recorded: undefined })],
    ['waiting', facts({ anew: waits, recorded: 'licensed' })],
    ['held', facts({ anew: wouldWrite, recorded: 'held', heldBecause: 'More than 25 reductions' })],
  ])('is %s by what deciding anew says', (verdict, given) => {
    expect(judgeUser(given).verdict).toBe(verdict);
  });

  it.each([
    ['licensed', facts({ anew: wouldWrite })],
    ['waiting', facts({ anew: wouldWrite, recorded: 'waiting' })],
    ['held', facts({ anew: wouldWrite, recorded: 'held' })],
    ['nothing', facts({ anew: wouldWrite, recorded: undefined })],
  ])('is lost when something would still be written, whatever the row says (%s)', (_said, given) => {
    const { verdict, why } = judgeUser(given);

    expect(verdict).toBe('lost');
    expect(why).toContain('Rule sales grants EMS');
  });

  it('is lost without an outcome', () => {
    expect(judgeUser(facts({ recorded: null })).verdict).toBe('lost');
  });
});
