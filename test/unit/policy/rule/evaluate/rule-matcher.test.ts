import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { makeRuleMatcher } from '../../../../../shared/policy/rule/evaluate/rule-matcher';
import { ruleModel, ruleUser } from '../../../../support/fuzz/rule-arbitrary';
import { now, ruleOf } from '../../../../support/fuzz/rule-user';

const rulesOf = (...sources: string[]) =>
  sources.map((source) => ({ key: source, condition: ruleOf(source) }));

describe('makeRuleMatcher', () => {
  it('finds what every rule alone would say', () => {
    fc.assert(
      fc.property(
        fc.array(ruleModel, { minLength: 1, maxLength: 6 }),
        ruleUser,
        fc.constantFrom('null', 'undecided'),
        fc.constantFrom('assume', 'undecided'),
        (models, user, absent, unconfirmed) => {
          const context = { now, absent };
          const rules = models.map(({ text }, key) => ({ key, condition: ruleOf(text, unconfirmed) }));
          const keysWith = (truth: true | 'undecided') =>
            rules
              .filter(({ condition }) => condition.evaluate(user, context) === truth)
              .map(({ key }) => key);

          expect(makeRuleMatcher(rules)(user, context)).toEqual({
            matched: keysWith(true),
            undecided: keysWith('undecided'),
          });
        },
      ),
      { seed: 46, numRuns: 400, endOnFailure: true },
    );
  });

  it('looks only at rules that the value of an attribute leaves possible', () => {
    let evaluations = 0;
    const rules = Array.from({ length: 50 }, (_, key) => {
      const rule = ruleOf(`user.accountEnabled -eq true -and user.department -in ["D${key}", "E${key}"]`);
      const evaluate: typeof rule.evaluate = (user, context) => {
        evaluations++;
        return rule.evaluate(user, context);
      };
      return { key, condition: { ...rule, evaluate } };
    });

    const found = makeRuleMatcher(rules)(
      { department: 'e7', accountEnabled: true },
      { now, absent: 'undecided' },
    );

    expect(found).toEqual({ matched: [7], undecided: [] });
    expect(evaluations).toBe(1);
  });

  it('keeps rules undecided whose attribute was not read', () => {
    const rules = rulesOf('user.department -eq "A"', 'user.department -eq "A" -and user.city -eq "B"');

    const match = makeRuleMatcher(rules);

    expect(match({ city: 'C' }, { now, absent: 'undecided' }).undecided).toEqual(['user.department -eq "A"']);
    expect(match({ city: 'C' }, { now, absent: 'null' }).undecided).toEqual([]);
  });

  it('takes a missing condition for everybody', () => {
    const match = makeRuleMatcher([{ key: 'all', condition: null }]);

    expect(match({}, { now, absent: 'undecided' }).matched).toEqual(['all']);
  });
});
