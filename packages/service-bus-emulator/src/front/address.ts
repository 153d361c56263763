/** What a link's address names. `queue` is a queue's name, /$DeadLetterQueue included. */
export type Address =
  | { readonly kind: 'cbs' }
  /** The `$management` of the namespace: what event hubs are asked. */
  | { readonly kind: 'hubs' }
  | { readonly kind: 'entity'; readonly queue: string }
  | { readonly kind: 'management'; readonly queue: string }
  | { readonly kind: 'unsupported'; readonly what: string };

const managementSuffix = /\/\$management$/i;

/**
 * Reads every client's spelling: `q`, `/q` (.NET), `amqps://host/q` (Python), each with
 * `/$DeadLetterQueue` and `/$management` behind it.
 */
export function toAddress(text: string): Address {
  const path = text.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/^\/+|\/+$/g, '');
  if (path.toLowerCase() === '$cbs') return { kind: 'cbs' };
  if (path.toLowerCase() === '$management') return { kind: 'hubs' };
  const isManagement = managementSuffix.test(path);
  const queue = path.replace(managementSuffix, '');
  if (/\/subscriptions\//i.test(queue)) return { kind: 'unsupported', what: 'Topics and subscriptions are' };
  if (/\$transfer(\/|$)/i.test(queue))
    return { kind: 'unsupported', what: 'Transfer dead-letter queues are' };
  return { kind: isManagement ? 'management' : 'entity', queue };
}
