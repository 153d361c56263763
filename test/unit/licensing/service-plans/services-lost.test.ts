import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import type { PolicyRule } from '../../../../shared/policy/policy';
import { outcomeOf } from '../support/say';
import type { Situation } from '../support/tenant';
import {
  aGrant,
  aPolicy,
  aRule,
  anInput,
  direct,
  disable,
  inherited,
  ours,
  plans,
  sku,
} from '../support/tenant';

const mailbox = ' The mailbox goes with it: Exchange Online deletes it after 30 days.';
const devices = ' Devices that Intune manages for the user lose their license.';
const e3 = { direct: [direct('SPE_E3')], ledger: [ours('SPE_E3')] };
const e3AndEms = {
  direct: [direct('SPE_E3'), direct('EMS')],
  ledger: [ours('SPE_E3'), ours('EMS')],
};
const e3Off = (...off: string[]) =>
  aRule('staff', { assign: [aGrant('SPE_E3', { plans: disable(...off) })] });

describe('plans that are switched off in a license that stays', () => {
  it.each<[string, PolicyRule[], Situation, string]>([
    ['a mailbox', [e3Off('EXCHANGE_S_ENTERPRISE')], e3, mailbox],
    ['managed devices', [e3Off('INTUNE_A')], e3, devices],
    ['both', [e3Off('INTUNE_A', 'EXCHANGE_S_ENTERPRISE')], e3, `${mailbox}${devices}`],
    ['neither', [e3Off('TEAMS1')], e3, ''],
    [
      'devices, kept by another license',
      [e3Off('INTUNE_A'), aRule('ems', { assign: [aGrant('EMS')] })],
      e3AndEms,
      '',
    ],
    [
      'devices, switched off in both licenses at once',
      [e3Off('INTUNE_A'), aRule('ems', { assign: [aGrant('EMS', { plans: disable('INTUNE_A') })] })],
      e3AndEms,
      devices,
    ],
    [
      'a mailbox, kept by the same license from a group',
      [e3Off('EXCHANGE_S_ENTERPRISE')],
      { ...e3, inherited: [inherited('SPE_E3')] },
      '',
    ],
  ])('warn of what goes with them: %s', (_, rules, situation, lost) => {
    const decision = decide(anInput({ policy: aPolicy({ rules }), ...situation }));

    const { reason } = outcomeOf(decision, 'SPE_E3') ?? {};
    expect(reason?.code).toBe('plans/switched-off');
    expect(reason?.text).toMatch(/ switched off in SPE_E3 \(rule "staff"\)\./);
    expect(reason?.text.split('(rule "staff").')[1]).toBe(lost);
  });

  it('warn in an undo, too', () => {
    const exception = {
      until: null,
      why: 'undone',
      by: 'ada',
      at: 0,
      skus: [{ skuId: sku('SPE_E3'), disabledPlans: plans('INTUNE_A') }],
    };

    const decision = decide(anInput({ policy: aPolicy({ rules: [e3Off()] }), ...e3, exception }));

    expect(outcomeOf(decision, 'SPE_E3')?.reason.text).toBe(
      `SPE_E3 is changed to what the exception says: undone${devices}`,
    );
  });
});
