import type { WatchSnapshot } from '../../shared/ops/queues/watch-snapshot';
import { renderQueues } from '../commands/queue/status';
import { paintWord } from './paint';
import { renderAge, renderTime } from './render-time';

/** A whole screen of `queue watch`. */
export function renderWatch(snapshot: WatchSnapshot): string {
  const { at, queues, pauses, failures, users } = snapshot;
  const outcomes = Object.entries(users.outcomes).sort(([, a], [, b]) => b - a);
  return [
    `${renderTime(at).slice(0, 19)} (UTC)`,
    '',
    renderQueues(queues, pauses).trimEnd(),
    '',
    `users       ${String(users.users)}`,
    ...outcomes.map(
      ([outcome, count]) =>
        `  ${paintWord(outcome)}${' '.repeat(Math.max(1, 10 - outcome.length))}${String(count)}`,
    ),
    `under way   ${String(users.underWay)}, ${String(users.inFlight)} writes in flight`,
    `writes      ${speedOf(snapshot)}`,
    `failures    ${String(failures)} open`,
    '',
  ].join('\n');
}

/** The same on one line, for pipes and logs. */
export function renderWatchLine(snapshot: WatchSnapshot): string {
  const { at, queues, pauses, failures, users } = snapshot;
  const sum = (pick: (queue: (typeof queues)[number]) => number | null) =>
    queues.reduce((all, queue) => all + (pick(queue) ?? 0), 0);
  const oldest = Math.max(-1, ...queues.map(({ oldestAgeMs }) => oldestAgeMs ?? -1));
  const outcomes = Object.entries(users.outcomes)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([outcome, count]) => `${outcome}=${String(count)}`);
  return [
    at,
    `active=${String(sum(({ active }) => active))}`,
    `oldest=${oldest < 0 ? '-' : renderAge(oldest).replace(' ', '')}`,
    `scheduled=${String(sum(({ scheduled }) => scheduled))}`,
    `dead=${String(sum(({ deadLettered }) => deadLettered))}`,
    `inFlight=${String(users.inFlight)}`,
    `writes/s=${snapshot.writesPerSecond === null ? '-' : snapshot.writesPerSecond.toFixed(1)}`,
    `failures=${String(failures)}`,
    ...outcomes,
    ...(users.underWay > 0 ? [`underWay=${String(users.underWay)}`] : []),
    ...pauses.map(
      ({ scope, isOld, ageMs }) => `paused=${scope}${isOld ? `(${renderAge(ageMs).replace(' ', '')})` : ''}`,
    ),
  ].join(' ');
}

function speedOf({ writesPerSecond, users }: WatchSnapshot): string {
  const speed = writesPerSecond === null ? 'counting' : `${writesPerSecond.toFixed(1)} a second`;
  return `${speed} (${String(users.writes)} begun in all)`;
}

/** Moves up over the frame that stands there and clears it, so that the next one takes its place. */
export function overdraw(previous: string | null, frame: string): string {
  if (previous === null) return frame;
  const lines = previous.split('\n').length - 1;
  return `${lines > 0 ? `\u001b[${String(lines)}A` : ''}\r\u001b[J${frame}`;
}
