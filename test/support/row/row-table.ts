import fc from 'fast-check';
import type { EventKind } from '../../../shared/pipeline/row/events';
import { happenings } from './happenings';
import { PlayedUser } from './row-events';

/** What each event means, in the order of a user's way; the compiler finds one that is missing. */
const meanings: Readonly<Record<EventKind, string>> = {
  hinted: 'a message says: look at this user',
  missing: 'Graph answers 404',
  readRefused: 'Graph refuses to show the user',
  looked: 'a look found nothing to write',
  proposed: 'a look found something to write',
  decided: 'its operation goes to the user’s lane',
  paused: 'a pause stops the work',
  intended: 'the write begins',
  written: 'Graph confirmed the write',
  writtenLate: 'Graph confirmed the write of a worker whose row has changed',
  writeRefused: 'Graph refused the write',
  verified: 'the services were asked for the plans',
  released: 'the operation ended without an outcome',
  dropped: 'the message ended without a look',
  exceptionChanged: 'a person changed the user’s exceptions',
  gaveUp: 'handling this user fails for ever',
};

/**
 * The machine of a row as a table, from what it does: 5,000 stories of a fixed seed are played, and what each event led
 * to is written down.
 */
export function renderRowMachine(): string {
  const results = new Map<string, Set<string>>();
  const effects = new Map<string, Set<string>>();
  const note = (map: Map<string, Set<string>>, kind: string, what: string) =>
    map.set(kind, (map.get(kind) ?? new Set()).add(what));
  const stories = fc.sample(fc.array(happenings, { minLength: 1, maxLength: 10 }), {
    numRuns: 5_000,
    seed: 1,
  });
  for (const story of stories) {
    const played = new PlayedUser();
    for (const happening of story) played.play(happening);
    for (const { event, step } of played.happened) {
      note(results, event.kind, step.result?.kind ?? 'goes on');
      for (const effect of [...step.before, ...step.after]) note(effects, event.kind, effect.kind);
    }
  }
  const list = (map: Map<string, Set<string>>, kind: string) =>
    [...(map.get(kind) ?? [])]
      .sort()
      .map((one) => `\`${one}\``)
      .join(', ');
  return [
    '| event | what happened | ends as | effects |',
    '| --- | --- | --- | --- |',
    ...Object.entries(meanings).map(
      ([kind, meaning]) => `| \`${kind}\` | ${meaning} | ${list(results, kind)} | ${list(effects, kind)} |`,
    ),
  ].join('\n');
}
