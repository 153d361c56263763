import { TransientError, UserError } from '../../../kernel/errors';
import type { Secret } from '../../../kernel/secret';
import { plainText, sendAgain } from '../receive-notification';
import type { HttpAnswer } from '../receive-notification';
import { takeNotifications } from '../take-notifications';
import type { FollowGroups, TakeServices, Untaken } from '../take-notifications';
import type { Task } from '../../task';
import { parseJson } from './parse-json';
import { readEventBody, readEventRequest } from './read-cloud-events';
import type { EventRequest, ReadEvents } from './read-cloud-events';

/**
 * Graph's changes as Event Grid posts them: 202 once the looks are queued, also for events about something else; 400 for what
 * is no CloudEvent, and when no event carries a client state of this app (Event Grid does not repeat a call after 400); 503
 * without LICENSER_CLIENT_STATE, and for one that is not known yet. What takes part of a call logs what it drops.
 * https://learn.microsoft.com/azure/event-grid/delivery-and-retry
 * @throws TransientError the host answers 500, and Event Grid posts again
 */
export async function receiveEvents(
  services: TakeServices,
  task: Task,
  request: EventRequest,
  followGroups: FollowGroups,
): Promise<HttpAnswer> {
  const { clientState } = services.settings;
  if (clientState === null) {
    task.logger.error('Events refused: LICENSER_CLIENT_STATE is not set');
    return plainText(503, 'LICENSER_CLIENT_STATE is not set: events cannot be told from forged ones.');
  }
  const events = readEventRequest(request);
  if (events === undefined || isNoCloudEvent(events)) {
    task.logger.warn('Events cannot be read', {
      contentType: (request.header('content-type') ?? '').slice(0, 100),
    });
    return plainText(400, 'Not CloudEvents 1.0.');
  }
  const { notifications } = events;
  const { foreign, unknown } = await take(services, task, clientState, events, followGroups);
  if (unknown > 0) return sendAgain;
  return foreign > 0 && foreign === notifications.length
    ? plainText(400, 'No event carries a client state of this app.')
    : plainText(202, '');
}

/**
 * The same from a message that Event Grid put into the queue. What cannot be read and what is foreign is logged, and the
 * message is done: it would be no better the next time.
 * @throws TransientError, UserError the message is delivered again
 */
export async function receiveEventMessage(
  services: TakeServices,
  task: Task,
  body: unknown,
  followGroups: FollowGroups,
): Promise<void> {
  const { clientState } = services.settings;
  if (clientState === null) {
    throw new UserError(
      'config/invalid',
      'LICENSER_CLIENT_STATE is not set: events cannot be told from forged ones',
    );
  }
  // The host parses what looks like JSON; other text comes as it is.
  const events = readEventBody(typeof body === 'string' ? parseJson(body) : body);
  if (events === undefined || isNoCloudEvent(events)) {
    task.logger.warn('Events cannot be read', { from: 'queue' });
    return;
  }
  const { unknown } = await take(services, task, clientState, events, followGroups);
  if (unknown > 0) throw new TransientError('intake/unknown-state', 'The client state is not known yet');
}

const isNoCloudEvent = ({ notifications, odd }: ReadEvents) =>
  notifications.length === 0 && (odd.get('noCloudEvent') ?? 0) > 0;

async function take(
  services: TakeServices,
  task: Task,
  clientState: Secret,
  { notifications, odd }: ReadEvents,
  followGroups: FollowGroups,
): Promise<Untaken> {
  if (odd.size > 0)
    task.logger.warn('Events that are no change of a user or group discarded', Object.fromEntries(odd));
  return takeNotifications(services, task, clientState, notifications, followGroups);
}
