import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { PolicyHash } from '../../../../shared/kernel/ids';
import { silentLogger } from '../../../../shared/kernel/logger';
import { makeCatalogue } from '../../../../shared/licensing/catalogue/catalogue';
import { makePolicySource } from '../../../../shared/pipeline/sources/policy-source';
import { makeMemoryPolicies } from '../../../support/memory-stores';

const text = readFileSync(join(__dirname, '../../policy/file/stored-policies/complete.yaml'), 'utf8');
/** As the first version computed and stored it. */
const hash = '0c53ba443041f0e954308b1d71371d2e6fa4f6a606412524cef9364ff067463c' as PolicyHash;

async function sourceWith(fileText: string) {
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
    readCatalogue: async () => makeCatalogue([]),
    clock: { now: () => 0 } as never,
    logger,
    mayStore: true,
  });
  return { source, warnings };
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
});
