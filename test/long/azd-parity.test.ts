import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, Call } from '../unit/infra/stand-ins/answer-call';
import {
  identity,
  me,
  newSubscription,
  noOperationsApi,
  operationsClient,
} from '../unit/infra/stand-ins/azure-answers';
import { makeStandIns } from '../unit/infra/stand-ins/make-stand-ins';

const root = join(__dirname, '..', '..');
const script = join(root, 'scripts', 'deploy.mjs');
type Environment = Readonly<Record<string, string>>;

let health: Server;
let origin = '';
let standIns: Awaited<ReturnType<typeof makeStandIns>>;

beforeAll(async () => {
  health = createServer((_request, response) => response.end('{"ok":true}'));
  await new Promise<void>((resolve) => health.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${String((health.address() as AddressInfo).port)}`;
});
afterAll(() => new Promise((resolve) => health.close(resolve)));
afterEach(() => standIns.remove());

const azure = (more: readonly Answer[] = []) => newSubscription(origin, more);
const startingWith = (...words: string[]) =>
  standIns.calls().filter(({ args }) => words.every((word, at) => args[at] === word));
const made = () => startingWith('deployment', 'group', 'create');
const place = { AZURE_LOCATION: 'uksouth', AZURE_RESOURCE_GROUP: 'rg-azd' };
const hook = (which: 'check' | 'finish', env: Environment) =>
  standIns.run(process.execPath, [script, which], { env: { LICENSER_RETRY_SECONDS: '0', ...env } });
/** Variables that the hooks have put into azd's environment. */
const azdValues = (): Environment =>
  Object.fromEntries(startingWith('env', 'set').map(({ args }) => [args[2] ?? '', args[3] ?? '']));

/**
 * Whole deployments, each with a package: too long for `npm test`. `.ci/run` runs them by name.
 */
describe('azd and scripts/deploy.sh', () => {
  it('end with the same deployment, the same calls of Graph and the same key', async () => {
    const withWebhook = { LICENSER_WEBHOOK_URL: 'https://hooks.example/secret' };
    standIns = await makeStandIns([...noOperationsApi, ...azure()]);
    const options = ['--group', 'rg-azd', '--location', 'uksouth', '--retry-seconds', '0', '--no-look'];
    const chosen = [
      '--notifications',
      '--webhook',
      '--memory',
      '512',
      '--setting',
      'LICENSER_APPROVAL=always',
    ];
    const byScript = await standIns.run(
      process.execPath,
      [script, ...options, ...chosen, '--operations-api'],
      { env: withWebhook },
    );
    expect([byScript.stderr, byScript.status]).toEqual(['', 0]);
    const ofScript = {
      last: made().at(-1),
      graph: startingWith('rest'),
      keys: startingWith('functionapp', 'function'),
    };
    standIns.remove();

    standIns = await makeStandIns([...noOperationsApi, ...azure()]);
    const choices = {
      ...{ ...place, ...withWebhook, AZURE_PRINCIPAL_ID: me },
      ...{ LICENSER_NOTIFICATIONS: 'true', LICENSER_WEBHOOK: 'true', LICENSER_INSTANCE_MEMORY_MB: '512' },
      ...{ LICENSER_EXTRA_SETTINGS: '{"LICENSER_APPROVAL":"always"}', LICENSER_OPERATIONS_API: 'true' },
    };
    const before = await hook('check', choices);
    expect([before.stderr, before.status]).toEqual(['', 0]);
    const readByAzd = { ...choices, ...azdValues() };
    // The key that Graph's calls carry is of an app that azd's deployment only makes.
    expect(readByAzd).toMatchObject({ LICENSER_NOTIFICATIONS: 'true', LICENSER_APP_IS_NEW: 'true' });
    await hook('finish', {
      ...readByAzd,
      ...{ functionAppName: 'licenser-x', functionAppUrl: origin, identityPrincipalId: identity },
    });

    const relevant = (call: Call | undefined) => {
      const { LICENSER_RETRY_SECONDS: _pause, LICENSER_OPERATIONS_API: _asked, ...env } = call?.env ?? {};
      return { args: call?.args, env };
    };
    expect(relevant(made().at(-1))).toEqual(relevant(ofScript.last));
    expect(made().at(-1)?.env).toMatchObject({
      ...withWebhook,
      NOTIFICATION_KEY: 'a-key',
      LICENSER_APP_IS_NEW: 'false',
      LICENSER_OPERATIONS_CLIENT_ID: operationsClient,
    });
    expect(startingWith('rest').map(({ args }) => args)).toEqual(ofScript.graph.map(({ args }) => args));
    expect(startingWith('functionapp', 'function').map(({ args }) => args)).toEqual(
      ofScript.keys.map(({ args }) => args),
    );
    // The next `azd up` keeps both.
    expect(azdValues()).toMatchObject({
      LICENSER_APP_IS_NEW: 'false',
      LICENSER_OPERATIONS_CLIENT_ID: operationsClient,
    });
    expect(standIns.calls().some(({ args }) => /a-key|hooks\.example/.test(args.join(' ')))).toBe(false);
    expect(standIns.refused()).toBe('');
    const upload = standIns.calls().find(({ args }) => args.includes('config-zip'));
    expect(upload?.args).toEqual(expect.arrayContaining(['rg-azd', 'licenser-x']));
  });

  it('end with the script’s own deployment also when azd’s made all there is, so that others find it', async () => {
    standIns = await makeStandIns(azure());

    await hook('finish', {
      ...{ ...place, LICENSER_OPERATORS: '[]', LICENSER_INSTANCE_MEMORY_MB: '512' },
      ...{ functionAppName: 'licenser-x', functionAppUrl: origin, identityPrincipalId: identity },
    });

    expect(
      made().map(({ args, env }) => [args[args.indexOf('--name') + 1], env['LICENSER_INSTANCE_MEMORY_MB']]),
    ).toEqual([['main', '512']]);
    expect(azdValues()).toEqual({});
  });
});
