import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { PolicyHash } from '../../../../shared/kernel/ids';
import { toSkuId } from '../../../../shared/kernel/ids';
import { silentLogger } from '../../../../shared/kernel/logger';
import { makeCatalogue } from '../../../../shared/licensing/catalogue/catalogue';
import { makePolicySource } from '../../../../shared/pipeline/sources/policy-source';
import type { PolicyStore } from '../../../../shared/store/ports/policy-store';
import type { SubscribedSku } from '../../../../shared/words/sku';
import { makeMemoryPolicies } from '../../../support/memory/memory-stores';

const text = readFileSync(join(__dirname, '../../policy/file/stored-policies/complete.yaml'), 'utf8');
/** As the first version computed and stored it. */
const hash = '0c53ba443041f0e954308b1d71371d2e6fa4f6a606412524cef9364ff067463c' as PolicyHash;

const emsId = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');
const otherId = toSkuId('05e9a617-0261-4cee-bb44-138d3ef5d965');
const ems = (skuPartNumber: string): SubscribedSku => ({
  skuId: emsId,
  skuPartNumber,
  appliesTo: 'User',
  capabilityStatus: 'Enabled',
  enabledUnits: 1,
  consumedUnits: 0,
  servicePlans: [],
});

const parts = (store: PolicyStore) => ({
  store,
  file: { path: 'policy.yaml', read: async () => text },
  directory: { findGroups: async () => [] },
  clock: { now: () => 0 } as never,
  logger: silentLogger,
  mayStore: true,
});

async function sourceWith(fileText: string, skus: Parameters<typeof makeCatalogue>[0] = [], mayStore = true) {
  const store = makeMemoryPolicies();
  await store.add({ hash, text, storedAt: 0, by: 'first start', knownPlans: [] });
  await store.movePointer(await store.pointer(), {
    active: hash,
    candidate: null,
    isCandidateApproved: false,
    left: [],
  });
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
  const source = makePolicySource({
    store,
    file: { path: 'policy.yaml', read: async () => fileText },
    readCatalogue: async () => makeCatalogue(skus),
    directory: { findGroups: async () => [] },
    clock: { now: () => 0 } as never,
    logger,
    mayStore,
  });
  return { source, warnings, store };
}

describe('a policy that an earlier version stored', () => {
  it('is the policy of its unchanged file, under the hash of its row', async () => {
    const { source, warnings } = await sourceWith(text);

    expect((await source.current()).hash).toBe(hash);
    expect(warnings).toEqual([]);
  });

  it('is another one than that of an edited file', async () => {
    const { source, warnings } = await sourceWith(text.replace('priority: 10', 'priority: 11'));

    expect((await source.current()).hash).toBe(hash);
    expect(warnings).toHaveLength(1);
  });

  it('has its names bound at the first start, once, and every process goes by what was bound', async () => {
    const { source, store } = await sourceWith(text, [ems('EMS')]);
    const bound = { skus: [{ name: 'ems', skuId: emsId }], plans: [] };

    expect((await source.current()).bindings?.skus).toEqual(bound.skus);
    expect((await store.read(hash))?.bindings?.skus).toEqual(bound.skus);

    // Another process, after Microsoft has renamed the SKU and given its name to another one.
    const later = makePolicySource({
      ...parts(store),
      readCatalogue: async () => makeCatalogue([ems('EMS_NEW'), { ...ems('EMS'), skuId: otherId }]),
    });
    expect((await later.current()).bindings?.skus).toEqual(bound.skus);
  });

  it('has the names of SKUs bound that the tenant gets later', async () => {
    const { source, store } = await sourceWith(text, []);
    await source.current();
    expect((await store.read(hash))?.bindings?.skus).toEqual([]);

    const later = makePolicySource({
      ...parts(store),
      readCatalogue: async () => makeCatalogue([ems('EMS')]),
    });
    await later.current();

    expect((await store.read(hash))?.bindings?.skus).toEqual([{ name: 'ems', skuId: emsId }]);
  });

  it('is not bound by a process that may not write', async () => {
    const { source, store } = await sourceWith(text, [ems('EMS')], false);

    expect((await source.current()).bindings?.skus).toEqual([{ name: 'ems', skuId: emsId }]);
    expect((await store.read(hash))?.bindings).toBeUndefined();
  });
});
