import { AmqpError } from '../amqp/amqp-error';
import { IncomingLink } from '../amqp/incoming-link';
import type { Link } from '../amqp/link';
import { OutgoingLink } from '../amqp/outgoing-link';
import type { Broker } from '../engine/broker';
import type { HubFront } from '../event-hubs/hub-front';
import { manageHubs } from '../event-hubs/manage-hubs';
import { toAddress } from './address';
import { acceptReceiver } from './entity-receiver';
import { acceptSender } from './entity-sender';
import { manage } from './manage';
import { putToken } from './put-token';
import { isSignedWith } from './shared-access';
import type { SharedAccessKey } from './shared-access';
import { ReplyLinks, answerRequests } from './request-reply';
import type { Reply, Request } from './request-reply';
import { toAmqpError } from './to-amqp-error';

/** Connects the links of clients with the nodes of a broker: queues, their dead letters, event hubs, $management, $cbs. */
export class Front {
  readonly #broker: Broker;
  readonly #hubs: HubFront;
  readonly #replies = new Map<string, ReplyLinks>();
  readonly #key: SharedAccessKey | undefined;
  /** Connections that showed a token of the key. */
  readonly #authorized = new WeakSet<object>();

  /** @param key absent: every token is accepted, and none is asked for, as by Microsoft's emulator */
  constructor(broker: Broker, hubs: HubFront, key?: SharedAccessKey) {
    this.#broker = broker;
    this.#hubs = hubs;
    this.#key = key;
  }

  readonly route = (link: Link): void => {
    try {
      if (link instanceof OutgoingLink) this.#onReceiver(link);
      else if (link instanceof IncomingLink) this.#onSender(link);
    } catch (thrown) {
      link.refuse(toAmqpError(thrown));
    }
  };

  #onReceiver(link: OutgoingLink): void {
    const address = this.#addressOf(link.source.address);
    if (address.kind !== 'cbs') this.#insistOnToken(link);
    switch (address.kind) {
      case 'cbs':
        this.#repliesOf('$cbs').add(link);
        return;
      case 'hubs':
        this.#repliesOf('$management').add(link);
        return;
      case 'management':
        this.#repliesOf(this.#broker.queue(address.queue).name).add(link);
        return;
      case 'entity':
        if (this.#hubs.has(address.queue)) this.#hubs.acceptReceiver(link, address.queue);
        else acceptReceiver(link, this.#broker.queue(address.queue), this.#broker.env.newToken);
    }
  }

  #onSender(link: IncomingLink): void {
    const address = this.#addressOf(link.target.address);
    const { newToken } = this.#broker.env;
    if (address.kind !== 'cbs') this.#insistOnToken(link);
    switch (address.kind) {
      case 'cbs':
        this.#serve(link, '$cbs', (request) =>
          putToken(request, (token) => this.#admit(link.session.connection, token)),
        );
        return;
      case 'hubs':
        this.#serve(link, '$management', (request) => manageHubs(request, this.#hubs));
        return;
      case 'management': {
        const { name } = this.#broker.queue(address.queue);
        const { connection } = link.session;
        this.#serve(link, name, (request) =>
          manage(request, { broker: this.#broker, queue: name, connection }),
        );
        return;
      }
      case 'entity':
        if (this.#hubs.has(address.queue)) this.#hubs.acceptSender(link, address.queue);
        else acceptSender(link, this.#broker.queue(address.queue), newToken);
    }
  }

  #admit(connection: object, token: string | undefined): boolean {
    const key = this.#key;
    if (key !== undefined && !isSignedWith(key, token, this.#broker.env.clock.now())) return false;
    this.#authorized.add(connection);
    return true;
  }

  #insistOnToken({ session }: Link): void {
    if (this.#key === undefined || this.#authorized.has(session.connection)) return;
    throw new AmqpError(
      'amqp:unauthorized-access',
      'Put a token that is signed with the key of this broker first',
    );
  }

  #serve(link: IncomingLink, node: string, answer: (request: Request) => Reply): void {
    link.accept(answerRequests(link.session, this.#repliesOf(node), answer));
  }

  #repliesOf(node: string): ReplyLinks {
    let replies = this.#replies.get(node);
    if (!replies) {
      replies = new ReplyLinks();
      this.#replies.set(node, replies);
    }
    return replies;
  }

  #addressOf(text: string | undefined) {
    if (text === undefined) {
      throw new AmqpError('amqp:not-implemented', 'Anonymous links and transactions are not supported');
    }
    const address = toAddress(text);
    if (address.kind === 'unsupported') {
      throw new AmqpError('amqp:not-implemented', `${address.what} not supported by this broker`);
    }
    return address;
  }
}
