import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCompletionTree } from '../../../cli/completion/completion-tree';
import type { Io } from '../../../cli/io';
import { readLicense, toAlias } from '../../../cli/target/new-local-user';
import { buildTree, runProgram } from '../../../cli/program';
import { parseCsv, readUsersCsv } from '../../../cli/read/read-csv';
import { renderBashCompletion, renderZshCompletion } from '../../../cli/completion/render-completion';
import { toServicePlanId, toSkuId } from '../../../shared/kernel/ids';
import { makeCatalogue } from '../../../shared/licensing/catalogue/catalogue';

function fakeIo(files: Readonly<Record<string, string>> = {}) {
  const printed: string[] = [];
  const complained: string[] = [];
  const io: Io = {
    print: (text) => void printed.push(text),
    complain: (text) => void complained.push(text),
    readText: async (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      return text;
    },
    now: () => 0,
  };
  return { io, out: () => printed.join(''), errors: () => complained.join('') };
}

const nowhere = ['--cloud-file', '/nowhere/local.json'];

describe('wrong usage ends with 2 and says what is wrong', () => {
  it.each([
    [['sku', 'list', ...nowhere], 'npm start'],
    [['sku', 'list', '--target', 'moon'], 'Allowed choices are local, azure'],
    [['sku', 'plans'], "missing required argument 'sku'"],
    [['user', 'show'], "missing required argument 'user'"],
    [['apply'], 'one of the three'],
    [['apply', '--user', 'a', '--group', 'b'], 'one of the three'],
    [['apply', '--file', 'missing.csv'], 'there is no such file'],
    [['apply', '--user', 'a', '--target', 'azure'], 'LICENSER_OPS_URL'],
    [['local', 'sync', '--users', 'many'], 'expected a whole number from 0'],
    [['local', 'sync', '--users', '0'], 'A sync without users'],
    [['local', 'user', 'create'], '--department'],
    [['completion', 'fish'], 'Allowed choices are bash, zsh'],
    [['sku', 'lsit'], 'Did you mean list?'],
  ])('licenser %j', async (args, message) => {
    const { io, out, errors } = fakeIo();

    const code = await runProgram(args, io);

    expect({ code, out: out() }).toEqual({ code: 2, out: '' });
    expect(errors()).toContain(message);
  });
});

const commands = readCompletionTree(buildTree({ io: fakeIo().io, exit: () => undefined })).nodes;
const leaves = commands.filter(({ candidates }) => candidates.some(({ word }) => word === '--json'));

describe('every command', () => {
  it('has --json', () => {
    const isGroup = (path: string) =>
      commands.some((other) => other.path.startsWith(path === '' ? '' : `${path} `) && other.path !== path);

    expect(commands.map(({ path }) => path).filter((path) => !isGroup(path))).toEqual(
      leaves.map(({ path }) => path),
    );
  });

  const own = leaves.filter(({ path }) => !/^(rule|policy) /.test(path));
  it.each(own.map(({ path }) => path))('%s shows an example in its help', async (path) => {
    const { io, out } = fakeIo();

    const code = await runProgram([...path.split(' '), '--help'], io);

    expect(code).toBe(0);
    expect(out()).toContain(`\n  licenser ${path}`);
    expect(out()).not.toContain('--cloud-file');
  });
});

describe('docs/cli.md', () => {
  const page = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'cli.md'), 'utf8');

  it.each(leaves.map(({ path }) => path))('shows how %s is called', (path) => {
    expect(page).toMatch(new RegExp(`^licenser ${path}\\b`, 'm'));
  });
});

