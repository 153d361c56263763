import type { Clock } from '../../kernel/clock';
import { timing } from '../../kernel/timing';
import type { QueueInspector } from '../../queue/queue-inspector';
import type { QueueName } from '../../queue/queues';
import { readPage } from './peek-queue';
import type { MessagePage, MessageView } from './peek-queue';

/** What must all be true of a message; texts are found anywhere, any case. */
export type MessageSearch = {
  /** A user's id. */
  readonly user?: string;
  /** In the message as it was sent: the id of a SKU. */
  readonly sku?: string;
  /** In the broker's reason for a dead letter, or in the words of why. */
  readonly reason?: string;
  /** In the message, its words or its reason. */
  readonly text?: string;
};

/** Messages that one call looks at. */
const mostScanned = 2_000;
const pageSize = 200;

/**
 * The first `limit` messages that fit, of at most 2,000 from the sequence number `from` on, or of as many as one answer
 * has time for. `next`: where to go on; null: the end was reached.
 * @throws UserError `ops/no-queue`
 */
export async function searchMessages(
  inspector: QueueInspector,
  queue: QueueName,
  search: MessageSearch,
  options: {
    readonly deadLetters: boolean;
    readonly from?: string;
    readonly limit: number;
    readonly clock: Pick<Clock, 'now'>;
  },
): Promise<MessagePage & { readonly scanned: number }> {
  const { deadLetters, limit, clock } = options;
  const until = clock.now() + timing.ops.portion.ms;
  const items: MessageView[] = [];
  let { from } = options;
  let scanned = 0;
  for (;;) {
    const count = Math.min(pageSize, mostScanned - scanned);
    const page = await readPage(inspector, queue, {
      count,
      deadLetters,
      ...(from === undefined ? {} : { from }),
    });
    for (const [index, message] of page.items.entries()) {
      scanned += 1;
      if (fits(message, search)) items.push(message);
      if (items.length < limit) continue;
      const following = page.items[index + 1]?.sequenceNumber ?? page.next;
      return { items, next: following, scanned };
    }
    if (page.next === null || scanned >= mostScanned || clock.now() >= until)
      return { items, next: page.next, scanned };
    from = page.next;
  }
}

function fits(message: MessageView, { user, sku, reason, text }: MessageSearch): boolean {
  const body = (
    typeof message.body === 'string' ? message.body : (JSON.stringify(message.body) ?? '')
  ).toLowerCase();
  const words = `${message.text} ${message.deadLetterReason ?? ''}`.toLowerCase();
  const has = (whole: string, part: string | undefined) =>
    part === undefined || whole.includes(part.toLowerCase());
  return (
    (user === undefined || message.userId === user.toLowerCase()) &&
    has(body, sku) &&
    has(words, reason) &&
    has(`${body} ${words} ${message.messageId.toLowerCase()}`, text)
  );
}
