import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { explainRule } from '../../../../shared/policy/rule/explain-rule';
import { parseRule } from '../../../../shared/policy/rule/parse-rule';
import { printRule } from '../../../../shared/policy/rule/print-rule';
import { RuleError } from '../../../../shared/policy/rule/rule-error';
import { readMembershipRule } from '../../../../shared/policy/rule/membership-rule';
import { seededRandom } from '../../../../shared/kernel/random';
import { ruleModel, ruleUser } from '../../../support/rule-arbitrary';
import { now, ruleOf } from '../../../support/rule-user';

const context = { now, absent: 'undecided' } as const;

/** A tree without places in the text. */
function withoutPlaces(tree: unknown): unknown {
  return JSON.parse(
    JSON.stringify(tree, (key, value: unknown) =>
      ['start', 'end', 'operatorAt'].includes(key) ? undefined : value,
    ),
  );
}

describe('generated rules', () => {
  it('mean what a naive interpreter says', () => {
    fc.assert(
      fc.property(ruleModel, fc.array(ruleUser, { minLength: 1, maxLength: 4 }), (model, users) => {
        const rule = ruleOf(model.text);
        for (const user of users) expect(rule.evaluate(user, context)).toBe(model.evaluate(user));
      }),
      { seed: 42, numRuns: 3000, endOnFailure: true },
    );
  });

  it('are explained as they are evaluated', () => {
    fc.assert(
      fc.property(ruleModel, ruleUser, fc.constantFrom('assume', 'undecided'), (model, user, unconfirmed) => {
        const rule = ruleOf(model.text, unconfirmed);
        expect(explainRule(rule, user, context).result).toBe(rule.evaluate(user, context));
      }),
      { seed: 43, numRuns: 1000, endOnFailure: true },
    );
  });

  it('only lose decisions when nothing is assumed, never turn round', () => {
    fc.assert(
      fc.property(ruleModel, ruleUser, (model, user) => {
        const careful = ruleOf(model.text, 'undecided').evaluate(user, context);
        if (careful !== 'undecided') expect(careful).toBe(ruleOf(model.text).evaluate(user, context));
      }),
      { seed: 44, numRuns: 1000, endOnFailure: true },
    );
  });

  it('print to text that parses to the same tree', () => {
    fc.assert(
      fc.property(ruleModel, ({ text }) => {
        const { expression } = parseRule(text);
        const printed = printRule(expression);
        expect(withoutPlaces(parseRule(printed).expression)).toEqual(withoutPlaces(expression));
        expect(printRule(parseRule(printed).expression)).toBe(printed);
      }),
      { seed: 45, numRuns: 2000, endOnFailure: true },
    );
  });
});

const seeds = [
  'user.department -eq "Sales"',
  '(user.accountEnabled -eq True) and (user.userType -ne "Guest") ',
  'user.assignedPlans -any (assignedPlan.servicePlanId -eq "a" -and assignedPlan.capabilityStatus -eq "Enabled")',
  "user.memberof -any (group.objectId -in ['8a256a2b-b617-496d-b51b-e76466e88db0', 'b'])",
  'Direct Reports for "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb"',
  'user.employeeHireDate -ge (system.now -plus P1DT6H) –or user.employeeHireDate -le 2020-06-10T18:13:20Z',
  'user.displayName -match "^(?>[a-z]+|\\d{2,3})(?i)\\bx$" -or -not (user.city -notIn ["a", \'b\'])',
  'user.extension_c272a57b722d4eb29bfe327874ae79cb_OfficeNumber -eq "say \\"hi\\""',
];
const alphabet =
  '()[]"\'`\\,.-–—“”‘ \t\n\r\u00a0\u200b\ufeff_$user.cityeqandornotanyall0123456789äß\ud83d\ude00\ud800{}*+?|^=<>!&#/:;@';

describe('any text at all', () => {
  it('gives a rule or a RuleError, in a number of steps that its length bounds', () => {
    const random = seededRandom(2026);
    const pick = (below: number) => Math.floor(random() * below);
    const anything = () =>
      Array.from({ length: pick(60) }, () =>
        pick(4) === 0 ? String.fromCharCode(pick(0x10000)) : alphabet.charAt(pick(alphabet.length)),
      ).join('');
    const mutate = () => {
      let text = seeds[pick(seeds.length)] ?? '';
      for (let edits = 1 + pick(4); edits > 0; edits--) {
        const at = pick(text.length + 1);
        const cut = pick(3);
        const piece =
          pick(3) === 0
            ? text.slice(pick(text.length), pick(text.length))
            : alphabet.charAt(pick(alphabet.length));
        text = text.slice(0, at) + (pick(3) === 0 ? '' : piece) + text.slice(at + cut);
      }
      return text;
    };
    const wrong: string[] = [];
    let valid = 0;
    for (let run = 0; run < 100_000; run++) {
      const text = run % 2 === 0 ? anything() : mutate();
      const steps = { count: 0 };
      try {
        parseRule(text, steps);
        if (readMembershipRule(text).valid) valid++;
      } catch (thrown) {
        if (!(thrown instanceof RuleError)) wrong.push(`${JSON.stringify(text)}: ${String(thrown)}`);
      }
      if (steps.count > 20 * Math.max(1, text.length))
        wrong.push(`${JSON.stringify(text)}: ${String(steps.count)} steps`);
    }

    expect(wrong).toEqual([]);
    expect(valid).toBeGreaterThan(1000);
  });

  it.each([
    ['parentheses', '('.repeat(3072)],
    ['-not', 'not '.repeat(768)],
    ['brackets', 'user.city -in [['.repeat(192)],
    ['dashes', '-'.repeat(3072)],
    ['quotes', '"'.repeat(3072)],
    ['a long word', 'x'.repeat(3072)],
    ['closed parentheses', `${'('.repeat(390)}user.city -eq "a"${')'.repeat(390)}`],
    ['nested any', 'user.otherMails -any ('.repeat(139)],
  ])('copes with a great many %s', (_what, text) => {
    const steps = { count: 0 };
    try {
      parseRule(text, steps);
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(RuleError);
    }

    expect(steps.count).toBeLessThanOrEqual(20 * text.length);
  });
});
