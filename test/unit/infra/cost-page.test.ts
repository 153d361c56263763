import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { nextNcrontab, parseNcrontab } from '@auto-licenser/functions-host/ncrontab';
import { readSchedules } from '../../../shared/config/schedules';

const root = join(__dirname, '..', '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const json = <Content>(path: string) => JSON.parse(read(path)) as Content;

const sources = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(join(folder, name)));
const registered = sources('functions').flatMap((text) =>
  [...text.matchAll(/\bapp\.(\w+)\('([^']+)'/g)].map(([, kind = '', name = '']) => ({ kind, name })),
);

describe('docs/cost.md', () => {
  const usage = json<{ timerRunsPerDay: Record<string, number> }>('scripts/cost/usage.json');

  it('counts the runs of an idle day that the schedules make', () => {
    const schedules = Object.entries(readSchedules({}));
    const start = Date.UTC(2026, 0, 1) - 1;
    const runs = schedules.map(([, expression]) => {
      const cron = parseNcrontab(expression);
      let count = 0;
      for (
        let at = nextNcrontab(cron, start);
        at !== undefined && at <= start + 86_400_000;
        at = nextNcrontab(cron, at)
      )
        count++;
      return count;
    });

    expect(runs.sort((a, b) => a - b)).toEqual(Object.values(usage.timerRunsPerDay).sort((a, b) => a - b));
    const timers = registered.filter(({ kind }) => kind === 'timer').map(({ name }) => name);
    expect(Object.keys(usage.timerRunsPerDay).sort()).toEqual(timers.sort());
  });

  it('counts the alerts that the templates make, without notifications and audit log', () => {
    const { alertsOn } = json<{ alertsOn: Record<string, number> }>('scripts/cost/usage.json');
    const usual = json<{ every: string; onlyWithNotifications: boolean; onlyWithAuditLog: boolean }[]>(
      'infra/modules/alerts.json',
    ).filter((rule) => !rule.onlyWithNotifications && !rule.onlyWithAuditLog);
    const every = (period: string) => usual.filter((rule) => rule.every === period).length;
    const places = [...read('infra/modules/alerts.bicep').matchAll(/\{ Id: '/g)].length;
    const seconds = Number(/Frequency: (\d+)/.exec(read('infra/modules/alerts.bicep'))?.[1]);

    expect([
      alertsOn['logRulesEvery5Minutes'],
      alertsOn['logRulesEvery15Minutes'],
      alertsOn['logRulesEveryHour'],
    ]).toEqual(['PT5M', 'PT15M', 'PT1H'].map(every));
    // Dead letters are a series a queue; health is one.
    const queues = json<{ UserConfig: { Namespaces: { Queues: object[] }[] } }>(
      'local/service-bus.config.json',
    );
    expect(read('infra/modules/alerts.bicep')).toContain(
      "{ name: 'EntityName', operator: 'Include', values: ['*'] }",
    );
    expect(alertsOn['metricSeries']).toBe((queues.UserConfig.Namespaces[0]?.Queues.length ?? 0) + 1);
    expect(alertsOn['webTestsPerDay']).toBe((places * 86_400) / seconds);
  });

  it('says of every price where it stands, and which a person must check', () => {
    const prices = json<Record<string, Record<string, unknown>>>('scripts/cost/prices.json');
    const seen = prices['seen'] ?? {};
    const wanted = Object.entries(prices).flatMap(([subject, part]) =>
      Object.entries(part)
        .filter(([, value]) => typeof value === 'number')
        .map(([key, value]) => [`${subject}.${key}`, String(value)] as const),
    );
    const rows = new Map(
      [
        ...read('docs/cost.md').matchAll(/^\| `(\w+\.\w+)` *\| *(\S+) *\| *<https:[^>]+> *\| *(.*?) *\|$/gm),
      ].map(([, name = '', value = '', origin = '']) => [name, { value, origin }] as const),
    );

    expect([...rows].map(([name, { value }]) => [name, value])).toEqual(wanted);
    for (const [name, { origin }] of rows)
      expect([name, origin]).toEqual([
        name,
        expect.stringMatching(
          name in seen ? /^(seen at|quoted from) <https:[^>]+>, 202\d-\d\d-\d\d$/ : /check/,
        ),
      ]);
  });

  it('holds what the script prints, and idle executions at 512 MB cost at most 10 dollars', () => {
    const table = spawnSync(
      process.execPath,
      [join(root, 'scripts', 'cost.mjs'), '--memory', '512', '--always-ready', '0'],
      { encoding: 'utf8' },
    ).stdout;
    const rowsOf = (text: string) =>
      text
        .split('\n')
        .filter((line) => line.startsWith('|') && !line.includes('---'))
        .map((line) =>
          line
            .split('|')
            .map((cell) => cell.trim())
            .join('|'),
        );
    const [, documented = ''] = /<!-- cost 512 0 -->([^]*?)<!-- end -->/.exec(read('docs/cost.md')) ?? [];

    expect(rowsOf(documented)).toEqual(rowsOf(table));
    const idle = Number(/\| executions, idle \| ([\d.]+)/.exec(table)?.[1]);
    expect(idle).toBeGreaterThan(0);
    expect(idle).toBeLessThanOrEqual(10);
  });
});
