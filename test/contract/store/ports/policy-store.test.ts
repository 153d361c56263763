import { beforeAll, describe, expect, it } from '@jest/globals';
import { ConcurrencyError } from '../../../../shared/kernel/errors';
import { toServicePlanId, toSkuId } from '../../../../shared/kernel/ids';
import type { PolicyHash } from '../../../../shared/kernel/ids';
import { silentLogger } from '../../../../shared/kernel/logger';
import { seededRandom } from '../../../../shared/kernel/random';
import type { PolicyStore } from '../../../../shared/store/ports/policy-store';
import { makeTableStores } from '../../../../shared/store/tables/table-stores';
import { leaseTables } from '../../../support/clouds/lease-tables';
import type { LentTables } from '../../../support/clouds/lease-tables';
import { ManualClock } from '../../../support/manual-clock';
import type { StoredPolicy } from '../../../../shared/words/policy-version';

let azurite: LentTables;
let policies: PolicyStore;
beforeAll(async () => {
  azurite = await leaseTables();
  policies = makeTableStores({
    ...azurite,
    clock: new ManualClock(1),
    random: seededRandom(1),
    logger: silentLogger,
  }).policies;
});

const hash = (name: string) => name as PolicyHash;
const policy = (name: string, extra: Partial<StoredPolicy> = {}): StoredPolicy => ({
  hash: hash(name),
  text: 'version: 1\nrules: [] # déjà vu ☃\n',
  storedAt: 5,
  by: 'ann',
  knownPlans: [
    {
      skuId: toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e'),
      servicePlanIds: [toServicePlanId('c1ec4a95-1f05-45b3-a911-aa3fa01094f5')],
    },
  ],
  ...extra,
});
const pointer = { active: hash('a'), candidate: null, isCandidateApproved: false, left: [hash('l')] };

describe('TablePolicyStore', () => {
  it('points nowhere before a policy was activated', async () => {
    expect(await policies.pointer()).toEqual({
      etag: null,
      active: null,
      candidate: null,
      isCandidateApproved: false,
      left: [],
    });
  });

  it('lets one of two beginners set the pointer, and others move it only from where it is', async () => {
    const nothing = await policies.pointer();

    const begun = await Promise.allSettled([
      policies.movePointer(nothing, pointer),
      policies.movePointer(nothing, pointer),
    ]);
    const first = await policies.pointer();
    const moved = await policies.movePointer(first, {
      ...pointer,
      candidate: hash('b'),
      candidateOf: 'activation-1',
    });
    const late = policies.movePointer(first, pointer);

    expect(begun.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(first).toMatchObject(pointer);
    await expect(late).rejects.toBeInstanceOf(ConcurrencyError);
    expect(await policies.pointer()).toEqual(moved);
  });

  it('reads back a policy as it was stored, however long', async () => {
    const long = policy('long', { text: `# ${'ü'.repeat(40_000)}\nversion: 1\n` });

    await policies.add(long);

    expect(await policies.read(long.hash)).toEqual(long);
    expect(await policies.read(hash('none'))).toBeUndefined();
  });

  it('keeps the first row of a policy, with the plans that were known then', async () => {
    await policies.add(policy('twice'));

    await policies.add(policy('twice', { by: 'bob', storedAt: 9, knownPlans: [] }));

    expect(await policies.read(hash('twice'))).toEqual(policy('twice'));
  });

  it('binds the names of a policy once; later ones are added, and none is changed', async () => {
    const one = { name: 'ems', skuId: toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e') };
    const other = { name: 'spe_e3', skuId: toSkuId('05e9a617-0261-4cee-bb44-138d3ef5d965') };
    await policies.add(policy('bound'));

    const both = await Promise.all([
      policies.bind(hash('bound'), { skus: [one], plans: [] }),
      policies.bind(hash('bound'), { skus: [{ ...one, skuId: other.skuId }], plans: [] }),
    ]);
    const later = await policies.bind(hash('bound'), {
      skus: [{ ...one, skuId: other.skuId }, other],
      plans: [],
    });

    expect(both[0]).toEqual(both[1]);
    expect(later.skus).toEqual([...(both[0]?.skus ?? []), other]);
    expect((await policies.read(hash('bound')))?.bindings).toEqual(later);
  });

  it('lists the policies without their texts', async () => {
    await policies.add(policy('listed'));

    const found = [];
    for await (const each of policies.list()) found.push(each);

    expect(found).toContainEqual({ hash: 'listed', storedAt: 5, by: 'ann' });
  });
});
