import { rowOfSubject } from '../../store/ports/stored-rows';
import type { Services } from '../services';

/** Failures of rows that are gone, or can be read again, are over: repaired, or a newer version is back. */
export async function closeRepairedRows({
  failures,
  rows,
  clock,
}: Pick<Services, 'failures' | 'rows' | 'clock'>): Promise<void> {
  for await (const { subject } of failures.list('open')) {
    const place = rowOfSubject(subject);
    if (place === undefined) continue;
    if (typeof (await rows.problemOf(place)) !== 'string') await failures.close(subject, clock.now());
  }
}
