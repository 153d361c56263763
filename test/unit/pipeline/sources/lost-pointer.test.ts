import { describe, expect, it } from '@jest/globals';
import type { PolicyHash } from '../../../../shared/kernel/ids';
import { silentLogger } from '../../../../shared/kernel/logger';
import { makeCatalogue } from '../../../../shared/licensing/catalogue/catalogue';
import { compilePolicy } from '../../../../shared/pipeline/sources/policy-file';
import { makePolicySource } from '../../../../shared/pipeline/sources/policy-source';
import { makeMemoryPolicies } from '../../../support/memory/memory-stores';

const textOf = (department: string) =>
  `version: 1\nrules:\n  - name: a\n    when: 'user.department -eq "${department}"'\n    assign: [{ sku: EMS }]\n`;
const hashOf = (text: string) => compilePolicy(text, 'p.yaml').hash;
const file = textOf('Sales');
const spread = `# The same, laid out otherwise\n${file.replace('[{ sku: EMS }]', '\n      - sku: EMS')}`;

/** Policies that are stored while no row says which of them is active, and the app that starts. */
async function startWith(stored: readonly string[], { mayStore = true, text = file } = {}) {
  const store = makeMemoryPolicies();
  for (const [at, one] of stored.entries()) {
    await store.add({ hash: hashOf(one), text: one, storedAt: at, by: 'ann', knownPlans: [] });
  }
  const source = makePolicySource({
    store,
    file: { path: 'policy.yaml', read: async () => text },
    readCatalogue: async () => makeCatalogue([]),
    directory: { findGroups: async () => [] },
    clock: { now: () => 0 } as never,
    logger: silentLogger,
    mayStore,
  });
  const active = async (): Promise<PolicyHash | null> => (await store.pointer()).active;
  return { source, active };
}

describe('policies are stored, and the row that says which is active is gone', () => {
  it.each<[string, readonly string[]]>([
    ['one that is not the file’s', [textOf('Legal')]],
    ['two that are not the file’s', [textOf('Legal'), textOf('Finance')]],
    ['the file’s own, and one that was activated', [file, textOf('Legal')]],
    ['one that was activated, and the file’s own after it', [textOf('Legal'), file]],
    ['the same, with another enforcement', [`mode: observe\n${file}`]],
    ['many', ['A', 'B', 'C', 'D', 'E'].map(textOf)],
  ])('no policy is made active by itself: %s', async (_what, stored) => {
    const { source, active } = await startWith(stored);

    await expect(source.current()).rejects.toMatchObject({
      code: 'policy/pointer-lost',
      hint: expect.stringContaining('licenser repair --active HASH'),
    });
    // Not at the next try either.
    await expect(source.needs()).rejects.toMatchObject({ code: 'policy/pointer-lost' });
    expect(await active()).toBeNull();
  });

  it.each<[string, readonly string[], string]>([
    ['none is stored: a first start', [], file],
    ['the file’s own alone is: the first start ended before', [file], file],
    ['the file’s own alone is, laid out otherwise', [file], spread],
  ])('the file is the seed where %s', async (_what, stored, text) => {
    const { source, active } = await startWith(stored, { text });

    expect((await source.current()).hash).toBe(hashOf(file));
    expect(await active()).toBe(hashOf(file));
  });

  it('a process that may not write makes none active, whatever is stored', async () => {
    const { source, active } = await startWith([textOf('Legal')], { mayStore: false });

    await source.current();

    expect(await active()).toBeNull();
  });
});
