import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import { outcomeOf } from '../support/say';
import {
  aGrant,
  aPolicy,
  aRule,
  anInput,
  direct,
  inherited,
  licensingGroup,
  ours,
  tenantWith,
} from '../support/tenant';
import type { Situation } from '../support/tenant';

const e3 = (more: Parameters<typeof aPolicy>[0] = {}) =>
  aPolicy({ rules: [aRule('rule', { assign: [aGrant('SPE_E3')] })], ...more });
const group = { id: licensingGroup, displayName: 'LIC-E1' };

const sayingOf = (situation: Situation, name: 'SPE_E3' | 'EMS' = 'SPE_E3') =>
  outcomeOf(decide(anInput(situation)), name)?.reason.text ?? '';

describe('a license that stands in the way', () => {
  it('by hand: is to be adopted or removed, and the two listed as exclusive', () => {
    const text = sayingOf({ policy: e3(), direct: [direct('STANDARDPACK')] });

    expect(text).toContain('STANDARDPACK was assigned by hand');
    expect(text).toContain('list it under "adopt" and list SPE_E3 and STANDARDPACK under "exclusive"');
  });

  it('by hand, and exclusive already: is to be adopted', () => {
    const policy = e3({ exclusive: [['SPE_E3', 'STANDARDPACK']] });
    const text = sayingOf({ policy, direct: [direct('STANDARDPACK')] });

    expect(text).toContain('list it under "adopt"');
    expect(text).not.toContain('under "exclusive"');
  });

  it('from a group: names the group', () => {
    const text = sayingOf({
      policy: e3(),
      inherited: [inherited('STANDARDPACK')],
      memberships: { transitive: [group] },
    });

    expect(text).toContain('comes from the group LIC-E1');
    expect(text).not.toContain('exclusive');
  });

  it('from a group whose name was not read: names its id', () => {
    expect(sayingOf({ policy: e3(), inherited: [inherited('STANDARDPACK')] })).toContain(licensingGroup);
  });

  it.each<[string, Parameters<typeof direct>[0]]>([
    ['a lower suite', 'STANDARDPACK'],
    ['a suite for first-line workers', 'SPE_F1'],
  ])('by hand: %s is named, whatever it is', (_what, name) => {
    const policy = e3({ exclusive: [['SPE_E3', name]] });

    const text = sayingOf({ policy, direct: [direct(name)] });

    expect(text).toContain(`${name} was assigned by hand`);
    expect(text).toContain('list it under "adopt"');
  });

  it('from a group, and exclusive: the policy cannot take it, so "adopt" is no advice', () => {
    const policy = e3({ exclusive: [['SPE_E3', 'STANDARDPACK']] });
    const text = sayingOf({
      policy,
      inherited: [inherited('STANDARDPACK')],
      memberships: { transitive: [group] },
    });

    expect(text).toContain('LIC-E1');
    expect(text).not.toContain('adopt');
  });

  it('of the policy itself: is told as before', () => {
    const policy = aPolicy({
      rules: [aRule('rule', { assign: [aGrant('STANDARDPACK', { priority: 5 }), aGrant('SPE_E3')] })],
    });

    expect(sayingOf({ policy })).toContain('Disable one of the two plans in the policy, or list');
  });
});

describe('what is held', () => {
  const ems = aPolicy({ rules: [aRule('rule', { assign: [aGrant('EMS')] })] });
  const held: Situation = { policy: ems, direct: [direct('EMS')], ledger: [ours('EMS')] };

  it.each(['Suspended', 'Deleted', 'LockedOut'])(
    'of a subscription that is %s is not called right',
    (status) => {
      const catalogue = tenantWith({ EMS: { capabilityStatus: status } });

      const text = sayingOf({ ...held, catalogue }, 'EMS');

      expect(text).toContain(`is ${status}`);
      expect(text).toContain('may give nothing');
      expect(decide(anInput({ ...held, catalogue })).operation).toBeUndefined();
    },
  );

  it('of a subscription in force is right', () => {
    expect(sayingOf(held, 'EMS')).toContain('held just as the policy says');
  });
});
