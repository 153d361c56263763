import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { explainRule } from '../../../../shared/policy/rule/evaluate/explain-rule';
import { parseRule } from '../../../../shared/policy/rule/syntax/parse-rule';
import { RuleError } from '../../../../shared/policy/rule/syntax/rule-error';
import { ruleModel, ruleUser } from '../../../support/fuzz/rule-arbitrary';
import { fuzzRules } from '../../../support/fuzz/rule-fuzz';
import { now, ruleOf } from '../../../support/fuzz/rule-user';

const context = { now, absent: 'undecided' } as const;

describe('generated rules', () => {
  it('mean what a naive interpreter says', () => {
    fc.assert(
      fc.property(ruleModel, fc.array(ruleUser, { minLength: 1, maxLength: 4 }), (model, users) => {
        const rule = ruleOf(model.text);
        for (const user of users) expect(rule.evaluate(user, context)).toBe(model.evaluate(user));
      }),
      { seed: 42, numRuns: 1000, endOnFailure: true },
    );
  });

  it('are explained as they are evaluated', () => {
    fc.assert(
      fc.property(ruleModel, ruleUser, fc.constantFrom('assume', 'undecided'), (model, user, unconfirmed) => {
        const rule = ruleOf(model.text, unconfirmed);
        expect(explainRule(rule, user, context).result).toBe(rule.evaluate(user, context));
      }),
      { seed: 43, numRuns: 400, endOnFailure: true },
    );
  });

  it('only lose decisions when nothing is assumed, never turn round', () => {
    fc.assert(
      fc.property(ruleModel, ruleUser, (model, user) => {
        const careful = ruleOf(model.text, 'undecided').evaluate(user, context);
        if (careful !== 'undecided') expect(careful).toBe(ruleOf(model.text).evaluate(user, context));
      }),
      { seed: 44, numRuns: 400, endOnFailure: true },
    );
  });
});

describe('any text at all', () => {
  it('gives a rule or a RuleError, in a number of steps that its length bounds', () => {
    const { wrong, valid } = fuzzRules(15_000, 2026);

    expect(wrong).toEqual([]);
    expect(valid).toBeGreaterThan(150);
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
