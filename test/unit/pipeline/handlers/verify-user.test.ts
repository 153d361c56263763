import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LicenseDetail } from '../../../../shared/graph/directory';
import type { OperationMessage } from '../../../../shared/queue/messages';
import { ems, intune, makePipelineWorld, premium, refusal } from '../../../support/pipeline-world';

const minute = 60_000;
let t: ReturnType<typeof makePipelineWorld>;
let statusOfPremium: string;
let statusOfIntune: string;
let reads: number;
let failing: Error | undefined;

beforeEach(async () => {
  t = makePipelineWorld();
  [statusOfPremium, statusOfIntune, reads, failing] = ['Success', 'Disabled', 0, undefined];
  Object.assign(t.pipeline.settings, { verifyAfterMs: 30_000 });
  const details = (): LicenseDetail[] => [
    {
      skuId: ems,
      skuPartNumber: 'EMS',
      servicePlans: [
        [intune, 'INTUNE_A', statusOfIntune] as const,
        [premium, 'AAD_PREMIUM', statusOfPremium] as const,
      ].map(([servicePlanId, servicePlanName, provisioningStatus]) => ({
        servicePlanId,
        servicePlanName,
        provisioningStatus,
        appliesTo: 'User',
      })),
    },
  ];
  Object.assign(t.pipeline.directory, {
    readLicenseDetails: async () => {
      reads++;
      if (failing !== undefined) throw failing;
      return details();
    },
  });
  await t.decide();
  await t.step();
});

/** The verify hint that is scheduled, taken from the queue. */
function takeHint() {
  const index = t.sent.findIndex((one) => one.kind === 'hint' && one.hint.kind === 'verify');
  const [hint] = index < 0 ? [] : t.sent.splice(index, 1);
  return hint?.kind === 'hint' ? hint : undefined;
}
async function verify(): Promise<void> {
  const due = takeHint();
  if (due === undefined) throw new Error('No verification is scheduled');
  t.advance(Math.max(0, due.at - t.now()));
  await t.decide(due.hint);
}
const verified = () => t.timeline.filter(({ step }) => step === 'verified');

describe('when a verification comes', () => {
  it('is by half as much again after the setting for a joiner, and ten times later in the lane of a crowd', async () => {
    const joiner = takeHint();
    const writtenAt = t.now();
    const crowd = makePipelineWorld();
    Object.assign(crowd.pipeline.settings, { verifyAfterMs: 30_000 });
    await crowd.decide(crowd.hint({ crowd: true }));
    await crowd.apply((crowd.sent.shift() as { message: OperationMessage }).message, 'license-changes-bulk');
    const [ofCrowd] = crowd.sent;

    expect(joiner).toMatchObject({ at: writtenAt + 45_000, hint: { kind: 'verify' } });
    expect(joiner?.hint.crowd).toBeUndefined();
    expect(ofCrowd).toMatchObject({ at: crowd.now() + 450_000, hint: { kind: 'verify', crowd: true } });
  });
});

describe('verification', () => {
  it('comes half a minute after the write, with one request, and is done when all is in service', async () => {
    const due = t.sent.find((one) => one.kind === 'hint' && one.hint.kind === 'verify');

    await verify();

    expect(due?.kind === 'hint' && due.at - (t.state()?.writtenAt ?? 0)).toBeGreaterThanOrEqual(30_000);
    expect(t.state()?.verifiedAt).toBe(t.now());
    expect(verified()).toMatchObject([{ text: 'every plan is in service as decided' }]);
    expect(reads).toBe(1);
    expect(takeHint()).toBeUndefined();
  });

  it('comes again, ever later, until the plans are in service', async () => {
    statusOfPremium = 'PendingProvisioning';
    const times: number[] = [];
    for (let look = 0; look < 4; look++) {
      await verify();
      times.push(t.now() - (t.state()?.writtenAt ?? 0));
    }
    statusOfPremium = 'Success';

    await verify();

    expect(verified()).toHaveLength(1);
    for (const [index, time] of times.slice(1).entries()) {
      expect(time).toBeGreaterThanOrEqual(2 * (times[index] ?? 0));
    }
  });

  it('says what an admin must activate', async () => {
    statusOfPremium = 'PendingActivation';

    await verify();

    expect(verified()[0]?.text).toContain('AAD_PREMIUM needs an admin to activate it');
  });

  it('leaves a plan that its service does not confirm after half an hour', async () => {
    statusOfPremium = 'PendingInput';
    await verify();
    expect(verified()).toEqual([]);

    while (verified().length === 0) await verify();

    expect(t.now() - (t.state()?.writtenAt ?? 0)).toBeGreaterThanOrEqual(30 * minute);
    expect(verified()[0]?.text).toContain('every plan but AAD_PREMIUM is confirmed');
  });

  it('is a failure after a day, and the license stands', async () => {
    statusOfPremium = 'Error';

    for (let due = true; due; due = t.sent.some((one) => one.kind === 'hint' && one.hint.kind === 'verify')) {
      await verify();
    }

    expect(t.failures).toMatchObject([{ class: 'verify', reason: { code: 'verify/not-in-service' } }]);
    expect(t.failures[0]?.reason.text).toContain('AAD_PREMIUM');
    expect(t.state()?.outcome).toBe('licensed');
    expect(reads).toBeLessThan(30);
  });

  it('finds a group that switches on what we switched off', async () => {
    statusOfIntune = 'Success';
    const group = { assignedByGroup: 'dddddddd-0000-4000-8000-000000000001' as never, disabledPlans: [] };
    t.world.user.assignments = [
      ...t.world.user.assignments,
      { skuId: ems, state: 'Active', error: null, ...group },
    ];

    await verify();

    expect(verified()).toHaveLength(1);
  });

  it('of an earlier write ends without a request to Graph', async () => {
    const early = takeHint();
    t.advance(10 * minute);
    t.hold([]);
    await t.decide(t.hint({ source: 'operator' }));
    await t.step();
    expect(t.writes).toHaveLength(2);

    if (early !== undefined) await t.decide(early.hint);

    expect(reads).toBe(0);
    expect(verified()).toEqual([]);
    expect(takeHint()).toBeDefined();
  });

  it('waits out what passes', async () => {
    failing = refusal('throttled', 429);
    await verify();
    failing = undefined;

    await verify();

    expect(verified()).toHaveLength(1);
  });

  it('waits for a fresh user whom a replica does not know yet', async () => {
    failing = refusal('gone', 404);
    await verify();
    failing = undefined;

    await verify();

    expect(verified()).toHaveLength(1);
  });

  it('ends without a word when the user is gone: looks find that out', async () => {
    failing = refusal('gone', 404);
    for (let looks = 0; looks < 30 && t.sent.length > 0; looks++) await verify();

    expect(t.now() - (t.state()?.writtenAt ?? 0)).toBeLessThan(60 * minute);
    expect(takeHint()).toBeUndefined();
    expect(t.failures).toEqual([]);
  });

  it('is a failure after a day when Graph never says anything of use', async () => {
    failing = refusal('unknown', 200);
    while (t.sent.length > 0) await verify();

    expect(t.failures).toMatchObject([{ class: 'verify' }]);
    expect(t.failures[0]?.reason.text).toContain('its plans could not be read');
  });

  it('is not repeated by a doubled hint', async () => {
    const due = takeHint();
    if (due === undefined) throw new Error('No verification is scheduled');
    await t.decide(due.hint);

    await t.decide(due.hint);

    expect(reads).toBe(1);
    expect(verified()).toHaveLength(1);
  });
});
