import { z } from 'zod';
import { json, refusal } from './answers';

type Subscription = {
  readonly id: string;
  readonly resource: string;
  readonly clientState: string;
  readonly changeType: string;
  notificationUrl: string;
  expirationDateTime: string;
};

const Body = z.object({
  resource: z.string().optional(),
  changeType: z.string().optional(),
  clientState: z.string().optional(),
  notificationUrl: z.string().optional(),
  expirationDateTime: z.string().optional(),
});

/**
 * The subscriptions of a run. Graph's handshake goes over a network, so the run answers for this part of Graph itself:
 * subscriptions, which may expire and be lost.
 */
export class Subscriptions {
  #subscriptions: Subscription[] = [];
  #made = 0;

  /** Takes all of them away without a word. */
  lose(): void {
    this.#subscriptions = [];
  }

  /** The one that Graph tells changes of these to at this time (milliseconds); undefined: it tells them to none. */
  of(resource: 'users' | 'groups', now: number): Readonly<Subscription> | undefined {
    return this.#subscriptions.find(
      (one) => one.resource === resource && Date.parse(one.expirationDateTime) > now,
    );
  }

  /** @param path after /subscriptions */
  answer(method: string, path: string, text: string): Response {
    const body = Body.parse(text === '' ? {} : JSON.parse(text));
    if (method === 'GET') return json(200, { value: this.#subscriptions.map(shown) });
    if (method === 'POST') return this.#create(body);
    const found = this.#subscriptions.find(({ id }) => path.includes(id));
    if (found === undefined) return refusal(404, 'ResourceNotFound');
    if (method === 'DELETE') {
      this.#subscriptions = this.#subscriptions.filter((one) => one !== found);
      return json(204, undefined);
    }
    found.expirationDateTime = body.expirationDateTime ?? found.expirationDateTime;
    found.notificationUrl = body.notificationUrl ?? found.notificationUrl;
    return json(200, shown(found));
  }

  #create(body: z.infer<typeof Body>): Response {
    const existing = this.#subscriptions.find(({ resource }) => resource === body.resource);
    if (existing !== undefined) return refusal(409, `Subscription with id ${existing.id} exists`);
    const made: Subscription = {
      id: `dddddddd-0000-4000-8000-${String(++this.#made).padStart(12, '0')}`,
      resource: body.resource ?? 'users',
      clientState: body.clientState ?? '',
      changeType: body.changeType ?? '',
      notificationUrl: body.notificationUrl ?? '',
      expirationDateTime: body.expirationDateTime ?? '',
    };
    this.#subscriptions.push(made);
    return json(201, shown(made));
  }
}

/** Graph never shows the client state again. */
function shown({ clientState: _, ...subscription }: Subscription): object {
  return subscription;
}
