import type { Services } from '../../pipeline/services';
import { findUnreadable, toView } from '../rows/list-unreadable';
import { fail, ok } from './finding';
import type { Finding } from './finding';

/** So many are named; the rest are counted. */
const mostNamed = 20;

/** Stored rows that cannot be read: each is skipped and needs a person; no other user is concerned. */
export async function checkRows(
  pipeline: Pick<Services, 'rows' | 'failures'>,
  which: 'all' | 'noted' = 'all',
): Promise<readonly Finding[]> {
  const rows = await findUnreadable(pipeline, which);
  const findings = rows.slice(0, mostNamed).map((one) => {
    const { row, problem, effect } = toView(one);
    return fail('rows', `${row} cannot be read: ${problem}. ${effect}`, `licenser repair ${row}`);
  });
  if (rows.length > mostNamed) {
    const more = String(rows.length - mostNamed);
    findings.push(fail('rows', `${more} more rows cannot be read`, 'See all of them: licenser repair.'));
  }
  return findings.length > 0 ? findings : [ok('rows', 'every stored row can be read')];
}
