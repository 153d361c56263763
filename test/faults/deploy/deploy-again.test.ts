import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Answer } from '../../unit/infra/stand-ins/answer-call';
import { me, newSubscription } from '../../unit/infra/stand-ins/azure-answers';
import { makeStandIns } from '../../unit/infra/stand-ins/make-stand-ins';

const root = join(__dirname, '..', '..', '..');

let standIns: Awaited<ReturnType<typeof makeStandIns>>;
afterEach(() => standIns.remove());

type Values = Readonly<Record<string, unknown>>;
const shown = (state: string, parameters: Values): string =>
  JSON.stringify({
    state,
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, { value }])),
  });
/** A group whose last deployment had these parameters. */
const deployedWith = (parameters: Values, state = 'Succeeded', more: readonly Answer[] = []) =>
  newSubscription('http://127.0.0.1:9', [
    ...more,
    { match: '^deployment group show', stdout: shown(state, { operators: [], ...parameters }) },
    { match: 'what-if', stdout: 'No change.' },
  ]);
const foreseeIn = (env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  standIns.run(
    process.execPath,
    [
      join(root, 'scripts', 'deploy.mjs'),
      ...['--group', 'rg', '--location', 'westeurope', '--what-if'],
      ...args,
    ],
    { env },
  );
const foresee = (...args: readonly string[]) => foreseeIn({}, ...args);
const resource = (type: string, name: string, sku: string | null = null) => ({
  ...{ name, type: `Microsoft.${type}`, location: 'westeurope', sku },
});
/** What is in the group. */
const standing = (...resources: readonly object[]): Answer => ({
  match: '^resource list',
  stdout: JSON.stringify(resources),
});
const asked = () => standIns.calls().find(({ args }) => args.includes('what-if'));
const nameOf = (args: readonly string[] = []) => args[args.indexOf('--name') + 1];

describe('the region of the resources', () => {
  it('is the one that was asked for, wherever the group is', async () => {
    standIns = await makeStandIns(newSubscription('http://127.0.0.1:9', [{ match: 'what-if', stdout: '' }]));

    await foresee('--location', 'uksouth');

    expect(asked()?.env['LICENSER_LOCATION']).toBe('uksouth');
  });

  it('stays: another one is refused before anything is made, however Azure writes it', async () => {
    standIns = await makeStandIns(deployedWith({ location: 'West Europe' }));

    const same = await foresee();
    const other = await foresee('--location', 'uksouth');

    expect([same.status, asked()?.env['LICENSER_LOCATION']]).toEqual([0, 'West Europe']);
    expect(other).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('the resources are in West Europe'),
    });
  });

  it('may be another one after a deployment that failed and left nothing', async () => {
    standIns = await makeStandIns(
      deployedWith({ location: 'westeurope' }, 'Failed', [
        // Of another environment of the group, and of another product.
        standing(resource('Web/sites', 'licenser-test-abcdefghijklm'), resource('Web/sites', 'shop')),
      ]),
    );

    expect((await foresee('--location', 'uksouth')).status).toBe(0);
    expect(asked()?.env['LICENSER_LOCATION']).toBe('uksouth');
  });
});

