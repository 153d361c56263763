import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { makeTenant } from '@auto-licenser/graph-emulator/make-tenant';
import { files, run } from './support/policy-files';

const folder = mkdtempSync(join(tmpdir(), 'rehearse-'));
const tenant = join(folder, 'tenant.json');
writeFileSync(tenant, [...makeTenant({ users: 12, seed: 2 })].map((line) => JSON.stringify(line)).join('\n'));
files['observing.yaml'] = `version: 1
mode: observe
usageLocation: { default: NL }
rules: [{ name: all, assign: [{ sku: Enterprise Mobility + Security E3 }] }]
prices: { EMS: 10 }
`;

afterAll(() => rmSync(folder, { recursive: true }));

describe('licenser rehearse', () => {
  const oneDay = ['--days', '1', '--joiners', '1', '--movers', '0', '--leavers', '0'];

  it('prints what the contract says, for a policy that observes as it would enforce', async () => {
    const { code, json, errors } = await run(
      'rehearse',
      tenant,
      '--policy',
      'observing.yaml',
      ...oneDay,
      '--json',
    );

    expect(code).toBe(0);
    expect(errors).toContain('observing.yaml observes');
    const done = json() as Record<string, unknown>;
    expect(Object.keys(done).slice(0, 10)).toEqual([
      ...['days', 'users', 'licensed', 'waiting', 'blocked', 'held', 'reductions', 'cost'],
      ...['timeToLicensedMs', 'lost'],
    ]);
    expect(done).toMatchObject({
      days: 1,
      users: 13,
      waiting: 0,
      lost: 0,
      seed: 1,
      cost: { unpriced: expect.anything() },
    });
    expect(done['licensed']).toBeGreaterThan(8);
    expect(done['joiners']).toEqual({ joined: 1, licensed: 1 });
    expect(done['timeToLicensedMs']).toEqual({
      p50: expect.any(Number),
      p95: expect.any(Number),
      p99: expect.any(Number),
      max: expect.any(Number),
    });
  });

  it('writes nothing when it observes as written, and says so for people', async () => {
    const { code, out } = await run(
      'rehearse',
      tenant,
      '--policy',
      'observing.yaml',
      '--as-written',
      ...oneDay,
    );

    expect(code).toBe(0);
    expect(out).toMatch(/of 1 working day with 13 users/);
    expect(out).toContain('observing');
    expect(out).toMatch(/writes +0;/);
    expect(out).toMatch(/joiners +none of 1 was licensed\n/);
    expect(out).toContain('The policy observes');
    expect(out).toContain('The tenant itself was not touched.');
  });

  it.each([
    ['a file that is not there', ['no.json', '--policy', 'policy.yaml'], /no\.json cannot be read/],
    [
      'a policy that is not there',
      [tenant, '--policy', 'no.yaml'],
      /no\.yaml cannot be read: there is no such file/,
    ],
    ['a policy that is none', [tenant, '--policy', 'wrong.yaml'], /wrong\.yaml.*disabel/],
    ['no policy', [tenant], /--policy/],
    ['no day', [tenant, '--policy', 'policy.yaml', '--days', '0'], /1 to 365/],
    [
      'prices that are none',
      [tenant, '--policy', 'policy.yaml', '--prices', 'broken.json'],
      /no columns sku and price/,
    ],
  ])('refuses %s with 2 and the reason', async (_what, args, text) => {
    const { code, errors } = await run('rehearse', ...args);

    expect(code).toBe(2);
    expect(errors).toMatch(text);
  });

  it('refuses a file that is no tenant', async () => {
    const other = join(folder, 'other.json');
    writeFileSync(other, '{"users": 3}');

    const { code, errors } = await run('rehearse', other, '--policy', 'policy.yaml');

    expect(code).toBe(2);
    expect(errors).toContain('other.json');
  });
});
