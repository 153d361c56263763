import { describeWhy } from '../cli/local-cloud/describe-why';
import type { Why } from '../cli/local-cloud/describe-why';
import type { DemoReport } from './report';

type Count = Exclude<keyof DemoReport, 'timeToLicensedMs' | 'graph' | 'queue'>;

const meanings: readonly (readonly [Count, string])[] = [
  ['licensed', 'hold what the policy says, confirmed by Graph'],
  ['nothing', 'were right already'],
  ['waiting', 'wait for a seat'],
  ['blocked', 'need a person: each has a reason'],
  ['held', 'held back by a guard'],
  ['failed', 'given up on: each has a reason'],
  ['outOfScope', 'are none of the policy’s business'],
  ['lost', 'have no outcome (this must be 0)'],
];

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

function describeTimes({ p50, p95, max }: DemoReport['timeToLicensedMs']): string {
  if (p50 === null || p95 === null || max === null) return 'no user was licensed';
  return `half within ${seconds(p50)}, 95 % within ${seconds(p95)}, the last ${seconds(max)}`;
}

/** The report for people, at most 80 columns. */
export function describeReport(report: DemoReport, whys: readonly Why[] = []): string {
  const { timeToLicensedMs: time, graph, queue } = report;
  const lines = [
    '',
    `${report.users} users in ${seconds(report.wallMs)}`,
    ...meanings
      .filter(([key]) => key === 'lost' || report[key] !== 0)
      .map(([key, text]) => `  ${String(report[key]).padStart(6)}  ${text}`),
    '',
    ...(whys.length === 0 ? [] : [describeWhy(whys)]),
    `Time to licensed  ${describeTimes(time)}`,
    `Graph             ${graph.requests} requests, ${graph.writes} writes, ${graph.throttled} throttled`,
    `Service Bus       ${queue.sent} sent, ${queue.retried} retried, ${queue.deadLettered} dead-lettered`,
    '',
  ];
  return lines.join('\n');
}