describe('after a deployment that failed, an environment that stands', () => {
  const bus = (sku: string) => resource('ServiceBus/namespaces', 'licenser-bus-abcdefghijklm', sku);
  const network = resource('Network/virtualNetworks', 'licenser-network');
  const addresses = { match: '^resource show .*licenser-network', stdout: '"10.90.0.0/23"' };

  it.each([
    // What the failed one asked for does not count, only what is there.
    [
      'region',
      [bus('Standard')],
      { location: 'uksouth' },
      ['--location', 'uksouth'],
      /the resources are in westeurope/,
    ],
    [
      'region, of its first part',
      [resource('OperationalInsights/workspaces', 'licenser-logs')],
      {},
      ['--location', 'uksouth'],
      /the resources are in westeurope/,
    ],
    [
      'open network',
      [bus('Standard')],
      { privateNetwork: true },
      [],
      /--private-network: Service Bus does not go/,
    ],
    ['private network', [bus('Premium')], {}, ['--no-private-network'], /--private-network/],
    [
      'addresses',
      [bus('Premium'), network],
      { privateNetwork: true },
      ['--network', '10.0.0.0/22'],
      /--network: the addresses/,
    ],
  ] as const)('keeps its %s', async (_what, resources, parameters, options, message) => {
    standIns = await makeStandIns(deployedWith(parameters, 'Failed', [standing(...resources), addresses]));

    const { status, stderr } = await foresee(...options);

    expect(stderr).toMatch(message);
    expect([status, asked(), standIns.refused()]).toEqual([2, undefined, '']);
  });

  it('is deployed again as it was', async () => {
    standIns = await makeStandIns(
      deployedWith({ location: 'westeurope', privateNetwork: true }, 'Failed', [
        standing(bus('Premium'), network),
        addresses,
      ]),
    );

    expect((await foresee()).status).toBe(0);
    expect([asked()?.env['LICENSER_LOCATION'], standIns.refused()]).toEqual(['westeurope', '']);
  });
});

describe('what Azure cannot change in resources that are there', () => {
  it.each([
    [{}, ['--private-network'], /--private-network: Service Bus does not go from Standard to Premium/],
    [{ privateNetwork: true }, ['--no-private-network'], /--private-network/],
    [{ privateNetwork: true }, ['--network', '10.0.0.0/22'], /--network: the addresses/],
  ] as const)('is refused: %j and %j', async (parameters, options, message) => {
    standIns = await makeStandIns(deployedWith(parameters));

    const { status, stderr } = await foresee(...options);

    expect(stderr).toMatch(message);
    expect(status).toBe(2);
    expect(asked()).toBeUndefined();
  });

  it.each([
    [{ privateNetwork: true }, ['--private-network']],
    [{}, ['--network', '10.0.0.0/22']],
  ] as const)('is taken where it changes nothing: %j and %j', async (parameters, options) => {
    standIns = await makeStandIns(deployedWith(parameters));

    expect((await foresee(...options)).status).toBe(0);
  });
});

describe('two environments in one group', () => {
  const ofTest = {
    match: '--name main-test ',
    stdout: shown('Succeeded', { name: 'test', instanceMemoryMB: 512 }),
  };
  const nameOfFirst = (name: string) => ({
    match: '^deployment group show .*parameters.name.value',
    stdout: `${name}\n`,
  });

  it('have a deployment each, so that neither takes over what the other has chosen', async () => {
    standIns = await makeStandIns(
      deployedWith({ permissions: 'full' }, 'Succeeded', [nameOfFirst('licenser'), ofTest]),
    );

    await foresee('--name', 'test', '--operator', me);

    expect(nameOf(asked()?.args)).toBe('main-test');
    expect(asked()?.env).toMatchObject({ LICENSER_NAME: 'test', LICENSER_INSTANCE_MEMORY_MB: '512' });
    expect(asked()?.env).not.toHaveProperty('LICENSER_PERMISSIONS');
  });

  it('do not get the operations API of the one that the shell was set to', async () => {
    standIns = await makeStandIns(
      deployedWith({ name: 'licenser', operationsClientId: 'of-prod' }, 'Succeeded', [
        nameOfFirst('licenser'),
        ofTest,
      ]),
    );
    const evaluated = { LICENSER_OPS_CLIENT_ID: 'of-prod', LICENSER_OPS_URL: 'https://prod.example' };

    await foreseeIn(evaluated, '--name', 'test');
    await foreseeIn(evaluated);

    const [test, prod] = standIns.calls().filter(({ args }) => args.includes('what-if'));
    expect(test?.env).not.toHaveProperty('LICENSER_OPERATIONS_CLIENT_ID');
    expect(prod?.env['LICENSER_OPERATIONS_CLIENT_ID']).toBe('of-prod');
  });

  it('share nothing with a group that has one, which is found with and without its name', async () => {
    standIns = await makeStandIns(deployedWith({ name: 'contoso' }, 'Succeeded', [nameOfFirst('contoso')]));

    await foresee('--name', 'contoso');
    await foresee();

    const named = standIns.calls().filter(({ args }) => args.includes('what-if'));
    expect(named.map(({ args, env }) => [nameOf(args), env['LICENSER_NAME']])).toEqual([
      ['main', 'contoso'],
      ['main', 'contoso'],
    ]);
  });
});

