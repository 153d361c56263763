import { describe, expect, it } from '@jest/globals';
import { always, granted } from '../../unit/infra/stand-ins/azure-answers';
import { useDeployments } from '../../unit/infra/stand-ins/deployments';

const { deploy, madeResources, commands, standIn, standInForAzure, wellAfter } = useDeployments();

describe('scripts/deploy.mjs in trouble', () => {
  it('waits until rights are in force and the app is well', async () => {
    wellAfter(2);
    await standInForAzure([
      { match: 'config-zip', fail: 'BlobUploadFailedException: status 403 (Forbidden)', times: 2 },
    ]);

    const { status, stdout } = await deploy('--no-look');

    expect(stdout.match(/rights are not in force yet/g)).toHaveLength(2);
    expect(stdout.match(/not well yet \(503/g)).toHaveLength(2);
    expect(status).toBe(0);
  });

  it('does not try again what waiting cannot help', async () => {
    await standInForAzure([{ match: 'config-zip', fail: 'The zip is broken' }]);

    const { status, stderr } = await deploy('--no-look');

    expect(stderr).toMatch(/The package was not taken: The zip is broken/);
    expect(status).toBe(1);
    expect(commands().filter((command) => command.endsWith('config-zip'))).toHaveLength(1);
  });

  it('goes on where rights on the group alone do not show regions and providers', async () => {
    await standInForAzure([
      { match: 'list-flexconsumption-locations', fail: 'AuthorizationFailed' },
      { match: '^provider show', fail: 'AuthorizationFailed' },
    ]);

    const { status, stdout } = await deploy('--no-look');

    expect(stdout).toMatch(/not checked whether westeurope offers Flex Consumption: AuthorizationFailed/);
    expect(stdout).toMatch(/not checked whether Microsoft\.Web is registered: AuthorizationFailed/);
    expect(status).toBe(0);
  });

  it('deploys nothing while it is not known what the last deployment had', async () => {
    await standInForAzure([{ match: '^deployment group show', fail: 'AuthorizationFailed' }]);

    const { status, stderr } = await deploy('--no-look');

    expect(stderr).toMatch(/az deployment group show: .*AuthorizationFailed/);
    expect(status).not.toBe(0);
    expect(madeResources()).toEqual([]);
  });

  it('says which permissions are missing when the administrator may not grant them', async () => {
    await standInForAzure([
      { match: '^rest --method POST', fail: 'Authorization_RequestDenied' },
      { match: '^rest --method GET', stdout: granted(always.slice(1)) },
    ]);

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
  ])('refuses %s before anything is made', async (_what, args, message) => {
    await standInForAzure();

    const { status, stderr } = await deploy(...args);

    expect(stderr).toMatch(message);
    expect(status).toBe(1);
    expect(commands()).not.toContain('group create');
    expect(commands()).not.toContain('deployment group create');
  });

  it('says when no one is signed in, and how the options are written', async () => {
    await standIn([{ match: '^account show', fail: 'Please run az login' }]);

    expect(await deploy()).toMatchObject({ status: 1, stderr: expect.stringContaining('Run "az login"') });
    expect(await deploy('--grop', 'x')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('usage:'),
    });
  });
});
