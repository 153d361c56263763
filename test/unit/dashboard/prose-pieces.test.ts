import { describe, expect, it } from '@jest/globals';
import { localTime } from '../../../dashboard/parts/format';
import { firstSentence, prosePieces } from '../../../dashboard/parts/text/prose-pieces';
import { pauseCauses } from '../../../shared/ops/status/causes-of-standstill';
import { knownCauses } from '../../../shared/ops/status/causes-of-users';
import { whyPaused } from '../../../shared/pipeline/pauses/pause-gate';
import { RuleReport } from '../../../shared/policy/rule/rule-report';
import { checkMoment } from '../../../shared/policy/rule/check/check-moment';

const iso = '2026-11-29T13:30:00Z';
const now = Date.parse('2026-11-30T12:00:00Z');
const day = 86_400_000;
const pieces = (text: string) => prosePieces(text, now, false);
/** All that the page could change: a time, a command, a place of the page, code. */
const typed = `INC-7 since ${iso}, \`licenser queue status\` or licenser census start on the overview. See the page Queue.`;
const pause = { scope: 'apply', origin: 'operator', reason: typed, by: 'J. Smith', probedAt: null } as const;
const facts = { pauses: [{ ...pause, at: now - 2 * day }], dismissed: undefined, approval: 'guards', now };

/** The hint for a date that is none, as the check of a policy gives it. */
function hintForDate(): string {
  const source = 'soon';
  try {
    checkMoment(
      { name: 'user.employeeHireDate' } as Parameters<typeof checkMoment>[0],
      'ge',
      { kind: 'string', value: source, start: 0, end: source.length },
      new RuleReport(source),
    );
  } catch (error) {
    return String((error as { readonly hint?: unknown }).hint);
  }
  throw new Error('The check must refuse this date');
}

describe('a text of the product on the page', () => {
  it('has the times outside of code in the zone of the reader, and code as it is typed', () => {
    expect(pieces(`Since ${iso}: write \`${iso}\`, on the overview.`)).toEqual([
      { text: `Since ${localTime(iso, now)}: write ` },
      { text: iso, isCode: true },
      { text: ', ' },
      { text: 'on the ' },
      { text: 'overview', to: '/' },
      { text: '.' },
    ]);
  });

  it('shows how a date is written in a rule', () => {
    expect(pieces(hintForDate())).toContainEqual({ text: '2024-03-01T06:00:00Z', isCode: true });
  });

  it('that repeats what stands in a policy keeps its times', () => {
    const message = `user.department holds text, not ${iso}`;

    expect(prosePieces(message, now, true)).toEqual([{ text: message }]);
  });
});

describe('what a person typed', () => {
  const paused = pauseCauses({ pauses: facts.pauses } as unknown as Parameters<typeof pauseCauses>[0]);
  const old = knownCauses(facts as unknown as Parameters<typeof knownCauses>[0]);
  it.each([
    ['a pause', paused[0]?.text],
    ['a pause of more than a day', old[0]?.text],
    ['an exception', `nothing is written to this user, says J. Smith: ${typed}`],
    ['an exception until a time', `an extra EMS until ${iso}, says J. Smith: ${typed}`],
  ])('as the reason for %s stays as it is', (_what, text = '') => {
    expect(pieces(text).at(-1)).toEqual({ text: typed });
  });

  it('stays as it is where a user waits for a pause', () => {
    const { text } = whyPaused({ ...pause, at: now }, null);
    const last = { text: `${typed} (J. Smith paused it)` };

    expect([pieces(text).at(-1), pieces(`Look again. ${text}`).at(-1)]).toEqual([last, last]);
  });

  it('leaves the words of the product in front of it to the page', () => {
    const text = `an extra EMS until ${iso}, says J. Smith: why`;

    expect(pieces(text)[0]).toEqual({ text: `an extra EMS until ${localTime(iso, now)}, says J. Smith: ` });
  });

  it('is not what the product says of its own pause', () => {
    const { text } = whyPaused(
      { ...pause, origin: 'permission', by: 'apply', reason: 'See the page Queue.', at: now },
      null,
    );

    expect(pieces(text)).toContainEqual({ text: 'Queue', to: '/queue' });
  });
});

describe('the first sentence', () => {
  it.each([
    ['One. Two. Three.', 'One.', ' Two. Three.'],
    ['Only one.', 'Only one.', ''],
    ['Set `a. b` first. Then wait.', 'Set `a. b` first.', ' Then wait.'],
  ])('of %s ends outside of code', (text, first, rest) => {
    expect(firstSentence(text)).toEqual([first, rest]);
  });
});
