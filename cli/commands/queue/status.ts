import { showPauses, showQueues } from '../../../shared/ops-api/routes/queues';
import { showTimes } from '../../../shared/ops-api/routes/tenant';
import type { PauseView } from '../../../shared/ops/pauses/list-pauses';
import type { QueueView } from '../../../shared/ops/queues/queue-status';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { paint } from '../../render/paint';
import { renderPauses } from '../../render/render-pauses';
import { renderTable } from '../../render/render-table';
import { renderAge } from '../../render/render-time';
import { renderTimesLine } from '../../render/render-times';
import { jsonOption } from '../../options/rule-options';
import { addReadOptions, withReader } from '../../target/read-route';
import type { ReadOptions } from '../../target/read-route';
import { warnOfOldPauses } from '../../watch/warn-old-pauses';

/** The hours of the one line about time-to-licensed; more: licenser times. */
const timesHours = 24;

type Options = ReadOptions & { readonly json?: true };

/** licenser queue status */
export const define: DefineCommand = (command, { io, exit }) => {
  addExample(addReadOptions(command).addOption(jsonOption()), 'queue status');
  command.action(async (options: Options) => {
    const { queues, pauses, times } = await withReader(options, io, async (read) => ({
      queues: await read(showQueues, {}),
      pauses: await read(showPauses, {}),
      times: options.json ? undefined : await read(showTimes, { hours: timesHours }),
    }));
    if (options.json) {
      printJson(io, queues);
      warnOfOldPauses(io, pauses, true);
    } else {
      io.print(renderQueues(queues, pauses));
      if (times !== undefined) io.print(renderTimesLine(times, timesHours));
    }
    if (queues.some(({ exists }) => !exists)) exit(1);
  });
};

const countOf = (count: number | null) => (count === null ? '?' : String(count));

/** The queues and the pauses as tables, and what to do about dead letters and missing queues. */
export function renderQueues(queues: readonly QueueView[], pauses: readonly PauseView[] = []): string {
  const table = renderTable(
    [
      { title: 'queue' },
      { title: 'active', align: 'right' },
      { title: 'oldest', align: 'right' },
      { title: 'scheduled', align: 'right' },
      { title: 'dead letters', align: 'right' },
    ],
    queues.map(({ queue, exists, active, oldestAgeMs, scheduled, deadLettered, missing }) =>
      exists
        ? [
            queue,
            countOf(active),
            oldestAgeMs === null ? (missing === null ? '' : '?') : renderAge(oldestAgeMs),
            countOf(scheduled),
            deadLettered === 0 || deadLettered === null
              ? countOf(deadLettered)
              : paint('red', String(deadLettered)),
          ]
        : [queue, paint('red', 'missing'), '', '', ''],
    ),
  );
  const hints = [
    ...(queues.some(({ exists }) => !exists) ? ['A queue is missing: licenser doctor'] : []),
    ...new Set(queues.flatMap(({ missing }) => missing ?? [])),
    ...(queues.some(({ deadLettered }) => (deadLettered ?? 0) > 0)
      ? ['Dead letters: licenser failure list']
      : []),
  ];
  const paused = pauses.length === 0 ? '' : `\n${renderPauses(pauses)}`;
  return `${table}${paused}${hints.map((hint) => `\n${hint}\n`).join('')}`;
}