it('a pipeline that may make no lock leaves it alone, and changes nothing of what was chosen', async () => {
  standIns = await makeStandIns(deployedWith({ lockLedger: true }));

  await foresee('--leave-lock');

  expect(asked()?.env).toMatchObject({ LICENSER_LOCK_LEDGER: 'true', LICENSER_LEAVE_LOCK: 'true' });
});

it('an operator is one, however the id is written and however often', async () => {
  standIns = await makeStandIns(newSubscription('http://127.0.0.1:9', [{ match: 'what-if', stdout: '' }]));

  await foresee('--operator', me.toUpperCase(), '--operator', `${me}:User`);

  expect(asked()?.env['LICENSER_OPERATORS']).toBe(JSON.stringify([{ objectId: me, kind: 'User' }]));
});

describe('doctor and plan at the end', () => {
  /**
   * Runs the step itself, in a project whose command line prints how it was called.
   * @param positions what health says of following changes, look by look
   */
  async function look(positions: readonly (string | null)[], options: object) {
    let looks = 0;
    const health = createServer((_request, response) =>
      response.end(JSON.stringify({ ok: true, deltaPositionAt: positions[looks++] })),
    );
    await new Promise<void>((resolve) => health.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${String((health.address() as AddressInfo).port)}`;
    standIns = await makeStandIns([]);
    mkdirSync(join(standIns.folder, 'scripts'));
    writeFileSync(
      join(standIns.folder, 'scripts', 'run-built.mjs'),
      'const { LICENSER_POLICY_PATH: policy, LICENSER_TENANT_ID: tenant, LICENSER_OPS_CLIENT_ID: api } = process.env;\n' +
        "console.log([process.argv[3], policy, tenant, api].join(' ').trim());\n",
    );
    const given = JSON.stringify({
      permissions: 'full',
      pauseMs: 0,
      outputs: { functionAppUrl: origin, LICENSER_TENANT_ID: 't' },
      ...options,
    });
    const code = `
      import { lookAtTenant } from '${join(root, 'scripts/deploy/finish.mjs')}';
      const say = (text) => process.stderr.write(text + '\\n');
      await lookAtTenant('${standIns.folder}', { say, ...${given} });`;
    const run = await standIns.run(process.execPath, ['--input-type=module', '-e', code], {
      cwd: standIns.folder,
      // The shell may have been set to another environment.
      env: { LICENSER_TENANT_ID: 'another', LICENSER_OPS_CLIENT_ID: 'of-another' },
    });
    await new Promise((resolve) => health.close(resolve));
    return {
      said: run.stdout.trim().split('\n'),
      waited: run.stderr.match(/not followed yet/g)?.length ?? 0,
    };
  }

  it('wait until the app has followed changes once, and judge the policy that was packed', async () => {
    const { said, waited } = await look([null, null, '2026-01-01T00:00:00Z'], {});

    expect(waited).toBe(2);
    const starter = join(standIns.folder, 'policy', 'starter.yaml');
    expect(said).toEqual([`doctor ${starter} t`, `plan ${starter} t`]);
  });

  it('come all the same when it never does, and take the caller’s policy', async () => {
    const { said, waited } = await look(Array<null>(50).fill(null), { policy: 'mine.yaml' });

    expect(waited).toBe(20);
    expect(said[0]).toBe(`doctor ${join(standIns.folder, 'mine.yaml')} t`);
  });
});
