import { describe, expect, it } from '@jest/globals';
import { toGroupId } from '../../../shared/kernel/ids';
import { intune, makePipelineWorld, refusal } from '../../support/pipeline-world';

const group = { id: toGroupId('cccccccc-0000-4000-8000-000000000001'), displayName: 'SG-Sales' };
const policyText = `version: 1
rules:
  - name: group
    memberOf: [SG-Sales]
    assign:
      - { sku: EMS, disable: [INTUNE_A] }
`;

/** A new user without a license; directory sync makes them a member 60 s after they were first found. */
function makeWorld() {
  const t = makePipelineWorld();
  t.world.policyText = policyText;
  t.world.tenantGroups = [group];
  t.world.user.groups = [];
  const joinAt = t.now() + 60_000;
  const beforeRead = async () => {
    if (t.now() >= joinAt) t.world.user.groups = [group];
  };
  t.world.beforeRead = beforeRead;
  return { ...t, beforeRead };
}

async function finish(t: ReturnType<typeof makePipelineWorld>) {
  while (await t.step());
}

describe('a membership that follows its user and that nothing reports', () => {
  it('is found by a look 90 s after the user', async () => {
    const t = makeWorld();

    await t.decide();
    expect(t.state()?.outcome).toBe('nothing');
    await finish(t);

    expect(t.state()?.outcome).toBe('licensed');
  });

  it('is found when the first look met a 404', async () => {
    const t = makeWorld();
    t.world.user.isThere = false;
    await t.decide();
    t.world.user.isThere = true;

    await t.step();
    expect(t.state()?.outcome).toBe('nothing');
    await finish(t);

    expect(t.state()?.outcome).toBe('licensed');
  });

  it('is found when the first look met an outage', async () => {
    const t = makeWorld();
    t.world.beforeRead = async () => {
      throw refusal('unavailable', 503);
    };
    await t.decide();
    t.world.beforeRead = t.beforeRead;

    await finish(t);

    expect(t.state()?.outcome).toBe('licensed');
  });

  it('is found however often the user is spoken of before', async () => {
    const t = makeWorld();
    await t.decide();

    for (let hint = 0; hint < 5; hint++) {
      t.advance(7_000);
      await t.decide(t.hint({ source: hint % 2 === 0 ? 'notification' : 'delta' }));
    }
    t.sent.sort((a, b) => ('at' in a ? a.at : 0) - ('at' in b ? b.at : 0));
    await finish(t);

    expect(t.state()?.outcome).toBe('licensed');
  });

  it('is found when the user got a license by another rule, and was spoken of after that', async () => {
    const t = makeWorld();
    t.world.policyText = `version: 1
rules:
  - name: base
    when: 'user.department -eq "Sales"'
    assign:
      - { sku: EMS, disable: [INTUNE_A] }
  - name: group
    memberOf: [SG-Sales]
    assign:
      - { sku: EMS }
`;
    await t.decide();
    await t.step();
    expect(t.state()?.outcome).toBe('licensed');

    t.advance(30_000);
    await t.decide(t.hint({ source: 'notification' }));
    t.sent.sort((a, b) => ('at' in a ? a.at : 0) - ('at' in b ? b.at : 0));
    await finish(t);

    expect(t.writes).toMatchObject([
      { add: [{ disabledPlans: [intune] }] },
      { add: [{ disabledPlans: [] }] },
    ]);
  });

  it('is not looked for in users who were known before', async () => {
    const t = makeWorld();
    await t.decide();
    await finish(t);
    t.advance(3_600_000);
    t.world.user.properties['department'] = 'Legal';

    await t.decide(t.hint({ source: 'operator' }));

    expect(t.sent).toEqual([]);
  });
});
