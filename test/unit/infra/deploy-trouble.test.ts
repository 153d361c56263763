import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer } from './stand-ins/answer-call';
import { always, granted, newSubscription } from './stand-ins/azure-answers';
import { makeStandIns } from './stand-ins/make-stand-ins';

const root = join(__dirname, '..', '..', '..');

/** The app's health function, as it answers while it is made and later. */
let health: Server;
let answersBeforeWell = 0;
/** What health says of following changes, look by look; then nothing. */
let positions: (string | null)[] = [];
let origin = '';
let standIns: Awaited<ReturnType<typeof makeStandIns>>;

beforeAll(async () => {
  health = createServer((_request, response) => {
    response.statusCode = answersBeforeWell-- > 0 ? 503 : 200;
    const [deltaPositionAt] = positions.splice(0, 1);
    response.end(JSON.stringify({ ok: true, deltaPositionAt }));
  });
  await new Promise<void>((resolve) => health.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${String((health.address() as AddressInfo).port)}`;
});
afterAll(() => new Promise((resolve) => health.close(resolve)));
beforeEach(() => {
  answersBeforeWell = 0;
  positions = [];
});
afterEach(() => standIns.remove());

const azure = (more: readonly Answer[] = []) => newSubscription(origin, more);

const deploy = (...args: readonly string[]) =>
  standIns.run(process.execPath, [
    join(root, 'scripts', 'deploy.mjs'),
    ...['--group', 'rg', '--location', 'westeurope', '--retry-seconds', '0'],
    ...args,
  ]);

const madeResources = () =>
  standIns.calls().filter(({ args }) => args.slice(0, 3).join(' ') === 'deployment group create');
const commands = () =>
  standIns.calls().map(({ args }) => {
    const end = args.findIndex((arg) => arg.startsWith('-'));
    return args.slice(0, end === -1 ? undefined : end).join(' ');
  });

describe('doctor and plan at the end', () => {
  /** Runs the step itself, in a project whose command line prints how it was called. */
  async function look(options: object) {
    standIns = await makeStandIns([]);
    mkdirSync(join(standIns.folder, 'scripts'));
    writeFileSync(
      join(standIns.folder, 'scripts', 'run-built.mjs'),
      'console.log(process.argv[3], process.env.LICENSER_POLICY_PATH, process.env.LICENSER_TENANT_ID);\n',
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
    });
    return {
      said: run.stdout.trim().split('\n'),
      waited: run.stderr.match(/not followed yet/g)?.length ?? 0,
    };
  }

  it('wait until the app has followed changes once, and judge the policy that was packed', async () => {
    positions = [null, null, '2026-01-01T00:00:00Z'];

    const { said, waited } = await look({});

    expect(waited).toBe(2);
    const starter = join(standIns.folder, 'policy', 'starter.yaml');
    expect(said).toEqual([`doctor ${starter} t`, `plan ${starter} t`]);
  });

  it('come all the same when it never does, and take the caller’s policy', async () => {
    positions = Array<null>(50).fill(null);

    const { said, waited } = await look({ policy: 'mine.yaml' });

    expect(waited).toBe(20);
    expect(said[0]).toBe(`doctor ${join(standIns.folder, 'mine.yaml')} t`);
  });
});

describe('scripts/deploy.mjs in trouble', () => {
  it('waits until rights are in force and the app is well', async () => {
    answersBeforeWell = 2;
    standIns = await makeStandIns(
      azure([{ match: 'config-zip', fail: 'BlobUploadFailedException: status 403 (Forbidden)', times: 2 }]),
    );

    const { status, stdout } = await deploy('--no-look');

    expect(stdout.match(/rights are not in force yet/g)).toHaveLength(2);
    expect(stdout.match(/not well yet \(503/g)).toHaveLength(2);
    expect(status).toBe(0);
  });

  it('does not try again what waiting cannot help', async () => {
    standIns = await makeStandIns(azure([{ match: 'config-zip', fail: 'The zip is broken' }]));

    const { status, stderr } = await deploy('--no-look');

    expect(stderr).toMatch(/The package was not taken: The zip is broken/);
    expect(status).toBe(1);
    expect(commands().filter((command) => command.endsWith('config-zip'))).toHaveLength(1);
  });

  it('goes on where rights on the group alone do not show regions and providers', async () => {
    standIns = await makeStandIns(
      azure([
        { match: 'list-flexconsumption-locations', fail: 'AuthorizationFailed' },
        { match: '^provider show', fail: 'AuthorizationFailed' },
      ]),
    );

    const { status, stdout } = await deploy('--no-look');

    expect(stdout).toMatch(/not checked whether westeurope offers Flex Consumption: AuthorizationFailed/);
    expect(stdout).toMatch(/not checked whether Microsoft\.Web is registered: AuthorizationFailed/);
    expect(status).toBe(0);
  });

  it('deploys nothing while it is not known what the last deployment had', async () => {
    standIns = await makeStandIns(azure([{ match: '^deployment group show', fail: 'AuthorizationFailed' }]));

    const { status, stderr } = await deploy('--no-look');

    expect(stderr).toMatch(/az deployment group show: .*AuthorizationFailed/);
    expect(status).not.toBe(0);
    expect(madeResources()).toEqual([]);
  });

  it('says which permissions are missing when the administrator may not grant them', async () => {
    standIns = await makeStandIns(
      azure([
        { match: '^rest --method POST', fail: 'Authorization_RequestDenied' },
        { match: '^rest --method GET', stdout: granted(always.slice(1)) },
      ]),
    );

    const { status, stdout } = await deploy('--no-look');

    expect(stdout).toMatch(/not granted LicenseAssignment\.ReadWrite\.All: Authorization_RequestDenied/);
    expect(stdout).toMatch(
      /Not granted in Graph: LicenseAssignment\.ReadWrite\.All\. A Privileged Role Administrator/,
    );
    expect(status).toBe(1);
  });

  it.each([
    ['an enforcing sample', ['--policy', 'policy/licensing.yaml'], /has the rules of the sample/],
    [
      'a region without Flex Consumption',
      ['--location', 'mars'],
      /mars does not offer .*: uksouth, westeurope/,
    ],
    ['an operator without an id', ['--operator', 'ann'], /write OBJECTID:User/],
  ])(
    'refuses %s before anything is made',
    async (_what, args, message) => {
      standIns = await makeStandIns(azure());

      const { status, stderr } = await deploy(...args);

      expect(stderr).toMatch(message);
      expect(status).toBe(1);
      expect(commands()).not.toContain('group create');
      expect(commands()).not.toContain('deployment group create');
    },
    120_000,
  );

  it('says when no one is signed in, and how the options are written', async () => {
    standIns = await makeStandIns([{ match: '^account show', fail: 'Please run az login' }]);

    expect(await deploy()).toMatchObject({ status: 1, stderr: expect.stringContaining('Run "az login"') });
    expect(await deploy('--grop', 'x')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('usage:'),
    });
  });
});
