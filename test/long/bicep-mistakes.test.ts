import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';

const root = join(__dirname, '..', '..');
const copies: string[] = [];

/** What, file under infra/, text, its replacement, what the compiler must say of it. */
type Mistake = [what: string, path: string, find: string, replacement: string, message: RegExp];

function check(folder: string, ...flags: readonly string[]) {
  const run = spawnSync(process.execPath, [join(root, 'scripts', 'check-bicep.mjs'), folder, ...flags], {
    encoding: 'utf8',
  });
  return { status: run.status, output: run.stdout + run.stderr };
}
/** Nothing is downloaded here: `npm run check:infra` has brought the compiler, or there is none. */
const checkTypes = (folder: string) => check(folder, '--no-download', '--only-compiler');

/** A copy of the templates with these mistakes. */
function treeWith(...mistakes: readonly Mistake[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'bicep-compiler-'));
  copies.push(folder);
  for (const name of ['infra', 'local/service-bus.config.json', 'functions', 'docs/settings.md', 'shared'])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  for (const [, path, find, replacement] of mistakes) {
    const file = join(folder, 'infra', path);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(find);
    writeFileSync(file, text.replace(find, replacement));
  }
  return folder;
}

afterAll(() => {
  for (const folder of copies) rmSync(folder, { recursive: true, force: true });
});

const ofProject = checkTypes(root);
const hasCompiler = !ofProject.output.includes('types not checked');
const withCompiler = hasCompiler ? it : it.skip;

describe('the Bicep compiler over infra/', () => {
  withCompiler('finds nothing wrong, and the templates come to what the snapshots say', () => {
    expect(ofProject.output).toMatch(/^types checked and snapshots compared: Bicep/);
    expect(ofProject.status).toBe(0);
  });

  // One compilation for all of them: each is in a place of its own.
  const mistakes: readonly Mistake[] = [
    [
      'a misspelt property',
      'modules/storage.bicep',
      'allowBlobPublicAccess',
      'allowBlobPublicAcces',
      /BCP089|BCP037/,
    ],
    ['an API version that does not exist', 'modules/identity.bicep', '@2024-11-30', '@2024-11-29', /BCP081/],
    [
      'a missing sku',
      'modules/key-vault.bicep',
      "    sku: { family: 'A', name: 'standard' }\n",
      '',
      /BCP035/,
    ],
    ['an unknown function', 'main.bicep', 'uniqueString(', 'uniqString(', /BCP082|BCP057/],
    ['a value in the wrong case', 'modules/storage.bicep', "'None' }\n}", "'none' }\n}", /BCP088|BCP036/],
    [
      'an output that a module does not have',
      'main.bicep',
      'tablesEndpoint: storage.outputs.tablesEndpoint',
      'tablesEndpoint: storage.outputs.tables',
      /BCP053/,
    ],
    [
      'a misspelt runtime',
      'modules/function-app.bicep',
      "runtime: { name: 'node'",
      "runtime: { nam: 'node'",
      /BCP089|BCP037/,
    ],
    [
      'an unknown resource type',
      'modules/secrets.bicep',
      'Microsoft.KeyVault/vaults@',
      'Microsoft.KeyVault/vault@',
      /BCP081/,
    ],
    [
      'a module parameter that was forgotten',
      'main.bicep',
      '    retentionInDays: logRetentionDays\n',
      '',
      /BCP035/,
    ],
    ['a scope that is a text', 'roles.bicep', '  scope: keyVault\n', "  scope: 'keyVault'\n", /BCP036/],
  ];

  // Right for the compiler, which knows the types of Azure only in part: the snapshots show that the template is another.
  const ofRightType: readonly Mistake[] = [
    [
      'a number that is a text',
      'modules/function-app.bicep',
      "{ name: 'http', instanceCount: 1 }",
      "{ name: 'http', instanceCount: '1' }",
      /instanceCount[^]*not what infra\/check\/everything\.snapshot\.json says/,
    ],
    [
      'a way to sign in',
      'modules/function-app.bicep',
      "type: 'UserAssignedIdentity'",
      "type: 'UserAssigned'",
      /authentication\.type[^]*not what infra\/main\.snapshot\.json says/,
    ],
  ];
  const inParameters: Mistake = [
    'an unknown permission',
    'main.bicepparam',
    "readEnvironmentVariable('LICENSER_PERMISSIONS', 'license-only')",
    "'licence-only'",
    /BCP033|BCP036/,
  ];
  // No type knows that a text is a secret; the project's own check does, which `npm run check:infra` runs first.
  const noLongerSecret: Mistake = [
    'a secret that is not secure',
    'main.bicep',
    '@secure()\nparam clientState',
    'param clientState',
    /clientState becomes a secret and is not @secure\(\)/,
  ];

  withCompiler('and the own check find all fourteen mistakes that were planted', () => {
    const atTheirPlace = checkTypes(treeWith(...mistakes));
    const ofSnapshots = checkTypes(treeWith(...ofRightType));
    const ofParameters = checkTypes(treeWith(inParameters));
    const ofSecrets = check(treeWith(noLongerSecret), '--without-compiler');

    const lines = atTheirPlace.output.split('\n');
    const missed = [
      ...mistakes.filter(
        ([, path, , , code]) => !lines.some((line) => line.includes(`infra/${path}(`) && code.test(line)),
      ),
      ...ofRightType.filter(([, , , , message]) => !message.test(ofSnapshots.output)),
      ...[inParameters].filter(([, , , , message]) => !message.test(ofParameters.output)),
      ...[noLongerSecret].filter(([, , , , message]) => !message.test(ofSecrets.output)),
    ].map(([what]) => what);

    expect(mistakes.length + ofRightType.length + 2).toBe(14);
    expect(missed).toEqual([]);
    expect([atTheirPlace, ofSnapshots, ofParameters, ofSecrets].map(({ status }) => status)).toEqual([
      1, 1, 1, 1,
    ]);
  });

  withCompiler.each<Mistake>([
    [
      'a name with capitals',
      'main.bicepparam',
      "'LICENSER_NAME', 'licenser'",
      "'LICENSER_NAME', 'Licenser'",
      /name may hold lower-case/,
    ],
    ['a schedule of five fields', 'main.bicepparam', "'*/15 * * * * *'", "'*/15 * * * *'", /six fields/],
    ['a duration in words', 'main.bicepparam', "'P14D'", "'14 days'", /ISO 8601 duration/],
    [
      'too few instances',
      'main.bicepparam',
      "'LICENSER_MAXIMUM_INSTANCES', '40'",
      "'LICENSER_MAXIMUM_INSTANCES', '10'",
      /BCP328|greater than or equal to '40'/,
    ],
  ])('refuses %s before Azure sees it', (...mistake) => {
    const { status, output } = checkTypes(treeWith(mistake));

    expect(output).toMatch(mistake[4]);
    expect(status).toBe(1);
  });
});

describe('without a compiler', () => {
  it('says so, and fails when one is demanded', () => {
    const run = (...flags: string[]) =>
      spawnSync(process.execPath, [join(root, 'scripts', 'check-bicep.mjs'), ...flags], {
        encoding: 'utf8',
        env: { ...process.env, BICEP: join(root, 'no-such-file') },
      });

    const allowed = run();
    const demanded = run('--require-compiler');

    expect(allowed.stdout).toMatch(/types not checked: BICEP names no file/);
    expect(allowed.status).toBe(0);
    expect(demanded.status).toBe(1);
  });
});
