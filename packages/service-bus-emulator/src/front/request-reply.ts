import { AmqpError } from '../amqp/amqp-error';
import { accepted, rejected } from '../amqp/frame-writer';
import type { IncomingLinkHandler } from '../amqp/incoming-link';
import type { LinkSession } from '../amqp/link';
import type { OutgoingLink, OutgoingLinkHandler } from '../amqp/outgoing-link';
import { list, map, nothing, toText } from '../amqp/value';
import type { AmqpEntry, AmqpValue } from '../amqp/value';
import { AmqpWriter } from '../amqp/writer';
import { readSections, sectionCodes, sectionValue } from './sections';
import { toAmqpError } from './to-amqp-error';

export type Request = {
  readonly messageId: AmqpValue;
  readonly replyTo: string | undefined;
  /** The application properties, a map (or nothing). */
  readonly properties: AmqpValue | undefined;
  /** The value of the body. */
  readonly body: AmqpValue | undefined;
};
export type Reply = { readonly properties: readonly AmqpEntry[]; readonly body: AmqpValue };

/** @throws AmqpError when the bytes are no request */
export function readRequest(payload: Buffer): Request {
  const sections = readSections(payload);
  const value = (code: number) =>
    sectionValue(
      payload,
      sections.find((section) => section.code === code),
    );
  const properties = value(sectionCodes.properties);
  const property = (index: number) => (properties?.type === 'list' ? properties.value[index] : undefined);
  return {
    messageId: property(0) ?? nothing,
    replyTo: toText(property(4)),
    properties: value(sectionCodes.applicationProperties),
    body: value(sectionCodes.value),
  };
}

/** The bytes of a reply to the request with that message id. */
export function writeReply(correlationId: AmqpValue, reply: Reply): Buffer {
  const writer = new AmqpWriter(1_024);
  writer.descriptor(sectionCodes.properties);
  writer.write(list([nothing, nothing, nothing, nothing, nothing, correlationId]));
  writer.descriptor(sectionCodes.applicationProperties);
  writer.write(map(reply.properties));
  writer.descriptor(sectionCodes.value);
  writer.write(reply.body);
  return writer.toBuffer();
}

/** The link a client reads replies from; they wait for its credit. */
class ReplyLink implements OutgoingLinkHandler {
  readonly link: OutgoingLink;
  readonly #waiting: Buffer[] = [];
  readonly #onEnded: () => void;
  #sent = 0;

  constructor(link: OutgoingLink, onEnded: () => void) {
    this.link = link;
    this.#onEnded = onEnded;
  }

  send(reply: Buffer): void {
    this.#waiting.push(reply);
    this.onCredit();
  }

  onCredit(): void {
    while (this.#waiting.length > 0 && this.link.canSend) {
      const reply = this.#waiting.shift();
      if (!reply) return;
      const tag = Buffer.alloc(4);
      tag.writeUInt32BE(this.#sent++ >>> 0);
      this.link.send(tag, reply, true);
    }
  }

  onOutcome(): AmqpValue {
    return accepted;
  }

  onEnded(): void {
    this.#onEnded();
  }
}

/** The reply links of one node ($cbs, or the $management of one entity), by session. */
export class ReplyLinks {
  readonly #links = new Map<LinkSession, Set<ReplyLink>>();

  add(link: OutgoingLink): void {
    const links = this.#links.get(link.session) ?? new Set<ReplyLink>();
    this.#links.set(link.session, links);
    const replyLink = new ReplyLink(link, () => {
      links.delete(replyLink);
      if (links.size === 0) this.#links.delete(link.session);
    });
    links.add(replyLink);
    link.accept(replyLink);
  }

  /** Clients name the reply's link by its name, by its target, or not at all when there is only one. */
  find(session: LinkSession, replyTo: string | undefined): ReplyLink | undefined {
    const links = [...(this.#links.get(session) ?? [])];
    return (
      links.find(({ link }) => link.name === replyTo || link.target.address === replyTo) ??
      (links.length === 1 ? links[0] : undefined)
    );
  }
}

/** Answers each request that arrives on a link with one reply on the matching link of the same session. */
export function answerRequests(
  session: LinkSession,
  replies: ReplyLinks,
  answer: (request: Request) => Reply,
): IncomingLinkHandler {
  return {
    onMessage: ({ payload }) => {
      try {
        const request = readRequest(payload);
        const replyLink = replies.find(session, request.replyTo);
        if (!replyLink)
          throw new AmqpError('amqp:not-found', 'There is no link for the reply in this session');
        replyLink.send(writeReply(request.messageId, answer(request)));
        return accepted;
      } catch (thrown) {
        return rejected(toAmqpError(thrown));
      }
    },
  };
}
