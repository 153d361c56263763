import { isoTime } from '../../../emulator-kit/src/clock';
import type { Broker } from '../engine/broker';
import { BrokerError } from '../engine/broker-error';
import type { Queue } from '../engine/queue';
import { defaultQueueSettings } from '../engine/settings';
import type { QueueSettings } from '../engine/settings';
import { readAuthorizationRules } from './authorization-rules';
import { refuseChanges, toQueueDescription, toSettings } from './queue-description';
import { element, escapeXml, readFields } from './xml';

export type ApiRequest = {
  readonly method: string;
  /** Decoded, without the leading slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly ifMatch: string | undefined;
  readonly body: string;
};
export type ApiResponse = { readonly status: number; readonly body: string };

const atom = 'xmlns="http://www.w3.org/2005/Atom"';
const defaultPageSize = 100;
const namePattern = /^[A-Za-z0-9](?:[\w./~-]{0,258}[\w-])?$/;

/**
 * The management API for entities: Atom and XML over HTTP
 * (https://learn.microsoft.com/rest/api/servicebus/entities), as ServiceBusAdministrationClient speaks it.
 */
export class EntityApi {
  readonly #broker: Broker;
  readonly #namespace: string;
  readonly #startedAt: number;

  constructor(broker: Broker, namespace: string) {
    this.#broker = broker;
    this.#namespace = namespace;
    this.#startedAt = broker.env.clock.now();
  }

  /** @throws BrokerError */
  answer(request: ApiRequest): ApiResponse {
    const { method, path } = request;
    const lower = path.toLowerCase();
    if (method === 'GET' && lower === '$namespaceinfo') return ok(this.#namespaceInfo());
    if (method === 'GET' && lower === '$resources/queues') return ok(this.#list(request.query));
    if (method === 'GET' && lower === '$resources/topics') return ok(feed('Topics', [], undefined));
    if (path.startsWith('$') || /\/(subscriptions|rules)(\/|$)/i.test(path)) {
      throw new BrokerError('not-allowed', `This broker has queues only: there is nothing at /${path}`);
    }
    switch (method) {
      case 'GET': {
        const queue = this.#broker.find(path);
        return ok(queue ? this.#entry(queue) : this.#publicServices());
      }
      case 'PUT':
        return this.#put(request);
      case 'DELETE':
        this.#broker.delete(path);
        return { status: 200, body: '' };
      default:
        throw new BrokerError('invalid-request', `${method} is not supported`);
    }
  }

  #put({ path, body, ifMatch }: ApiRequest): ApiResponse {
    const fields = readFields(body, 'QueueDescription');
    const authorizationRules = readAuthorizationRules(body);
    const toNewSettings = (base: QueueSettings) => {
      const settings = toSettings(fields ?? new Map(), base);
      this.#refuseMissingTargets(settings);
      return authorizationRules ? { ...settings, authorizationRules } : settings;
    };
    if (!fields) {
      throw new BrokerError(
        'not-allowed',
        'The body must hold a QueueDescription: this broker has queues only',
      );
    }
    if (ifMatch !== undefined) {
      const queue = this.#broker.find(path);
      if (!queue?.deadLetters) throw this.#broker.notFound(path);
      const settings = toNewSettings(queue.settings);
      refuseChanges(queue.settings, settings);
      return ok(this.#entry(this.#broker.update(path, settings)));
    }
    if (!namePattern.test(path))
      throw new BrokerError('invalid-request', `"${path}" cannot be a queue's name`);
    const queue = this.#broker.create(path, toNewSettings(defaultQueueSettings));
    return { status: 201, body: this.#entry(queue) };
  }

  /** https://learn.microsoft.com/azure/service-bus-messaging/service-bus-auto-forwarding; the words are the service's. */
  #refuseMissingTargets({ forwardTo, forwardDeadLetteredMessagesTo }: QueueSettings): void {
    for (const target of [forwardTo, forwardDeadLetteredMessagesTo]) {
      if (target === undefined || this.#broker.find(target)) continue;
      throw new BrokerError(
        'invalid-request',
        `SubCode=40400. The auto forwarding destination entity does not exist: "${target}".`,
      );
    }
  }

  #list(query: URLSearchParams): string {
    const skip = Number(query.get('$skip') ?? 0);
    const top = Number(query.get('$top') ?? defaultPageSize);
    if (!Number.isInteger(skip) || !Number.isInteger(top) || skip < 0 || top < 1) {
      throw new BrokerError('invalid-request', '$skip and $top must be whole numbers');
    }
    const all = this.#broker.queues.sort((a, b) => (a.name < b.name ? -1 : 1));
    const page = all.slice(skip, skip + top);
    const next = skip + top < all.length ? `$skip=${skip + top}&$top=${top}` : undefined;
    return feed(
      'Queues',
      page.map((queue) => this.#entry(queue)),
      next && this.#url(`$Resources/Queues?${next}`),
    );
  }

  #entry(queue: Queue): string {
    const { state } = queue;
    return [
      `<entry ${atom}>`,
      element('id', this.#url(queue.name)),
      `<title type="text">${escapeXml(queue.name)}</title>`,
      element('published', isoTime(state.createdAt)),
      element('updated', isoTime(state.updatedAt)),
      `<author>${element('name', this.#namespace)}</author>`,
      `<content type="application/xml">${toQueueDescription(queue, this.#host)}</content>`,
      '</entry>',
    ].join('');
  }

  #namespaceInfo(): string {
    return [
      `<entry ${atom}>`,
      element('id', this.#url('$namespaceinfo')),
      `<title type="text">${escapeXml(this.#namespace)}</title>`,
      '<content type="application/xml">',
      '<NamespaceInfo xmlns="http://schemas.microsoft.com/netservices/2010/10/servicebus/connect">',
      element('CreatedTime', isoTime(this.#startedAt)),
      element('MessagingSKU', 'Standard'),
      element('MessagingUnits', 0),
      element('ModifiedTime', isoTime(this.#startedAt)),
      element('Name', this.#namespace),
      element('NamespaceType', 'Messaging'),
      '</NamespaceInfo></content></entry>',
    ].join('');
  }

  /**
   * What the service answers to `GET /`, and with status 200 for an entity that does not exist: clients take the feed
   * without entries for it (`getResource` in @azure/service-bus, src/serviceBusAtomManagementClient.ts).
   */
  #publicServices(): string {
    return feed('Publicly Listed Services', [], undefined);
  }

  get #host(): string {
    return `${this.#namespace}.servicebus.windows.net`;
  }

  #url(path: string): string {
    return `https://${this.#host}/${path}`;
  }
}

/** Clients read the next page's address only when there is more than one link. */
function feed(title: string, entries: readonly string[], next: string | undefined): string {
  const link = (rel: string, href: string) => `<link rel="${rel}" href="${escapeXml(href)}"/>`;
  const links = next === undefined ? '' : link('self', next) + link('next', next);
  return `<feed ${atom}><title type="text">${title}</title>${links}${entries.join('')}</feed>`;
}

const ok = (body: string): ApiResponse => ({ status: 200, body });
