import { describe, expect, it } from '@jest/globals';
import { readUsersCsv } from '../../../cli/read/read-csv';
import { readOneUser, readUsers } from '../../../cli/read/read-users';
import { decodeText } from '../../../shared/kernel/decode-text';
import { checkPolicy } from '../../../shared/policy/check-policy';

const ann = 'ann@contoso.com';
const id = '8a256a2b-b617-496d-b51b-e76466e88db0';
const io = (text: string) => ({ readText: async () => text }) as never;
const utf16 = (text: string, bigEndian = false) => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};

describe('files that are not what they seem', () => {
  it.each<[string, Uint8Array, string]>([
    ['UTF-8', Buffer.from('Köln'), 'Köln'],
    ['UTF-8 with a byte order mark', Buffer.from('\ufeffKöln'), 'Köln'],
    ['UTF-16 LE', utf16('Köln 😀'), 'Köln 😀'],
    ['UTF-16 BE', utf16('Köln', true), 'Köln'],
    ['nothing', Buffer.alloc(0), ''],
  ])('in %s are read', (_what, bytes, text) => {
    expect(decodeText(bytes, 'f')).toBe(text);
  });

  it.each<[string, Uint8Array, string]>([
    ['Windows-1252', Buffer.from('a\nb: K\xf6ln', 'latin1'), 'policy.yaml:2:5'],
    ['half a UTF-8 letter', Buffer.from([0x61, 0xc3]), 'policy.yaml:1:2'],
    ['UTF-16 that ends in half a letter', utf16('ab').subarray(0, 5), 'policy.yaml:1:2'],
  ])('in %s are refused with the place', (_what, bytes, place) => {
    expect(() => decodeText(bytes, 'policy.yaml')).toThrow(place);
  });

  it('name no group with a lost letter', () => {
    const text =
      'version: 1\nrules:\n  - name: a\n    memberOf: ["SG-K\ufffdln"]\n    assign: [{ sku: EMS }]\n';

    const { policy, problems } = checkPolicy(text);

    expect(policy).toBeNull();
    expect(problems).toEqual([
      expect.objectContaining({ code: 'policy/lost-letter', line: 4, severity: 'error' }),
    ]);
  });
});

describe('CSV as programs write it', () => {
  it.each<[string, string]>([
    ['PowerShell’s #TYPE line', `#TYPE Microsoft.Graph.User\r\n"id","name"\r\n"${id}","x"\r\n`],
    ['Excel’s sep=;', `sep=;\nid;name\n${id};"a, b"\n`],
    ['both', `#TYPE X\nsep=;\nid;name\n${id};x\n`],
    ['quoted headings with commas in a semicolon file', `"Name, first";id\nAnn;${id}\n`],
    ['lines that end as on old Macs', `id,name\r${id},x\r`],
    ['tabs', `id\tname\n${id}\tx\n`],
    ['a quoted field with a line end', `name,id\n"a\nb",${id}\n`],
  ])('%s', async (_what, text) => {
    expect(await readUsersCsv(io(text), 'users.csv')).toEqual([id]);
  });

  it('takes userPrincipalName where the column id holds row numbers', async () => {
    expect(await readUsersCsv(io(`id,userPrincipalName\n1,${ann}\n`), 'u.csv')).toEqual([ann]);
  });

  it('refuses a line whose columns are shifted, with its number', async () => {
    const text = `name,id\nAnn,${id}\nBakker, Bob,${id}\n`;

    await expect(readUsersCsv(io(text), 'u.csv')).rejects.toMatchObject({
      message: expect.stringContaining('u.csv:3'),
      hint: expect.stringContaining('quotes'),
    });
  });
});

describe('JSON of Graph PowerShell', () => {
  it.each<[string, unknown]>([
    ['a list', [{ Id: id, UserPrincipalName: ann, Department: 'Sales' }]],
    ['Graph’s own form', { value: [{ id, userPrincipalName: ann, department: 'Sales' }] }],
  ])('is read as Graph writes it (%s)', async (_what, content) => {
    const [user] = await readUsers(io(JSON.stringify(content)), 'u.json');

    expect(user).toMatchObject({ id, user: { userPrincipalName: ann, department: 'Sales' } });
  });

  it.each<[string, unknown]>([
    ['one user', { Id: id, UserPrincipalName: ann, Department: 'Sales' }],
    ['one user without an id', { UserPrincipalName: ann, Department: 'Sales' }],
    ['a list of one', [{ Id: id, UserPrincipalName: ann, Department: 'Sales' }]],
    ['Graph’s own form of one', { id, userPrincipalName: ann, department: 'Sales' }],
  ])('is read where a file holds %s', async (_what, content) => {
    const user = await readOneUser(io(JSON.stringify(content)), 'u.json', undefined);

    expect(user).toMatchObject({ userPrincipalName: ann, department: 'Sales' });
  });
});
