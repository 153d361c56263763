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
    `Time to licensed  half within ${seconds(time.p50)}, 95 % within ${seconds(time.p95)}, the last ${seconds(time.max)}`,
    `Graph             ${graph.requests} requests, ${graph.writes} writes, ${graph.throttled} throttled`,
    `Service Bus       ${queue.sent} sent, ${queue.retried} retried, ${queue.deadLettered} dead-lettered`,
    '',
  ];
  return lines.join('\n');
}
