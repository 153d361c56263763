import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(__dirname, '../../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

type Resource = {
  readonly type: string;
  readonly name: string;
  readonly scope?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
};
const resourcesOf = (path: string) =>
  (JSON.parse(read(path)) as { readonly predictedResources: readonly Resource[] }).predictedResources;

/** What the templates come to by the compiler's own evaluation; `npm run check:infra` compares them. */
describe.each([
  'infra/main.snapshot.json',
  'infra/check/everything.snapshot.json',
  'infra/check/event-grid.snapshot.json',
])('the account that holds the ledger, in %s', (path) => {
  const resources = resourcesOf(path);
  const locks = resources.filter(({ type }) => type === 'Microsoft.Authorization/locks');
  const accounts = resources.filter(({ type }) => type === 'Microsoft.Storage/storageAccounts');

  it('has one lock, against deletion', () => {
    expect(locks).toHaveLength(1);
    expect(locks[0]?.properties).toMatchObject({ level: 'CanNotDelete' });
  });

  it('is the one that is locked: there is no other', () => {
    expect(accounts).toHaveLength(1);
    // Names are expressions of the template, which stand in brackets.
    expect(JSON.stringify(locks[0])).toContain(accounts[0]?.name.replace(/^\[|\]$/g, '') ?? 'no account');
  });

  it('has a note that says why, and where it is told how to remove everything', () => {
    expect(String(locks[0]?.properties?.['notes'])).toMatch(
      /record of what the licenser granted.*docs\/deploy\.md/,
    );
  });
});

describe('what is said of rights', () => {
  const page = read('docs/security.md');
  const rowOf = (beginning: string) =>
    page.split('\n').find((line) => line.startsWith(`| ${beginning}`)) ?? '';

  it.each<[string, string, RegExp]>([
    [
      'who may deploy may license',
      'Contributor or Owner of the resource group',
      /in effect the right to assign licenses/,
    ],
    [
      'the ledger is locked',
      'The storage account is deleted by mistake',
      /a lock on the account with the ledger/,
    ],
  ])('names it: %s', (_what, beginning, said) => {
    expect(rowOf(beginning)).toMatch(said);
  });

  it('says how a locked account is removed after all', () => {
    expect(read('docs/deploy.md')).toMatch(/lock/i);
  });
});

describe('the choice', () => {
  it.each<[string, string, RegExp]>([
    ['is the lock, unless another is made', 'infra/main.bicep', /^param lockLedger bool = true$/m],
    [
      'leaves a lock alone where who deploys may make none',
      'infra/main.bicep',
      /if \(lockLedger && !leaveLock\)/,
    ],
    ['forbids deletion, and no write', 'infra/modules/lock.bicep', /level: 'CanNotDelete'/],
    ['is about the storage account', 'infra/modules/lock.bicep', /scope: storageAccount/],
  ])('%s', (_what, path, said) => {
    expect(read(path)).toMatch(said);
  });
});
