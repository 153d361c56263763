import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import { foldText } from '../../../../shared/policy/fold-case';
import { operationOf, outcomeOf, verdictOf } from '../support/say';
import {
  aGrant,
  aPolicy,
  aRule,
  anInput,
  direct,
  disable,
  enable,
  ours,
  plan,
  sku,
  userPlansOf,
} from '../support/tenant';

const group = 'SG-South';
/** The group that a rule names was deleted: whether the rule holds for the user is not known. */
const undecided = {
  memberships: {
    transitive: [],
    named: { ids: new Map(), unsure: new Map([[foldText(group), { kind: 'gone' as const, ids: [] }]]) },
  },
};
const [first = '', ...rest] = userPlansOf('EMS');

describe('a new license in which no plan would surely be on', () => {
  it.each([
    [
      'a rule that takes the last plan out',
      aPolicy({
        rules: [
          aRule('all', { assign: [aGrant('EMS', { plans: disable(...rest) })] }),
          aRule('south', { memberOf: [group], without: [first] }),
        ],
      }),
    ],
    [
      'rules of which only the undecided one leaves a plan on',
      aPolicy({
        rules: [
          aRule('none', { assign: [aGrant('EMS', { plans: disable(first, ...rest) })] }),
          aRule('south', { memberOf: [group], assign: [aGrant('EMS', { plans: enable(first) })] }),
        ],
      }),
    ],
  ])('is not given while %s cannot be decided', (_, policy) => {
    const decision = decide(anInput({ policy, ...undecided }));

    expect(operationOf(decision)).toBe('');
    expect(verdictOf(decision, 'EMS')).toBe('blocked plans/undecided');
    expect(outcomeOf(decision, 'EMS')?.reason.text).toContain('"south"');
  });

  it.each([
    ['new, and the rule holds new plans', { newPlans: 'hold' as const }],
    ['one that a list with only unknown names leaves open', { plans: enable('NO_SUCH_PLAN') }],
  ])('is not given while each plan is %s; no plan is called switched off', (_, grant) => {
    const policy = aPolicy({ rules: [aRule('rule', { assign: [aGrant('EMS', grant)] })] });
    const knownPlans = new Map([[sku('EMS'), new Set([plan('TEAMS1')])]]);

    const decision = decide(anInput({ policy, knownPlans }));

    expect(operationOf(decision)).toBe('');
    expect(verdictOf(decision, 'EMS')).toBe('blocked plans/undecided');
    expect(outcomeOf(decision, 'EMS')?.reason.text).toContain('"rule"');
  });

  it('is given as soon as the rule is decided', () => {
    const policy = aPolicy({
      rules: [
        aRule('all', { assign: [aGrant('EMS', { plans: disable(...rest) })] }),
        aRule('south', { memberOf: [group], without: [first] }),
      ],
    });

    expect(operationOf(decide(anInput({ policy, memberships: { transitive: [] } })))).toContain('+EMS');
  });

  it('is given when one plan is surely on', () => {
    const policy = aPolicy({
      rules: [
        aRule('all', { assign: [aGrant('EMS')] }),
        aRule('south', { memberOf: [group], without: [first] }),
      ],
    });

    expect(operationOf(decide(anInput({ policy, ...undecided })))).toBe(`+EMS(-${first})`);
  });

  it('changes nothing for who holds it', () => {
    const policy = aPolicy({
      rules: [
        aRule('all', { assign: [aGrant('EMS', { plans: disable(...rest) })] }),
        aRule('south', { memberOf: [group], without: [first] }),
      ],
    });
    const off = rest;

    const decision = decide(
      anInput({ policy, direct: [direct('EMS', ...off)], ledger: [ours('EMS')], ...undecided }),
    );

    expect(operationOf(decision)).toBe('');
    expect(verdictOf(decision, 'EMS')).toBe('nothing license/right');
  });
});
