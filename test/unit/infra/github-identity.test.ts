import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import reference from './stand-ins/cli-reference.json';
import { makeStandIns } from './stand-ins/make-stand-ins';
import type { Answer } from './stand-ins/answer-call';

const root = join(__dirname, '..', '..', '..');
const account = { id: 'sub-1', name: 'Contoso', tenantId: 'tenant-1', user: { name: 'ann', type: 'user' } };
const azure = (known: { app: boolean; subjects: readonly string[] }): readonly Answer[] => [
  { match: '^account show', stdout: JSON.stringify(account) },
  { match: '^ad app list', stdout: known.app ? '["app-1"]' : '[]' },
  { match: '^ad app create', stdout: 'app-1\n' },
  { match: '^ad app federated-credential list', stdout: JSON.stringify(known.subjects) },
  { match: '^ad sp show', stdout: 'principal-1\n' },
];

let standIns: Awaited<ReturnType<typeof makeStandIns>>;
afterEach(() => standIns.remove());
const identify = (...args: readonly string[]) =>
  standIns.run(process.execPath, [join(root, 'scripts', 'github-identity.mjs'), ...args]);
const calls = (words: string) => standIns.calls().filter(({ args }) => args.join(' ').startsWith(words));
const valueOf = (args: readonly string[] | undefined, option: string) => args?.[args.indexOf(option) + 1];

describe('scripts/github-identity.mjs', () => {
  it('makes an identity that trusts one environment of one repository, with two roles on the group and no secret', async () => {
    standIns = await makeStandIns(azure({ app: false, subjects: [] }));

    const { status, stdout } = await identify('--repository', 'contoso/licenser', '--group', 'rg-licenser');

    expect(standIns.refused()).toBe('');
    expect(status).toBe(0);
    const [credential] = calls('ad app federated-credential create');
    expect(JSON.parse(valueOf(credential?.args, '--parameters') ?? '')).toEqual({
      name: 'github-azure',
      issuer: 'https://token.actions.githubusercontent.com',
      subject: 'repo:contoso/licenser:environment:azure',
      audiences: ['api://AzureADTokenExchange'],
    });
    const roles = calls('role assignment create').map(({ args }) => [
      valueOf(args, '--role'),
      valueOf(args, '--assignee-object-id'),
      valueOf(args, '--scope'),
    ]);
    const scope = '/subscriptions/sub-1/resourceGroups/rg-licenser';
    expect(roles).toEqual([
      ['Contributor', 'principal-1', scope],
      ['Role Based Access Control Administrator', 'principal-1', scope],
    ]);
    expect(standIns.calls().filter(({ args }) => /credential reset|password/.test(args.join(' ')))).toEqual(
      [],
    );
    for (const line of ['AZURE_CLIENT_ID=app-1', 'AZURE_TENANT_ID=tenant-1', 'AZURE_SUBSCRIPTION_ID=sub-1'])
      expect(stdout).toContain(line);
  });

  it('may run again: what is there stays', async () => {
    standIns = await makeStandIns(
      azure({ app: true, subjects: ['repo:contoso/licenser:environment:production'] }),
    );

    const { status } = await identify(
      ...['--repository', 'contoso/licenser', '--group', 'rg', '--environment', 'production'],
    );

    expect(status).toBe(0);
    expect(calls('ad app create')).toEqual([]);
    expect(calls('ad sp create')).toEqual([]);
    expect(calls('ad app federated-credential create')).toEqual([]);
  });

  it('says how it is called, and what Azure refuses', async () => {
    standIns = await makeStandIns([{ match: '^account show', fail: 'Please run az login' }]);

    expect(await identify('--repository', 'no-owner', '--group', 'rg')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('usage:'),
    });
    expect(await identify('--repository', 'contoso/licenser', '--group', 'rg')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('az login'),
    });
  });
});

describe('the extract of the reference', () => {
  it('says of every command where it was read, and when', () => {
    for (const [program, { source, date, commands }] of Object.entries(reference)) {
      expect([program, source, date]).toEqual([
        program,
        expect.stringMatching(/^https:\/\/github\.com\/(MicrosoftDocs|Azure)\//),
        expect.stringMatching(/^202\d-\d\d-\d\d$/),
      ]);
      for (const [name, command] of Object.entries(commands)) {
        const own = command as { source?: string; date?: string; page?: string };
        // The page is a file of the program's source.
        expect([name, own.source !== undefined ? own.date : own.page]).toEqual([
          name,
          expect.stringMatching(/^(202\d-\d\d-\d\d|[\w/-]+\.yml)$/),
        ]);
      }
    }
  });
});
