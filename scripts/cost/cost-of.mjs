// What a month costs, line by line, from prices and counts that are inputs. Pure: docs/cost.md is made of it.

/** GB-seconds of so many executions; short ones are billed as `least` each. */
const gbSeconds = (executions, memoryMB, leastMs) => (executions * (memoryMB / 1024) * leastMs) / 1_000;

/**
 * @param {{ users: number, memoryMB: number, alwaysReady: number, privateNetwork?: boolean }} app alwaysReady: instances of
 *   `decide` and of `apply` each
 * @param prices scripts/cost/prices.json
 * @param usage scripts/cost/usage.json
 * @returns {{ line: string, dollars: number }[]} dollars a month
 */
export function costOf({ users, memoryMB, alwaysReady, privateNetwork = false }, prices, usage) {
  const { flex, serviceBus, storage, logs, alerts } = prices;
  const days = usage.daysPerMonth;
  const seconds = days * 86_400;
  const timers = Object.values(usage.timerRunsPerDay).reduce((sum, runs) => sum + runs, 0) * days;
  const messages = users * (usage.perUserAndMonth.decide + usage.perUserAndMonth.apply);

  // What an always-ready instance runs has another price and no free grant.
  const onDemand = alwaysReady > 0 ? timers : timers + messages;
  const onReady = alwaysReady > 0 ? messages : 0;
  const billed = (executions) => gbSeconds(executions, memoryMB, flex.leastBilledMilliseconds);
  const executionsOf = (count, free) => (Math.max(0, count - free) / 1e6) * flex.perMillionExecutions;
  const idleDollars =
    Math.max(0, billed(timers) - flex.freeGBSeconds) * flex.onDemandPerGBSecond +
    executionsOf(timers, flex.freeExecutions);
  const allDollars =
    Math.max(0, billed(onDemand) - flex.freeGBSeconds) * flex.onDemandPerGBSecond +
    executionsOf(onDemand, flex.freeExecutions) +
    billed(onReady) * flex.alwaysReadyExecutingPerGBSecond +
    executionsOf(onReady, 0);

  const operations =
    (messages * usage.serviceBusOperationsPerMessage + usage.idleServiceBusOperationsPerDay * days) / 1e6;
  const transactions =
    (timers * usage.perTimerRun.tableTransactions + users * usage.perUserAndMonth.tableTransactions) / 1e6;
  const gigabytesOfLogs =
    (timers * usage.perTimerRun.logKilobytes + users * usage.perUserAndMonth.logKilobytes) / 1e6;
  const on = usage.alertsOn;
  return [
    { line: 'executions, idle', dollars: idleDollars },
    { line: 'executions, for users', dollars: allDollars - idleDollars },
    {
      line: 'always-ready instances',
      dollars: 2 * alwaysReady * (memoryMB / 1024) * seconds * flex.alwaysReadyBaselinePerGBSecond,
    },
    {
      line: 'Service Bus',
      dollars: privateNetwork
        ? serviceBus.premiumPerMonth
        : serviceBus.standardPerMonth +
          Math.max(0, operations - serviceBus.freeMillionOperations) * serviceBus.perMillionOperations,
    },
    {
      line: 'storage',
      dollars:
        transactions * storage.perMillionTransactions +
        ((users * usage.perUserAndMonth.rowsKilobytes) / 1e6) * storage.perGBMonth,
    },
    { line: 'logs', dollars: Math.max(0, gigabytesOfLogs - logs.freeGB) * logs.perGB },
    {
      line: 'alerts',
      dollars:
        on.logRulesEvery5Minutes * alerts.logRuleEvery5Minutes +
        on.logRulesEvery15Minutes * alerts.logRuleEvery15Minutes +
        on.logRulesEveryHour * alerts.logRuleEveryHour +
        on.metricSeries * alerts.metricSeries +
        on.webTestsPerDay * days * alerts.perWebTest,
    },
  ];
}

export const sizes = [200, 1_000, 10_000, 100_000];

/** @returns {string} a table in Markdown: one row a line of the bill, one column a number of users */
export function costTable(app, prices, usage) {
  const columns = sizes.map((users) => costOf({ ...app, users }, prices, usage));
  const row = (name, cells) => `| ${name} | ${cells.join(' | ')} |`;
  const money = (dollars) => dollars.toFixed(2);
  const lines = columns[0].map(({ line }, at) =>
    row(
      line,
      columns.map((column) => money(column[at].dollars)),
    ),
  );
  const sum = columns.map((column) => money(column.reduce((total, { dollars }) => total + dollars, 0)));
  return [
    row(
      'per month',
      sizes.map((users) => `${users.toLocaleString('en-US')} users`),
    ),
    row(
      '---',
      sizes.map(() => '---'),
    ),
    ...lines,
    row(
      '**all**',
      sum.map((text) => `**${text}**`),
    ),
  ].join('\n');
}

/** @returns {string} a table in Markdown: every price, where it stands, and whether a person must check it */
export function priceTable(prices) {
  const rows = Object.entries(prices)
    .filter(([, part]) => typeof part.source === 'string')
    .flatMap(([subject, { source, ...values }]) =>
      Object.entries(values).map(([key, value]) => {
        const name = `${subject}.${key}`;
        const origin = originOf(prices.seen[name]);
        return `| \`${name}\` | ${value} | <${source}> | ${origin} |`;
      }),
    );
  return ['| price | dollars, or number | source | seen |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** @returns {string} where a price was read; one that was read nowhere is a person's to look up */
function originOf(seen) {
  if (seen === undefined) return '**check**: from memory';
  return `${seen.quoted ? 'quoted from' : 'seen at'} <${seen.at}>, ${seen.of}`;
}
