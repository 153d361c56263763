import { describe, expect, it } from '@jest/globals';
import { UserError } from '../../../../shared/kernel/errors';
import { showUser } from '../../../../shared/ops/users/show-user';
import type { Services } from '../../../../shared/pipeline/services';
import { ems, intune, makePipelineWorld, userId } from '../../../support/pipeline-world';

const visio = 'c5928f49-12ba-48f7-ada3-0d743a3601d5';
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

  it('shows under each license the assignments of that license alone', async () => {
    const assigned = (skuId: string, disabledPlans: readonly string[]) => ({
      ...{ skuId, disabledPlans, assignedByGroup: null, state: 'Active', error: null },
    });
    const { pipeline, world } = makePipelineWorld();
    const user = {
      ...{ id: userId, properties: world.user.properties, usageLocation: 'NL' },
      assignments: [assigned(ems, []), { ...assigned(visio, []), state: 'Error', error: 'CountViolation' }],
    };
    const directory = {
      ...pipeline.directory,
      findUser: async () => ({ user, transitiveGroups: [] }),
      readLicenseDetails: async () => [],
    };

    const { licenses } = await showUser(makeTenant({ directory }), upn);

    expect(licenses).toMatchObject([
      { skuId: ems, assignments: [{ by: 'direct', state: 'Active', error: null }] },
      { skuId: visio, assignments: [{ by: 'direct', state: 'Error', error: 'CountViolation' }] },
    ]);
    expect(licenses.map(({ assignments }) => assignments.length)).toEqual([1, 1]);
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
