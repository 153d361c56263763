import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Answer } from './stand-ins/answer-call';
import { always, granted, identity } from './stand-ins/azure-answers';
import { makeStandIns } from './stand-ins/make-stand-ins';

const root = join(__dirname, '..', '..', '..');
let standIns: Awaited<ReturnType<typeof makeStandIns>>;
afterEach(() => standIns.remove());

/** As `az rest` prints what Graph says of a service principal that was made a minute ago. */
const notReplicated =
  'ERROR: Not Found({"error":{"code":"Request_ResourceNotFound","message":"Resource \'x\' does not exist or one of its queried reference-property objects are not present."}})';

/** Calls the script's own function; the pauses that it asks for are counted, not waited for. */
async function grant(answers: readonly Answer[], readsDirectGroups = false) {
  standIns = await makeStandIns([...answers, { match: '^ad sp show', stdout: 'graph-id\n' }]);
  const code = `
    import { grantGraphPermissions } from '${join(root, 'scripts/deploy/graph.mjs')}';
    const said = [], pauses = [];
    const options = { principalId: '${identity}', permissions: 'license-only', readsDirectGroups: ${String(readsDirectGroups)}, pauseMs: 30_000,
      say: (text) => said.push(text), sleep: async (ms) => void pauses.push(ms) };
    let missing, refused;
    try { missing = await grantGraphPermissions(options); } catch (error) { refused = error.name; }
    process.stdout.write(JSON.stringify({ said, pauses, missing, refused }));`;
  const { stdout, stderr } = await standIns.run(process.execPath, ['--input-type=module', '-e', code]);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as { said: string[]; pauses: number[]; missing?: string[]; refused?: string };
}
const posts = () => standIns.calls().filter(({ args }) => args.includes('POST'));

it('the groups that a user is in directly are opened when a rule asks for them', async () => {
  const { missing, said } = await grant(
    [
      { match: '^rest --method GET', stdout: granted(always) },
      { match: '^rest --method POST', stdout: '{}' },
    ],
    true,
  );

  expect([missing, said]).toEqual([[], ['  granted GroupMember.ReadBasic.All']]);
});

describe('a list that Graph gives in pages', () => {
  it('is read to its end: what is granted on the second page is not granted again', async () => {
    const next = 'https://graph.microsoft.com/v1.0/servicePrincipals/x/appRoleAssignments?$skiptoken=p2';
    const page = (ids: readonly string[], link?: string) =>
      JSON.stringify({
        ...(JSON.parse(granted(ids)) as object),
        ...(link === undefined ? {} : { '@odata.nextLink': link }),
      });

    const { missing } = await grant([
      { match: 'skiptoken=p2', stdout: page(always.slice(1)) },
      { match: '^rest --method GET', stdout: page(always.slice(0, 1), next) },
    ]);

    expect(missing).toEqual([]);
    expect(posts()).toEqual([]);
  });

  it('does not follow a link elsewhere with the administrator’s token', async () => {
    const { refused } = await grant([
      {
        match: '^rest --method GET',
        stdout: JSON.stringify({ value: [], '@odata.nextLink': 'https://graph.example/v1.0/x' }),
      },
    ]);

    expect(refused).toBe('AzureRefused');
  });
});

describe('granting permissions to an identity that Graph does not know everywhere yet', () => {
  it('tries again until it does, and grants each permission once', async () => {
    const { pauses, missing, said } = await grant([
      { match: '^rest --method GET', fail: notReplicated, times: 2 },
      { match: '^rest --method GET', stdout: granted([]) },
      { match: '^rest --method POST', fail: notReplicated, times: 3 },
      { match: '^rest --method POST', stdout: '{}' },
    ]);

    // The list may lag behind what was granted: it says nothing in all of this.
    expect(missing).toEqual([]);
    expect(pauses).toEqual(Array<number>(5).fill(30_000));
    expect(said.filter((line) => line.includes('  granted '))).toHaveLength(4);
    expect(posts()).toHaveLength(4 + 3);
  });

  it('gives up after ten tries', async () => {
    const { refused, pauses } = await grant([{ match: '^rest --method GET', fail: notReplicated }]);

    expect(refused).toBe('AzureRefused');
    expect(pauses).toHaveLength(9);
  });

  it('does not try again what waiting cannot help, and takes "already" for granted', async () => {
    const { pauses, missing, said } = await grant([
      { match: '^rest --method GET', stdout: granted(always.slice(2)) },
      {
        match: `^rest --method POST .*${String(always[0])}`,
        fail: 'ERROR: Bad Request: Permission being assigned already exists on the object',
      },
      { match: '^rest --method POST', fail: 'ERROR: Forbidden: Authorization_RequestDenied' },
    ]);

    expect(pauses).toEqual([]);
    expect(missing).toEqual(['LicenseAssignment.Read.All']);
    expect(said).toEqual([
      '  granted LicenseAssignment.ReadWrite.All',
      '  not granted LicenseAssignment.Read.All: ERROR: Forbidden: Authorization_RequestDenied',
    ]);
  });
});
