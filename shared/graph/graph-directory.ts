import type { TokenCredential } from '@azure/identity';
import { isoTime } from '../kernel/clock';
import type { Directory } from './directory';
import { LicenseDetails, Subscription } from './answer-schemas';
import { makeGraphClient, microsoftGraph } from './graph-client';
import type { SendRequest } from './send-request';
import { GraphError } from './refusals/graph-error';
import { parseItems, readAll } from './graph-pages';
import { GraphTransport } from './graph-transport';
import type { TransportOptions } from './graph-transport';
import { findGroups, groupNamesFrom, readGroupMembers } from './group-members';
import {
  followGroupDeltaLink,
  groupDeltaFromNow,
  readGroupContents,
  readNestedGroups,
} from './delta/group-delta';
import { searchUsers } from './search-users';
import { readSkuRows } from './sku-rows';
import { readDefaultDomain } from './tenant/default-domain';
import { deltaFromNow, deltaFromStart, followDeltaLink } from './delta/user-delta';
import { listUsers, readUserPage, spellingOf } from './user-listing';
import { fromWriteAnswer, readUserGroups, readUserSnapshot } from './user-read';

export type GraphDirectoryOptions = TransportOptions & {
  readonly credential: TokenCredential;
  /** Where graph.microsoft.com is, when it is elsewhere: the embedded Graph, a national cloud. No path. */
  readonly graphOrigin?: string | undefined;
  /** Refuses every request that could change something, before it leaves. Default false. */
  readonly isReadOnly?: boolean | undefined;
  /** Takes the place of the network: a Graph in this process. */
  readonly send?: SendRequest | undefined;
};

/** Directory over Microsoft Graph v1.0. One per process: its reads share one throttle gate. */
export function makeGraphDirectory(options: GraphDirectoryOptions): Directory {
  const origin = options.graphOrigin ?? microsoftGraph;
  const transport = new GraphTransport(makeGraphClient(options.credential, origin, options), options);
  const readUser: Directory['findUser'] = (idOrUpn, read, signal) =>
    readUserSnapshot(transport, idOrUpn, read, signal);
  return {
    readUser,
    findUser: readUser,
    readGroups: (id, read, signal) => readUserGroups(transport, id, read, signal),

    listUsers: (read, signal, onOdd) => listUsers(transport, read, signal, onOdd),
    userPage: (read, link, signal) => readUserPage(transport, read, link, signal),
    spellingOf: (property, signal) => spellingOf(transport, property, signal),
    findGroups: (reference, signal) => findGroups(transport, reference, signal),
    groupNamesFrom: (beginning, signal) => groupNamesFrom(transport, beginning, signal),
    searchUsers: (beginning, limit, signal) => searchUsers(transport, beginning, limit, signal),
    defaultDomain: (signal) => readDefaultDomain(transport, signal),

    listSkuRows: (signal) => readSkuRows(transport, signal),
    async listSkus(signal) {
      const { skus, skipped } = await readSkuRows(transport, signal);
      if (skipped.length > 0) options.logger.warn('SKUs left out: Graph gave no usable row', { skipped });
      return skus;
    },

    readLicenseDetails: (id, signal) =>
      readAll(transport, `/users/${id}/licenseDetails`, LicenseDetails, { signal }),

    groupMembers: (group, signal) => readGroupMembers(transport, group, signal),

    deltaFromNow: (properties, signal) => deltaFromNow(transport, properties, signal),
    deltaFromStart,
    deltaPage: (link, signal) => followDeltaLink(transport, link, signal),
    groupDeltaFromNow: (signal) => groupDeltaFromNow(transport, signal),
    groupDeltaPage: (link, signal) => followGroupDeltaLink(transport, link, signal),
    groupContents: (group, link, signal) => readGroupContents(transport, group, link, signal),
    nestedGroups: (group, signal) => readNestedGroups(transport, group, signal),

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
     * `updated` is sent for new users and groups too, and for a change of members (https://learn.microsoft.com/graph/api/resources/subscription). The
     * lifecycle address cannot be added later, so it is given at once.
     */
    async createSubscription({ resource, notificationUrl, clientState, expiresAt }, signal) {
      const body = {
        changeType: 'updated,deleted',
        resource,
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
      const body = { expirationDateTime: isoTime(expiresAt) };
      await transport.write({ method: 'PATCH', path, body }, signal);
    },

    async deleteSubscription(id, signal) {
      try {
        const path = `/subscriptions/${encodeURIComponent(id)}`;
        await transport.write({ method: 'DELETE', path }, signal);
      } catch (error) {
        if (!(error instanceof GraphError) || error.class !== 'gone') throw error;
      }
    },
  };
}