describe('completion', () => {
  const tree = readCompletionTree(buildTree({ io: fakeIo().io, exit: () => undefined }));
  /** What bash itself offers. */
  const complete = (...words: string[]): string[] => {
    const typed = ['licenser', ...words].map((word) => `'${word}'`).join(' ');
    const script = `${renderBashCompletion(tree)}\nCOMP_WORDS=(${typed}); COMP_CWORD=${String(words.length)}; _licenser; echo "\${COMPREPLY[*]}"`;
    return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split(' ');
  };

  it.each([
    [['sk'], ['sku']],
    [
      ['sku', ''],
      ['list', 'plans', 'conflicts', '--help'],
    ],
    [['local', 'user', 'c'], ['create']],
    [['local', 'user', 'create', '--dep'], ['--department']],
    [
      ['sku', 'plans', 'EMS', '--target', ''],
      ['local', 'azure', 'tenant'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', '--json', '--help'],
    ],
  ])('bash offers for %j', (words, offers) => {
    expect(complete(...words)).toEqual(offers);
  });

  it('zsh gets the same words with what they do', () => {
    const script = renderZshCompletion(tree);

    expect(script).toMatch(/^#compdef licenser\n/);
    expect(script).toContain("'list:the SKUs of the tenant with their seats'");
    expect(script).toContain("' local user create')");
  });
});

describe('readUsersCsv', () => {
  it.each([
    ['id,name\n1,Ann\n2,Bob\n', ['1', '2']],
    ['\ufeffUser principal name;Display name\r\na@b.c;"x;y"\r\n', ['a@b.c']],
    // Numbers of rows, beside a column that names users.
    ['userPrincipalName,id\na@b.c,1\n', ['a@b.c']],
    ['name\tupn\nAnn\ta@b.c\n\nBob\t\n', ['a@b.c']],
    ['id\n1\n1\n', ['1']],
    ['"id","note"\n"1","two\nlines ""quoted"""', ['1']],
  ])('%j', async (text, users) => {
    expect(await readUsersCsv(fakeIo({ 'u.csv': text }).io, 'u.csv')).toEqual(users);
  });

  it.each([
    ['name,mail\nAnn,a@b.c\n', 'has no column id or userPrincipalName'],
    ['', 'has no column id'],
    ['id\n', 'names no users'],
    ['id\n"1', 'ends inside a quoted field'],
  ])('%j is refused', async (text, message) => {
    await expect(readUsersCsv(fakeIo({ 'u.csv': text }).io, 'u.csv')).rejects.toThrow(message);
  });

  it('keeps separators and line ends of quoted fields', () => {
    expect(parseCsv('a,"b,c","d""e"\n', 'x')).toEqual([{ fields: ['a', 'b,c', 'd"e'], line: 1 }]);
  });
});

describe('local user create', () => {
  const ems = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');
  const intune = toServicePlanId('c1ec4a95-1f05-45b3-a911-aa3fa01094f5');
  const catalogue = makeCatalogue([
    {
      skuId: ems,
      skuPartNumber: 'EMS',
      appliesTo: 'User',
      capabilityStatus: 'Enabled',
      enabledUnits: 1,
      consumedUnits: 0,
      servicePlans: [
        {
          servicePlanId: intune,
          servicePlanName: 'INTUNE_A',
          appliesTo: 'User',
          provisioningStatus: 'Success',
        },
      ],
    },
  ]);

  it.each([
    ['EMS', []],
    ['ems: intune_a', [intune]],
  ])('--with %j', (text, disabledPlans) => {
    expect(readLicense(catalogue, text)).toEqual({ skuId: ems, disabledPlans });
  });

  it.each([
    ['ESM', 'The tenant has no SKU ESM', 'Did you mean EMS?'],
    ['EMS:INTUNE_B', 'EMS has no plan INTUNE_B', 'Did you mean INTUNE_A?'],
  ])('--with %j is refused with the near name', (text, message, hint) => {
    const refused = expect.objectContaining({ message, hint: expect.stringContaining(hint) });

    let thrown: unknown;
    try {
      readLicense(catalogue, text);
    } catch (error) {
      thrown = error;
    }

    expect(thrown).toEqual(refused);
  });

  it.each([
    ['Ann Bakker', 'ann.bakker'],
    ['José  Núñez-Ö', 'jose.nunez.o'],
  ])('makes an alias of %j', (name, alias) => {
    expect(toAlias(name)).toBe(alias);
  });

  it('asks for a userPrincipalName when none can be made', () => {
    expect(() => toAlias('李')).toThrow('No userPrincipalName can be made');
  });
});
