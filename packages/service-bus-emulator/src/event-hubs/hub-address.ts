/** What of a hub a path names. */
export type HubAddress = {
  readonly hub: string;
  readonly group: string | undefined;
  readonly partition: string | undefined;
};

const form = /^([^/]+)(?:\/consumergroups\/([^/]+))?(?:\/partitions\/([^/]+))?$/i;

/**
 * `hub`, `hub/Partitions/0` for senders, `hub/ConsumerGroups/group/Partitions/0` for receivers; undefined: none of these.
 * Source: @azure/event-hubs, src/eventhubConnectionConfig.ts.
 */
export function toHubAddress(path: string): HubAddress | undefined {
  const [whole, hub = '', group, partition] = form.exec(path) ?? [];
  return whole === undefined ? undefined : { hub, group, partition };
}
