import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(__dirname, '..', '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Parameters that no one chooses, each with the reason. */
const notChosen = {
  policyPath: 'a path inside the package, which has one policy',
  lanes: 'belongs with maxConcurrentSessions of host.json, a file of the package',
  leaveLock: 'of one deployment, not of the environment: --leave-lock',
  clientState: 'made at random, once',
  webhookSecret: 'made at random, once',
  notificationKey: 'a secret that the script makes and hands on',
  webhookUrl: 'a secret of the shell: LICENSER_WEBHOOK_URL',
};

type Asked = {
  readonly asked: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly previous?: Readonly<Record<string, unknown>>;
};
/** All cases in one process of its own: the scripts are modules of Node.js. Each gives the environment, or the refusal. */
function mergeAll(cases: readonly Asked[]): readonly unknown[] {
  const code = `
    import { mergeChoices, toEnvironment } from './scripts/deploy/merge-choices.mjs';
    import { checkSettings } from './scripts/deploy/check-settings.mjs';
    const said = JSON.parse(process.argv[1]).map(({ asked, env = {}, previous = {} }) => {
      try {
        const chosen = mergeChoices(asked, previous, env);
        checkSettings(process.cwd(), chosen.extraSettings ?? {});
        return toEnvironment(chosen);
      } catch (error) {
        return error.name + ': ' + error.message;
      }
    });
    process.stdout.write(JSON.stringify(said));`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', code, JSON.stringify(cases)], {
    cwd: root,
    encoding: 'utf8',
  });
  return JSON.parse(said) as readonly unknown[];
}

type Choice = { readonly parameter: string; readonly env: string; readonly option?: string };
const choices = JSON.parse(
  execFileSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      "import { choices } from './scripts/deploy/choices.mjs'; process.stdout.write(JSON.stringify(choices));",
    ],
    { cwd: root, encoding: 'utf8' },
  ),
) as readonly Choice[];

