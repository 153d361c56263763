import type { Services } from '../../pipeline/services';
import { readCensus } from '../../pipeline/census/walk-census';
import { fail, ok, warn } from './finding';
import type { Finding } from './finding';
import { timing } from '../../kernel/timing';

/** The last census, and whether it left anybody in scope without an outcome. */
export async function checkCensus(
  pipeline: Pick<Services, 'cursors' | 'clock'>,
): Promise<readonly Finding[]> {
  const name = 'census';
  const { state } = await readCensus(pipeline);
  if (state === undefined) {
    return [
      warn(
        name,
        'there was none yet: users who were there before the app are not looked at',
        'The function census-walk begins one by itself, unless LICENSER_FIRST_CENSUS is off: licenser census start.',
      ),
    ];
  }
  const { users, inScope, drifted, unsettled } = state.counts;
  const age = pipeline.clock.now() - state.startedAt;
  const findings: Finding[] = [];
  if (unsettled > 0) {
    findings.push(
      fail(
        name,
        `${String(unsettled)} users had no outcome half an hour after the census had them looked at`,
        'See who: licenser census status. Then the queues and the log of the functions.',
      ),
    );
  }
  if (state.phase !== 'done' ? age > timing.doctor.censusSlow.ms : age > timing.doctor.censusOverdue.ms) {
    const what = state.phase === 'done' ? 'the last one began' : 'one has been under way for';
    findings.push(
      warn(
        name,
        `${what} ${String(Math.round(age / 3_600_000))} h${state.phase === 'done' ? ' ago' : ''}`,
        'See that the functions census and census-walk run.',
      ),
    );
  }
  if (drifted > 0) {
    findings.push(
      warn(
        name,
        `${String(drifted)} users hold a license of the product that a person changed`,
        'See who and what: licenser census status. The policy’s drift says whether it is set right.',
      ),
    );
  }
  if (findings.length > 0) return findings;
  const how = state.phase === 'done' ? 'no user without an outcome' : 'under way';
  return [ok(name, `${String(users)} users, ${String(inScope)} in scope, ${how}`)];
}
