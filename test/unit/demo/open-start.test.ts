import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeTenant } from '@auto-licenser/graph-emulator/make-tenant';
import { openStart } from '../../../demo/open-start';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (name: string, content: string | Buffer) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const lines = () => [...makeTenant({ users: 20, seed: 3 })].map((line) => JSON.stringify(line));
const root = join(__dirname, '..', '..', '..');
const nothing = { tenant: undefined, policy: undefined, keep: false, users: undefined };

describe('what a start works on', () => {
  it('is the sample, its policy and a first sync of 40', async () => {
    expect(await openStart(root, nothing)).toMatchObject({
      isOwnTenant: false,
      policy: join(root, 'policy', 'sample-tenant.yaml'),
      users: 40,
      said: [],
    });
  });

  it('is a tenant file, compressed or not, under a policy that only observes and is named', async () => {
    const tenant = fileOf('tenant.ndjson.gz', gzipSync(lines().join('\n')));

    const opened = await openStart(root, { ...nothing, tenant });

    expect(opened).toMatchObject({
      isOwnTenant: true,
      policy: join(root, 'policy', 'starter.yaml'),
      users: 0,
      cloud: { tenantFile: tenant },
    });
    expect(opened.said.join('\n')).toMatch(/20 users, 14 groups\nPolicy: .*starter\.yaml\nIt only observes/);
  });

  it('says which file is read before it is', async () => {
    const said: string[] = [];
    const tenant = fileOf('broken.ndjson', 'hello');

    await expect(openStart(root, { ...nothing, tenant }, (text) => said.push(text))).rejects.toThrow();
    await openStart(root, nothing, (text) => said.push(text));

    expect(said).toEqual([`Reading ${tenant} …`]);
  });

  it('is the policy that is given', async () => {
    const tenant = fileOf('own.ndjson', lines().join('\n'));
    const policy = join(root, 'policy', 'complete.yaml');

    const { said } = await openStart(root, { ...nothing, tenant, policy, users: 3 });

    expect(said).toContain(`Policy: ${policy}`);
    expect(said.join('\n')).not.toContain('only observes');
  });

  const broken: readonly (readonly [string, () => string, RegExp])[] = [
    ['is not there', () => join(folder, 'none.ndjson'), /none\.ndjson cannot be read: there is no such file/],
    ['is a folder', () => folder, /it is a folder/],
    ['is empty', () => fileOf('empty', ''), /is empty/],
    ['is no JSON', () => fileOf('text.txt', `${lines()[0] ?? ''}\nhello`), /text\.txt:2 is not JSON/],
    ['is JSON of another kind', () => fileOf('list.json', '[1, 2]'), /list\.json:1: /],
    ['has a line of another kind', () => fileOf('bad.ndjson', '{"type":"car"}'), /bad\.ndjson:1: type: /],
    [
      'is cut off',
      () => fileOf('cut.gz', gzipSync(lines().join('\n')).subarray(0, 400)),
      /damaged or cut off/,
    ],
    [
      'has no tenant',
      () =>
        fileOf(
          'headless',
          lines()
            .filter((line) => !line.includes('"type":"tenant"'))
            .join('\n'),
        ),
      /has no line of type "tenant"/,
    ],
  ];
  it.each(broken)('refuses a tenant file that %s, and says what to do', async (_what, tenant, message) => {
    await expect(openStart(root, { ...nothing, tenant: tenant() })).rejects.toMatchObject({
      message: expect.stringMatching(message) as unknown,
      hint: expect.stringMatching(/\w+/) as unknown,
    });
  });

  it('refuses a policy that is not there or not valid', async () => {
    const none = openStart(root, { ...nothing, policy: join(folder, 'none.yaml') });
    const bad = openStart(root, { ...nothing, policy: fileOf('bad.yaml', 'version: 1\nrules: []\n') });

    await expect(none).rejects.toMatchObject({ code: 'policy/unreadable' });
    await expect(bad).rejects.toMatchObject({ code: 'policy/invalid' });
  });
});
