import type { Gaps } from '../../sources/read-gaps';
import { ok, warn } from '../finding';
import type { Finding } from '../finding';

const name = 'sources';
/** With fewer, a share says nothing. */
const leastNews = 20;

/** Whether the sources brought what they should: by the counts of the last hour. */
export function checkGaps({ found, missedBy }: Gaps): readonly Finding[] {
  const of = (counts: Gaps['found'], source: string) => counts[source] ?? 0;
  const findings: Finding[] = [];
  const untold = of(missedBy, 'delta');
  if (untold > 0) {
    findings.push(
      warn(
        name,
        `${String(untold)} users were found by a census or the audit log whom the changes (delta) should have brought`,
        'A few are users whom Graph does not report, such as restored ones. Many: see that users-delta runs, and what its log says.',
      ),
    );
  }
  const late = of(missedBy, 'notification');
  const news = late + of(found, 'notification');
  if (news >= leastNews && late > news / 2) {
    findings.push(
      warn(
        name,
        `of ${String(news)} changes in the last hour ${String(late)} were found by delta before a notification came`,
        'Graph does not call, or calls late: see the log of graph-notification (with Event Grid: of graph-events or graph-event-queue) and the checks of the subscription.',
      ),
    );
  }
  const told = Object.entries(found).map(([source, count]) => `${source} ${String(count)}`);
  return findings.length > 0
    ? findings
    : [
        ok(
          name,
          told.length === 0 ? 'no news in the last hour' : `news in the last hour: ${told.join(', ')}`,
        ),
      ];
}
