import type { Io } from '../../../../cli/io';
import { runProgram } from '../../../../cli/program';

export const files: Record<string, string> = {
  'users.json': JSON.stringify([
    { id: 'u1', department: 'Sales', userPrincipalName: 'a@x.example' },
    { id: 'u2', department: 'IT' },
    { id: 'u3' },
  ]),
  'graph.json': JSON.stringify({ '@odata.context': 'x', value: [{ id: 'u1', department: 'Sales' }] }),
  'one.json': JSON.stringify({ id: 'u1', department: null, memberOf: ['g'] }),
  'rules.json': JSON.stringify([
    'user.department -eq "Sales"',
    { id: 'bad', rule: 'user.department -eq' },
    { id: 7, rule: 'user.employeeType -eq null' },
  ]),
  'broken.json': '{',
  'policy.yaml': `version: 1
rules:
  - { name: a, when: 'user.department -eq "Sales"', assign: [{ sku: EMS, disable: [INTUNE_A] }] }
tests:
  - { user: { department: Sales }, expect: { EMS: { off: [INTUNE_A] } } }
`,
  'failing.yaml': `version: 1
rules:
  - { name: a, assign: [{ sku: EMS }] }
tests:
  - { name: not for all, user: {}, expect: { EMS: null } }
`,
  'wrong.yaml': 'version: 1\nrules:\n  - { name: a, assign: [{ sku: EMS, disabel: [X] }] }\n',
  'skus.json': JSON.stringify({
    value: [
      {
        skuId: 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e',
        skuPartNumber: 'EMSPREMIUM',
        appliesTo: 'User',
        capabilityStatus: 'Enabled',
        servicePlans: [],
      },
    ],
  }),
};

export async function run(...args: string[]) {
  let out = '';
  let errors = '';
  const io: Io = {
    print: (text) => void (out += text),
    complain: (text) => void (errors += text),
    readText: (path) => {
      const text = files[path];
      return text === undefined
        ? Promise.reject(Object.assign(new Error('no such file'), { code: 'ENOENT' }))
        : Promise.resolve(text);
    },
    now: () => Date.parse('2026-06-15T12:00:00Z'),
  };
  const code = await runProgram(args, io);
  return { code, out, errors, json: (): unknown => JSON.parse(out) };
}
