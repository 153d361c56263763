import { describe, expect, it } from '@jest/globals';
import { UserError } from '../../../../shared/kernel/errors';
import { showUser } from '../../../../shared/ops/users/show-user';
import type { Services } from '../../../../shared/pipeline/services';
import { ems, intune, makePipelineWorld, userId } from '../../../support/pipeline-world';

const upn = 'ann@contoso.com';

/** A salesperson without licenses, for whom an operator granted EMS for a while that is over. */
function makeTenant(changes: Partial<Record<keyof Services, object>> = {}): Services {
  const { pipeline, world } = makePipelineWorld();
  const origin = { until: 1_000, why: 'a project', by: 'ada', at: 0 };
  const pin = { ...origin, skus: [{ skuId: ems, disabledPlans: [intune], extra: origin }] };
  return {
    ...pipeline,
    users: { read: async () => ({ userId, etag: null, state: null, ledger: [], exception: pin }) },
    directory: {
      ...pipeline.directory,
      findUser: async () => ({
        user: {
          id: userId,
          properties: { ...world.user.properties, userPrincipalName: upn },
          usageLocation: 'NL',
          assignments: [],
        },
        transitiveGroups: [],
      }),
      readLicenseDetails: async () => [],
    },
    ...changes,
  } as unknown as Services;
}

describe('showUser', () => {
  it('explains each SKU and plan as `explain` does, and shows exceptions', async () => {
    const view = await showUser(makeTenant(), upn);

    expect(view.licenses).toEqual([]);
    expect(view.notExplained).toBeNull();
    expect(view.explanation).toMatchObject({
      outcome: 'licensed',
      skus: [
        {
          skuPartNumber: 'EMS',
          held: [],
          text: 'EMS is assigned without INTUNE_A (rule "sales").',
          plans: expect.arrayContaining([
            expect.objectContaining({ servicePlanName: 'INTUNE_A', now: 'notHeld', policy: 'off' }),
          ]),
        },
      ],
    });
    expect(view.exceptions).toMatchObject([
      { kind: 'extra', what: 'EMS without INTUNE_A', why: 'a project', by: 'ada', isOver: true },
    ]);
  });

  it('shows the rest while there is no usable policy, and says so', async () => {
    const refuse = async () => {
      throw new UserError('policy/invalid', 'The policy cannot be used');
    };
    const policy = { needs: refuse, forUser: refuse };

    const view = await showUser(makeTenant({ policy }), upn);

    expect(view).toMatchObject({
      userPrincipalName: upn,
      explanation: null,
      notExplained: 'The policy cannot be used',
    });
  });
});