describe('the choices of a deployment', () => {
  const main = read('infra/main.bicep');
  const parameterFile = read('infra/main.bicepparam');

  it('are all parameters of infra/main.bicep but those that no one chooses', () => {
    const parameters = [...main.matchAll(/^param (\w+) /gm)].map(([, name = '']) => name);

    expect(parameters.length).toBeGreaterThan(25);
    expect([...choices.map(({ parameter }) => parameter), ...Object.keys(notChosen)].sort()).toEqual(
      parameters.sort(),
    );
  });

  it.each(choices.map((choice) => [choice.parameter, choice.env] as const))(
    '%s comes from %s, with the default of infra/main.bicep',
    (parameter, env) => {
      const [, text = ''] =
        new RegExp(`^param ${parameter} = ([^]*?)(?=\\nparam |\\n//)`, 'm').exec(parameterFile) ?? [];
      const [, fallback = ''] =
        new RegExp(`readEnvironmentVariable\\('${env}', '([^']*)'\\)`).exec(text) ?? [];
      const [, inMain = ''] = new RegExp(`^param ${parameter} \\S+ = (.*)$`, 'm').exec(main) ?? [];

      expect(text).toContain(env);
      expect(fallback).toBe(inMain.replace(/^'(.*)'$/, '$1'));
    },
  );

  it('come from no variable that azure-env.mjs sets: a shell may have it of another environment', () => {
    const set = execFileSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { shellEnvironment } from './scripts/deploy/environment.mjs';
         process.stdout.write(Object.keys(shellEnvironment('rg', {})).join(' '));`,
      ],
      { cwd: root, encoding: 'utf8' },
    ).split(' ');

    expect(set).toContain('LICENSER_OPS_CLIENT_ID');
    const read = [...parameterFile.matchAll(/readEnvironmentVariable\(\s*'(\w+)'/g)].map(
      ([, name = '']) => name,
    );
    expect(read.length).toBeGreaterThan(25);
    expect([...read, ...choices.map(({ env }) => env)].filter((name) => set.includes(name))).toEqual([]);
  });

  it('have an option of the script, or a script works them out', () => {
    expect(choices.filter(({ option }) => option === undefined).map(({ parameter }) => parameter)).toEqual([
      'location',
      'operators',
      'operationsClientId',
    ]);
    const options = choices.flatMap(({ option = [] }) => option);
    expect(new Set(options).size).toBe(choices.length - 3);
  });

  it('are those that were asked for, then the shell’s, then those of the last deployment', () => {
    const previous = { permissions: 'full', instanceMemoryMB: 512, tags: { team: 'it', cost: '1' } };

    expect(
      mergeAll([
        { asked: {}, previous },
        { asked: {}, env: { LICENSER_INSTANCE_MEMORY_MB: '4096' }, previous },
        {
          asked: { instanceMemoryMB: '2048', tags: { cost: '', owner: 'ann & bob' }, alertEmails: [] },
          env: { LICENSER_INSTANCE_MEMORY_MB: '4096' },
          previous: { ...previous, alertEmails: ['a@contoso.example'] },
        },
      ]),
    ).toEqual([
      {
        LICENSER_PERMISSIONS: 'full',
        LICENSER_INSTANCE_MEMORY_MB: '512',
        LICENSER_TAGS: '{"team":"it","cost":"1"}',
      },
      {
        LICENSER_PERMISSIONS: 'full',
        LICENSER_INSTANCE_MEMORY_MB: '4096',
        LICENSER_TAGS: '{"team":"it","cost":"1"}',
      },
      {
        LICENSER_PERMISSIONS: 'full',
        LICENSER_INSTANCE_MEMORY_MB: '2048',
        LICENSER_TAGS: '{"team":"it","owner":"ann & bob"}',
        LICENSER_ALERT_EMAILS: '[]',
      },
    ]);
  });

  it('are refused when they cannot be, with the option’s name', () => {
    const refused: readonly (readonly [string, unknown, RegExp])[] = [
      ['quotaSharePercent', '0', /--quota-share .* must be a whole number from 1 to 100/],
      ['quotaSharePercent', 'viel', /--quota-share/],
      ['logRetentionDays', '7', /--log-days .* from 30 to 730/],
      ['maximumInstanceCount', '10', /--max-instances .* from 40 to 1000/],
      ['deltaSchedule', '*/15 * * * *', /--delta-schedule .* six fields/],
      ['messageTimeToLive', '14 days', /--message-ttl .* ISO 8601/],
      ['messageTimeToLive', 'PT', /--message-ttl/],
      ['serviceBusRights', 'all', /--service-bus-rights .* manage, receive-and-send/],
      ['permissions', 'licence-only', /--permissions/],
      ['storageSku', 'Standard_lrs', /--storage-sku/],
      ['name', 'Licenser', /--name .* lower-case/],
      ['name', '1st', /--name .* the first a letter/],
      ['name', 'licenser-', /--name .* the last no hyphen/],
      ['instanceMemoryMB', '1024', /--memory .* 512, 2048, 4096/],
      ['alertEmails', ['ann'], /--alert-mail .* a mail address/],
      ['networkAddressPrefix', '10.0.0.0/24', /--network .* \/8 to \/23/],
      ['extraSettings', { LICENSER_OUTAGE_SECONDS: null }, /--setting/],
      ['extraSettings', { LICENSER_OUTAGE_SECONDS: '9999' }, /--setting: .*LICENSER_OUTAGE_SECONDS/],
      ['extraSettings', { LICENSER_OUTAGE: '60' }, /the app has no such setting/],
      ['extraSettings', { LICENSER_QUOTA_SHARE: '1' }, /the deployment sets it from another option/],
      ['extraSettings', { LICENSER_WEBHOOK_URL: 'https://x.example' }, /the deployment sets it/],
      ['extraSettings', { AZURE_CLIENT_ID: 'x' }, /the deployment sets it/],
    ];

    const said = mergeAll(
      refused.map(([parameter, value]) => ({
        asked: { [parameter]: value ?? null },
      })),
    );

    for (const [index, [parameter, , message]] of refused.entries())
      expect([parameter, said[index]]).toEqual([parameter, expect.stringMatching(message)]);
  });

  it('are taken when infra/ takes them', () => {
    const taken = {
      ...{
        quotaSharePercent: '100',
        logRetentionDays: '730',
        deltaSchedule: '0 */5 * * * *',
        logDailyCapGB: '-1',
      },
      ...{ messageTimeToLive: 'P7DT12H', networkAddressPrefix: '10.0.0.0/22', webhook: true },
      extraSettings: { LICENSER_OBJECTIVE: 'p95 300s', OTEL_SERVICE_NAME: 'contoso' },
    };

    expect(mergeAll([{ asked: taken }])[0]).toMatchObject({
      LICENSER_QUOTA_SHARE_PERCENT: '100',
      LICENSER_WEBHOOK: 'true',
      LICENSER_EXTRA_SETTINGS: '{"LICENSER_OBJECTIVE":"p95 300s","OTEL_SERVICE_NAME":"contoso"}',
    });
  });
});
