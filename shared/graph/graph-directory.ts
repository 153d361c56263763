import type { TokenCredential } from '@azure/identity';
import { isoTime } from '../kernel/clock';
import type { Directory } from './directory';
import { LicenseDetails, Sku, Subscription } from './answer-schemas';
import { makeGraphClient, microsoftGraph } from './graph-client';
import { GraphError } from './graph-error';
import { parseItems, readAll } from './graph-pages';
import { GraphTransport } from './graph-transport';
import type { TransportOptions } from './graph-transport';
import { findGroups, readGroupMembers } from './group-members';
import { deltaFromNow, deltaFromStart, readDeltaPage } from './user-delta';
import { listUsers, readUserPage } from './user-listing';
import { fromWriteAnswer, readUserSnapshot } from './user-read';

export type GraphDirectoryOptions = TransportOptions & {
  readonly credential: TokenCredential;
  /** Where graph.microsoft.com is, when it is elsewhere: the embedded Graph, a national cloud. No path. */
  readonly graphOrigin?: string | undefined;
};

/** Directory over Microsoft Graph v1.0. One per process: its reads share one throttle gate. */
export function makeGraphDirectory(options: GraphDirectoryOptions): Directory {
  const origin = options.graphOrigin ?? microsoftGraph;
  const transport = new GraphTransport(makeGraphClient(options.credential, origin), options);
  const readUser: Directory['findUser'] = (idOrUpn, read, signal) =>
    readUserSnapshot(transport, idOrUpn, read, signal);
  return {
    readUser,
    findUser: readUser,

    listUsers: (read, signal) => listUsers(transport, read, signal),
    userPage: (read, link, signal) => readUserPage(transport, read, link, signal),
    findGroups: (reference, signal) => findGroups(transport, reference, signal),

    async listSkus(signal) {
      const skus = await readAll(transport, '/subscribedSkus', Sku, { signal });
      return skus.map(({ prepaidUnits, ...sku }) => ({ ...sku, enabledUnits: prepaidUnits?.enabled ?? 0 }));
    },

    readLicenseDetails: (id, signal) =>
      readAll(transport, `/users/${id}/licenseDetails`, LicenseDetails, { signal }),

    groupMembers: (group, signal) => readGroupMembers(transport, group, signal),

    deltaFromNow: (properties, signal) => deltaFromNow(transport, properties, signal),
    deltaFromStart,
    deltaPage: (link, signal) => readDeltaPage(transport, link, signal),

    /** https://learn.microsoft.com/graph/api/user-assignlicense: both arrays must be there, even when empty. */
    async assignLicense(id, write, signal) {
      if (write.add.length === 0 && write.remove.length === 0) {
        throw new GraphError('badRequest', 'There is no license to add or to remove', { status: 0 });
      }
      const body = { addLicenses: write.add, removeLicenses: write.remove };
      const path = `/users/${id}/assignLicense`;
      return fromWriteAnswer(await transport.write({ method: 'POST', path, body }, signal));
    },

    async setUsageLocation(id, usageLocation, signal) {
      await transport.write({ method: 'PATCH', path: `/users/${id}`, body: { usageLocation } }, signal);
    },

    listSubscriptions: (signal) => readAll(transport, '/subscriptions', Subscription, { signal }),

    /**
     * `updated` is sent for new users too (https://learn.microsoft.com/graph/api/resources/subscription). The
     * lifecycle address cannot be added later, so it is given at once.
     */
    async createSubscription({ notificationUrl, clientState, expiresAt }, signal) {
      const body = {
        changeType: 'updated,deleted',
        resource: 'users',
        notificationUrl,
        lifecycleNotificationUrl: notificationUrl,
        clientState,
        expirationDateTime: isoTime(expiresAt),
      };
      const request = { method: 'POST' as const, path: '/subscriptions', body };
      const [created] = parseItems(request, [await transport.write(request, signal)], Subscription);
      return created as NonNullable<typeof created>;
    },

    async renewSubscription(id, expiresAt, signal) {
      const path = `/subscriptions/${encodeURIComponent(id)}`;
      await transport.write(
        { method: 'PATCH', path, body: { expirationDateTime: isoTime(expiresAt) } },
        signal,
      );
    },
  };
}
