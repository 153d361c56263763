import type { SendGroupCall } from '../pipeline/intake/groups/call-for-groups';
import { receiveNotification } from '../pipeline/intake/receive-notification';
import type { Services } from '../pipeline/services';
import { makeGraphCallTrigger } from './graph-call-trigger';

/** HTTP edge of the notifications: Graph sends again for up to four hours. `sendGroupCall`: has groups followed. */
export function makeNotificationTrigger(build: () => Promise<Services>, sendGroupCall: SendGroupCall) {
  return makeGraphCallTrigger(build, sendGroupCall, {
    span: 'graph-notification',
    what: 'Notification',
    receive: (services, task, request, body, followGroups) => {
      const validationToken = request.query.get('validationToken');
      return receiveNotification(services, task, { validationToken, body }, followGroups);
    },
  });
}
