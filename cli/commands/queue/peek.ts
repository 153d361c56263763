import { Option } from 'commander';
import { peekMessages } from '../../../shared/ops-api/routes/queues';
import { toQueueName } from '../../../shared/ops/queues/peek-queue';
import type { MessageView } from '../../../shared/ops/queues/peek-queue';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { wholeNumber } from '../../options/number-option';
import type { DefineCommand } from '../../program';
import { paint } from '../../render/paint';
import { renderTime } from '../../render/render-time';
import { labeled } from '../../render/wrap-text';
import { jsonOption } from '../../options/rule-options';
import { addReadOptions, isByApi, readRoute } from '../../target/read-route';
import type { ReadOptions } from '../../target/read-route';
import { queueNames } from '../../../shared/queue/queues';

type Options = ReadOptions & {
  readonly json?: true;
  readonly count: number;
  readonly deadLetters?: true;
};

/** licenser queue peek QUEUE [--count N] [--dead-letters] */
export const define: DefineCommand = (command, { io }) => {
  command
    .argument('<queue>', Object.values(queueNames).join(', '))
    .addOption(new Option('--count <n>', 'so many at most').argParser(wholeNumber(1, 2_000)).default(10))
    .addOption(new Option('--dead-letters', 'those that Service Bus put aside'));
  addExample(
    addReadOptions(command).addOption(jsonOption()),
    'queue peek directory-changes --count 5',
    'queue peek license-changes --dead-letters',
  );
  command.action(async (name: string, { count, deadLetters: dead, ...options }: Options) => {
    const queue = toQueueName(name);
    const deadLetters = dead === true;
    const { items: messages } = await readRoute(options, io, peekMessages, {
      queue,
      limit: isByApi(options) ? Math.min(count, 200) : count,
      ...(deadLetters ? { state: 'dead' as const } : {}),
    });
    if (options.json) printJson(io, messages);
    else io.print(renderMessages(messages, deadLetters));
  });
};

/** Peeked messages as a table. */
export function renderMessages(messages: readonly MessageView[], deadLetters: boolean): string {
  if (messages.length === 0) return deadLetters ? 'There are no dead letters.\n' : 'The queue is empty.\n';
  const blocks = messages.map((message) => {
    const { messageId, state, lane, deliveryCount, at, userId, text, deadLetterReason } = message;
    const where = [
      state,
      ...(at === null ? [] : [`${state === 'scheduled' ? 'due' : 'since'} ${renderTime(at).slice(0, 19)}`]),
      ...(lane === null ? [] : [lane]),
      ...(deliveryCount > 0 ? [`delivered ${String(deliveryCount)} times`] : []),
    ];
    return [
      paint('bold', messageId),
      labeled('  state', where.join(', ')),
      ...(userId === null ? [] : [labeled('  user', userId)]),
      labeled('  says', text),
      ...(deadLetterReason === null ? [] : [labeled('  dead', deadLetterReason)]),
    ].join('\n');
  });
  const count = messages.length === 1 ? '1 message' : `${String(messages.length)} messages`;
  return `${blocks.join('\n\n')}\n\n${count} shown, the oldest first; nothing was taken\n`;
}
