import { describe, expect, it } from '@jest/globals';
import { shownVerdict } from '../../../dashboard/frame/shown-verdict';
import { localTime } from '../../../dashboard/parts/format';
import { hasButton, placeOf } from '../../../dashboard/views/overview/cause-places';
import { causeInWords } from '../../../dashboard/views/overview/cause-words';
import type { Cause } from '../../../shared/ops/status/cause';

const sku = '6fd2c87f-b296-42f0-b197-1e91e994b900';
const names = new Map([[sku, 'ENTERPRISEPACK']]);
const now = Date.parse('2026-11-30T12:00:00Z');
const causeOf = (code: Cause['code'], subject?: string): Cause => ({
  code,
  since: null,
  users: null,
  text: '',
  todo: '',
  ...(subject === undefined ? {} : { subject }),
});

describe('the text of a cause on the page', () => {
  it.each([
    ['paused/all', 'apply', 'apply was paused by Ann: INC-7', 'All writing was paused by Ann: INC-7'],
    ['paused/all', 'intake', 'intake was paused by Ann: why', 'All deciding was paused by Ann: why'],
    [
      'graph/refuses',
      'apply',
      'Graph refuses apply: 403 on apply',
      'Graph refuses all writing: 403 on apply',
    ],
    ['paused/part', 'location', 'Graph refuses location: 403', 'Graph refuses setting usage locations: 403'],
    ['paused/part', 'lane:7', 'lane:7 was paused by Ann: why', 'Lane 7 was paused by Ann: why'],
    ['paused/part', `sku:${sku}`, `sku:${sku} was paused by Ann: x`, 'ENTERPRISEPACK was paused by Ann: x'],
    [
      'paused/old',
      'intake',
      'intake has been paused for more than a day, by Ann: apply',
      'All deciding has been paused for more than a day, by Ann: apply',
    ],
  ] as const)('%s of %s says what is paused in words', (code, subject, text, said) => {
    expect(causeInWords({ code, subject, text }, names, now)).toBe(said);
  });

  it('leaves what a person typed as it is, with its times and ids', () => {
    const typed = `until 2026-11-29T13:30:00Z, see sku:${sku}`;
    const text = `sku:${sku} was paused by Ann: ${typed}`;

    expect(causeInWords({ code: 'paused/part', subject: `sku:${sku}`, text }, names, now)).toBe(
      `ENTERPRISEPACK was paused by Ann: ${typed}`,
    );
  });

  it('has its times in the zone of the reader', () => {
    const until = '2026-11-29T13:30:00.000Z';
    const text = `Graph has closed the write quota until ${until}`;

    expect(causeInWords({ code: 'quota/closed', text }, names, now)).toBe(
      `Graph has closed the write quota until ${localTime(until, now)}`,
    );
  });
});

describe('what a cause leads to', () => {
  it.each([
    ['users/without-outcome', '/queue'],
    ['failures/dismissed', '/failures?state=dismissed'],
    ['paused/old', '/queue'],
    ['users/overdue', '/users?kind=underWay'],
  ] as const)('%s: %s', (code, to) => {
    expect(placeOf(causeOf(code, 'apply'))?.to).toBe(to);
  });

  it('is no button that stands out where nothing has to be pressed', () => {
    expect(hasButton(causeOf('seats/out', 'EMS'))).toBe(false);
    expect(hasButton(causeOf('failures/open', 'crash'))).toBe(true);
  });
});

describe('the mark beside a view', () => {
  it.each([
    ['the first look is under way', { verdict: undefined, isFailed: false, isOld: false }, undefined],
    ['the first look failed', { verdict: undefined, isFailed: true, isOld: false }, 'unknown'],
    ['a later look failed', { verdict: 'licensing', isFailed: true, isOld: false }, 'unknown'],
    ['the last look is too old', { verdict: 'licensing', isFailed: false, isOld: true }, 'unknown'],
    ['the last look succeeded', { verdict: 'late', isFailed: false, isOld: false }, 'late'],
  ] as const)('when %s', (_when, look, shown) => {
    expect(shownVerdict(look)).toBe(shown);
  });
});
