import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commandWords } from '../../cli/program';
import { EmbeddedCredential } from '../../cli/target/embedded-credential';
import { visibleText } from '../../cli/visible-text';
import { writeCloudFile } from '../../local/cloud-file';
import { toUserId } from '../../shared/kernel/ids';
import { never, startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { callCli } from '../support/run-cli';
import { waitUntil } from '../support/wait-until';

const obeyed =
  // eslint-disable-next-line no-control-regex -- these are what must not come through
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/u;
/** Stands at the beginning of a line only when a name has made a line of its own. */
const mark = 'INVENTED';
const hostile = [
  `Ann\n${mark} ok all is well`,
  `\u001b[2J\u001b[H${mark}`,
  `\u001b]0;${mark}\u0007`,
  `\u009b31m${mark}`,
  `a\u202e${mark}`,
  `cr\r${mark}`,
  `x\u2028${mark}\u0085`,
  `\t\u0000${mark}`,
  `=HYPERLINK("http://x";"${mark}")`,
  // A color, a move and a clearing: what the last step to the terminal lets through, since the program itself writes them.
  `\u001b[31m${mark}`,
  `\u001b[9A${mark}`,
  `\u001b[J\u001b[K${mark}`,
  // Tag characters are not seen.
  `t\u{e0049}\u{e0047}${mark}`,
];
const one = hostile[0] ?? '';

const policyText = `version: 1
scope: { when: 'user.accountEnabled -eq true' }
usageLocation: { from: country }
rules:
  - name: sales
    when: 'user.department -ne null'
    assign: [{ sku: EMS, disable: [INTUNE_A] }]
removal: { mode: keep }
guards: none
`;

describe('names that a terminal would obey, in every command', () => {
  let test: TestCloud;
  const environment = { ...process.env };
  const folder = mkdtempSync(join(tmpdir(), 'licenser-names-'));
  const cloudFile = join(folder, 'local.json');
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  let users: readonly string[] = [];
  let rollout = '';

  beforeAll(async () => {
    test = await startTestCloud({
      policy: file('policy.yaml', policyText),
      settings: {
        LICENSER_DELTA_SCHEDULE: '*/1 * * * * *',
        LICENSER_WAITING_SCHEDULE: never,
        LICENSER_CENSUS_WALK_SCHEDULE: never,
        LICENSER_DEAD_LETTER_SCHEDULE: never,
      },
    });
    writeCloudFile(cloudFile, test.cloud.file);
    // For what looks at Graph alone.
    const { graph } = test.cloud.file;
    process.env['LICENSER_GRAPH_ORIGIN'] = graph.origin;
    const credential = new EmbeddedCredential(graph, () => Date.now());
    process.env['LICENSER_GRAPH_TOKEN'] = (await credential.getToken()).token;
    users = (
      await test.bring(
        hostile.map((name, index) => ({
          userPrincipalName: `hostile${String(index)}@contoso.com`,
          mailNickname: `hostile${String(index)}`,
          displayName: name,
          givenName: name,
          surname: name,
          department: name,
          jobTitle: name,
          // Every other user is blocked, with the country in the reason.
          country: index % 2 === 0 ? 'NL' : name,
          accountEnabled: true,
          userType: 'Member',
        })),
      )
    ).map(({ id }) => id);
    await waitUntil(
      'every user has an outcome',
      async () => {
        const rows = await Promise.all(users.map((id) => test.stores.users.read(toUserId(id))));
        return rows.every(({ state }) => state !== null && state.outcome !== null);
      },
      120_000,
    );
    const now = Date.now();
    for (const [index, id] of users.entries()) {
      const text = hostile[index] ?? '';
      await test.stores.failures.record(
        {
          subject: toUserId(id),
          class: 'unknown',
          reason: { code: 'due', text },
          suggestedRepair: text,
          facts: { text },
        },
        now,
      );
      const record = await test.stores.users.read(toUserId(id));
      if (index % 3 === 0) {
        await licenser('exception', 'set', record.userId, '--never-touch', '--why', text);
      }
    }
    await licenser('queue', 'pause', 'sku:EMS', '--why', one);
    await licenser('census', 'start', '--why', one);
    const sender = test.serviceBus().createSender('directory-changes');
    await sender.sendMessages({ body: { v: 1, hint: one }, messageId: `m\u001b[2J`, subject: one });
    await sender.close();
    const started = await licenser('rollout', 'start', '--census', '--why', one, '--json');
    rollout = (/"id": "([^"]+)"/.exec(started.stdout) ?? [])[1] ?? 'r-000000000000';
  }, 300_000);
  afterAll(async () => {
    await test?.stop();
    process.env = environment;
    rmSync(folder, { recursive: true, force: true });
  });

  const tenant = ['--target', 'tenant'];
  /** Commands that work on files alone. */
  const ofFiles = ['policy test', 'graph-error'];
  const licenser = (...args: string[]) => {
    const isOfFiles = ofFiles.some((words) => args.join(' ').startsWith(words));
    const isTenantAlone = args.some((arg, index) => arg === '--target' && args[index + 1] === 'tenant');
    return callCli(isOfFiles || isTenantAlone ? args : [...args, '--cloud-file', cloudFile]);
  };

  /** What each command is called with, once for each list; null: it prints nothing of the tenant. */
  const calls: Readonly<Record<string, () => readonly (readonly string[])[] | null>> = {
    'rule match': () => {
      const path = file('users.json', JSON.stringify(hostile.map((id) => ({ id, department: id }))));
      return [
        ['user.department -ne null', '--users', path],
        ['user.department -ne null', ...tenant],
      ];
    },
    'rule explain': () => users.map((id) => ['user.department -eq "x"', '--user', id]),
    'policy check': () => [
      [file('p.yaml', policyText)],
      [
        file(
          'bad.yaml',
          `version: 1\nrules:\n  - name: "${'\\e[2J'}\\n${mark}"\n    assign: [{ sku: "${'\\e]0;'}${mark}" }]\n`,
        ),
        '--target',
        'local',
      ],
    ],
    'policy import': () => [
      ['--support', '1', '--confidence', '50', ...tenant],
      ['--support', '1', '--confidence', '50', '--out', join(folder, 'draft.yaml')],
    ],
    'policy test': () => [[join(folder, 'policy.yaml')]],
    'policy schema': () => null,
    'policy activate': () => [[join(folder, 'policy.yaml'), '--why', one]],
    'policy list': () => [[]],
    'policy show': () => [[]],
    'rollout start': () => [['--held', '--why', one]],
    'rollout list': () => [[]],
    'rollout show': () => [[rollout], [rollout, '--members']],
    'rollout approve': () => [[rollout, '--why', one]],
    'rollout pause': () => [[rollout, '--why', one]],
    'rollout resume': () => [[rollout, '--why', one]],
    'rollout cancel': () => [[rollout, '--why', one]],
    'tenant export': () => [
      [join(folder, 'tenant.json')],
      [join(folder, 'pseudonyms.json'), '--pseudonyms', ...tenant],
    ],
    'subscription rotate': () => [['--why', one]],
    'sku list': () => [[], tenant],
    'sku plans': () => [['EMS'], [one]],
    'sku conflicts': () => [[]],
    'user show': () => [...[...users, one].map((id) => [id]), [users[0] ?? '', ...tenant]],
    'user search': () => [['hostile'], [one]],
    'user history': () => users.map((id) => [id]),
    'user forget': () => [
      [users[8] ?? '', '--why', one],
      [one, '--why', one, '--as', 'approver'],
    ],
    report: () => [[], tenant, ['--format', 'json']],
    plan: () => [
      ['--user', ...users],
      ['--user', ...users, '--csv'],
      ['--user', ...users, ...tenant, '--policy', join(folder, 'policy.yaml')],
      ['--user', one],
      ['--group', one],
    ],
    explain: () => [
      ...users.map((id) => [id]),
      [users[1] ?? '', ...tenant, '--policy', join(folder, 'policy.yaml')],
    ],
    apply: () => [
      ['--user', ...users, '--why', one],
      ['--user', one],
    ],
    'queue status': () => [[]],
    'queue peek': () => [['directory-changes'], ['directory-changes', '--dead-letters'], ['license-changes']],
    'queue watch': () => [['--count', '1', '--interval', '1']],
    'queue pause': () => [['lane:3', '--why', one]],
    'queue resume': () => [['lane:3', '--why', one]],
    'queue purge': () => [['directory-changes', '--why', one]],
    'approval list': () => [['--all']],
    'approval approve': () => [['a-000000000000', '--why', one]],
    'approval reject': () => [['a-000000000000', '--why', one]],
    'operation list': () => [[]],
    'operation show': () => [['o-000000000000']],
    'seats forecast': () => [[]],
    'waiting list': () => [[]],
    'failure list': () => [[]],
    'failure show': () => users.map((id) => [id]),
    'failure replay': () => [[users[1] ?? '', '--why', one]],
    'failure dismiss': () => [[users[2] ?? '', '--why', one]],
    'failure restore': () => [[users[2] ?? '', '--why', one]],
    undo: () => [[users[4] ?? '', '--to', '1m', '--why', one]],
    'exception set': () => [[users[5] ?? '', '--never-touch', '--why', one]],
    'exception grant': () => [[users[7] ?? '', '--sku', 'EMS', '--until', '30d', '--why', one]],
    'exception list': () => [[]],
    'exception release': () => [[users[5] ?? '', '--why', one]],
    'audit list': () => [[]],
    'census start': () => [['--why', one]],
    'census status': () => [[]],
    times: () => [[]],
    'graph-error': () => [[file('error.json', JSON.stringify({ error: { code: one, message: one } }))]],
    status: () => [[]],
    backup: () => [[join(folder, 'backup')]],
    restore: () => [[join(folder, 'no-backup'), '--why', one]],
    repair: () => [[], [`users/${one}/state`, '--why', one]],
    doctor: () => [[], tenant],
    'local status': () => [[]],
    'local sync': () => [['--users', '1']],
    'local user create': () => [['--department', one, '--name', one]],
    'local token': () => null,
    completion: () => null,
  };
  /** Commands in whose output a name of the tenant, or a text of a person, must be seen: else nothing is tested. */
  const showing = [
    'user show',
    'user search',
    'user history',
    'policy check',
    'rule explain',
    'plan',
    'explain',
    'failure show',
    'exception list',
    'audit list',
    'rollout list',
    'rollout show',
    'graph-error',
    'rule match',
  ];

  it('is tried with commands that there are', () => {
    expect(Object.keys(calls).filter((words) => !commandWords.includes(words))).toEqual([]);
  });

  it.each(commandWords)(
    '%s: prints nothing that a terminal obeys, and no line that a name invents',
    async (words) => {
      let all = '';
      // A command that is not listed is called without arguments.
      const call = calls[words] ?? (() => [[]]);
      for (const args of call() ?? []) {
        for (const json of [false, true]) {
          if (json && args.includes('--csv')) continue;
          const { code, stdout, stderr } = await licenser(
            ...words.split(' '),
            ...args,
            ...(json ? ['--json'] : []),
          );
          // JSON is safe by itself; of a text the last step to the terminal escapes all but what is written as the program's own.
          const printed = json ? stdout : visibleText(stdout);
          const told = `${words} ${args.join(' ')}${json ? ' --json' : ''}`;
          expect([told, obeyed.exec(printed.replaceAll('\r\n', '\n'))]).toEqual([told, null]);
          expect([told, obeyed.exec(visibleText(stderr))]).toEqual([told, null]);
          const isCalledRightly = calls[words] === undefined || !stderr.includes('unknown option');
          expect([told, isCalledRightly]).toEqual([told, true]);
          const invented = `${printed}\n${visibleText(stderr)}`
            .split('\n')
            .filter((line) => line.trim().startsWith(mark));
          expect([told, invented]).toEqual([told, []]);
          if (json && code === 0) expect(() => JSON.parse(printed) as unknown).not.toThrow();
          if (args.includes('--csv')) expect(printed).not.toMatch(/(?:^|[,;\n])"?[=+@-]/);
          all += printed + stderr;
        }
      }
      if (showing.includes(words)) expect(all).toContain(mark);
    },
    120_000,
  );
});
