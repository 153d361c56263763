import { malformedRequest } from '../engine/graph-fault';
import { isTopicAddress, topicOf } from './event-grid/topic-address';
import type { Subscription } from './subscription';

type Json = Readonly<Record<string, unknown>>;

const minuteMs = 60_000;
/** Directory objects: under 29 days. https://learn.microsoft.com/graph/change-notifications-overview */
const longestMs = 41_760 * minuteMs;
/** Shorter wishes are raised to this. */
const shortestMs = 45 * minuteMs;

const known: readonly string[] = [
  'changeType',
  'clientState',
  'expirationDateTime',
  'latestSupportedTlsVersion',
  'lifecycleNotificationUrl',
  'notificationUrl',
  'resource',
  'includeResourceData',
];

export type SubscriptionInput = Pick<
  Subscription,
  | 'resource'
  | 'target'
  | 'changeTypes'
  | 'notificationUrl'
  | 'lifecycleNotificationUrl'
  | 'clientState'
  | 'expiresAt'
>;

/**
 * The body of POST /subscriptions, checked.
 * @throws GraphFault 400
 */
export function readSubscription(body: Json, now: number): SubscriptionInput {
  const unknown = Object.keys(body).find((name) => !known.includes(name) && !name.startsWith('@'));
  if (unknown !== undefined) {
    throw malformedRequest(
      `The property '${unknown}' does not exist on type 'microsoft.graph.subscription'.`,
    );
  }
  for (const name of ['changeType', 'notificationUrl', 'resource', 'expirationDateTime']) {
    if (typeof body[name] !== 'string')
      throw malformedRequest(`'${name}' is a required property and must be text.`);
  }
  if (body.includeResourceData === true) {
    throw malformedRequest('Resource data is not available in notifications for this resource.');
  }
  const clientState = body.clientState ?? null;
  if (clientState !== null && (typeof clientState !== 'string' || clientState.length > 128)) {
    throw malformedRequest('clientState must be text of at most 128 characters.');
  }
  const lifecycle = body.lifecycleNotificationUrl ?? null;
  return {
    resource: String(body.resource),
    target: readResource(String(body.resource)),
    changeTypes: readChangeTypes(String(body.changeType)),
    notificationUrl: checkUrl(String(body.notificationUrl), 'notificationUrl'),
    lifecycleNotificationUrl: lifecycle === null ? null : checkUrl(lifecycle, 'lifecycleNotificationUrl'),
    clientState,
    expiresAt: readExpiration(body.expirationDateTime, now),
  };
}

/**
 * The end of a subscription, milliseconds since 1970; at least 45 minutes from now.
 * @throws GraphFault 400 for a time that has passed or is too far away
 */
export function readExpiration(value: unknown, now: number): number {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) throw malformedRequest('expirationDateTime is not a date and time.');
  if (at <= now) throw malformedRequest('Subscription expiration can only be in the future.');
  if (at - now > longestMs) {
    throw malformedRequest('Subscription expiration can only be 41760 minutes in the future.');
  }
  return Math.max(at, now + shortestMs);
}

function readChangeTypes(text: string): string[] {
  const types = text.split(',').map((type) => type.trim().toLowerCase());
  if (types.some((type) => !['created', 'updated', 'deleted'].includes(type))) {
    throw malformedRequest(`Invalid changeType '${text.slice(0, 60)}'.`);
  }
  return [...new Set(types)];
}

function readResource(text: string): Subscription['target'] {
  const [set, key, rest, ...more] = text.replace(/^\//, '').split('/');
  const id = key?.toLowerCase();
  if (more.length === 0) {
    if (set?.toLowerCase() === 'users' && rest === undefined) return { kind: 'user', id };
    if (set?.toLowerCase() === 'groups' && rest === undefined) return { kind: 'group', id };
    if (set?.toLowerCase() === 'groups' && rest === 'members') return { kind: 'members', id };
  }
  throw malformedRequest(`The resource '${text.slice(0, 100)}' cannot be subscribed to here.`);
}

/**
 * The emulator sends to this machine only, so http will do; or to a partner topic, which sends where the control API says.
 * @throws GraphFault 400
 */
export function checkUrl(value: unknown, name: string): string {
  if (typeof value === 'string' && isTopicAddress(value)) {
    topicOf(value);
    return value;
  }
  let url: URL | undefined;
  try {
    url = new URL(String(value));
  } catch {
    url = undefined;
  }
  const isLoopback = url !== undefined && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (!url || !isLoopback || !['http:', 'https:'].includes(url.protocol)) {
    throw malformedRequest(
      `${name} must be an http or https address of this machine: the embedded Graph sends nowhere else (no Event Hubs).`,
    );
  }
  return url.href;
}
