import { RestError, TableClient } from '@azure/data-tables';
import type { Clock } from '../../../emulator-kit/src/clock';
import type { Checkpoint, CheckpointStore, PartitionOwnership } from '@azure/event-hubs';

type Stored = {
  readonly hub: string;
  readonly group: string;
  readonly partition: string;
  readonly owner?: string;
  /** Milliseconds, as text. */
  readonly claimedAt?: string;
  readonly sequenceNumber?: string;
  readonly offset?: string;
};

/** The two rows of a partition: who reads it, and how far it is read. */
type RowKind = 'owner' | 'place';

type Names = Pick<PartitionOwnership, 'eventHubName' | 'consumerGroup'>;

function statusOf(thrown: unknown): number | undefined {
  return thrown instanceof RestError ? thrown.statusCode : undefined;
}

/**
 * Table `hosthubs`: where the hosts of an app share the partitions of event hubs, as the Functions host does in blobs
 * (https://learn.microsoft.com/azure/event-hubs/event-processor-balance-partition-load). The namespace is not part of the keys:
 * a local one has another port at each start.
 */
export class CheckpointTable implements CheckpointStore {
  readonly #client: TableClient;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(connectionString: string, clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
    this.#client = TableClient.fromConnectionString(connectionString, 'hosthubs', {
      allowInsecureConnection: true,
      retryOptions: { maxRetries: 1, retryDelayInMs: 100, maxRetryDelayInMs: 500 },
    });
  }

  /** Makes the table where it is not there yet. */
  async prepare(): Promise<void> {
    await this.#client.createTable();
  }

  async listOwnership(
    fullyQualifiedNamespace: string,
    eventHubName: string,
    consumerGroup: string,
  ): Promise<PartitionOwnership[]> {
    const rows = await this.#list('owner', { eventHubName, consumerGroup });
    return rows.map(({ partition, owner = '', claimedAt, etag }) => ({
      fullyQualifiedNamespace,
      eventHubName,
      consumerGroup,
      partitionId: partition,
      ownerId: owner,
      etag,
      lastModifiedTimeInMs: Number(claimedAt ?? 0),
    }));
  }

  /** Those that no other host has claimed meanwhile. */
  async claimOwnership(wanted: PartitionOwnership[]): Promise<PartitionOwnership[]> {
    const claimed = await Promise.all(wanted.map((one) => this.#claim(one)));
    return claimed.filter((one) => one !== undefined);
  }

  async updateCheckpoint(checkpoint: Checkpoint): Promise<void> {
    const { partitionId, sequenceNumber, offset } = checkpoint;
    await this.#client.upsertEntity<Stored>(
      {
        ...this.#keys('place', checkpoint, partitionId),
        sequenceNumber: String(sequenceNumber),
        offset,
      },
      'Replace',
    );
  }

  async listCheckpoints(
    fullyQualifiedNamespace: string,
    eventHubName: string,
    consumerGroup: string,
  ): Promise<Checkpoint[]> {
    const rows = await this.#list('place', { eventHubName, consumerGroup });
    return rows.map(({ partition, sequenceNumber, offset = '' }) => ({
      fullyQualifiedNamespace,
      eventHubName,
      consumerGroup,
      partitionId: partition,
      sequenceNumber: Number(sequenceNumber),
      offset,
    }));
  }

  async #claim(wanted: PartitionOwnership): Promise<PartitionOwnership | undefined> {
    const now = this.#clock.now();
    const entity = {
      ...this.#keys('owner', wanted, wanted.partitionId),
      owner: wanted.ownerId,
      claimedAt: String(now),
    };
    try {
      const { etag } =
        wanted.etag === undefined
          ? await this.#client.createEntity<Stored>(entity)
          : await this.#client.updateEntity<Stored>(entity, 'Replace', { etag: wanted.etag });
      return { ...wanted, lastModifiedTimeInMs: now, ...(etag === undefined ? {} : { etag }) };
    } catch (thrown) {
      if ([404, 409, 412].includes(statusOf(thrown) ?? 0)) return undefined;
      throw thrown;
    }
  }

  async #list(kind: RowKind, { eventHubName, consumerGroup }: Names) {
    const rows = [];
    for await (const row of this.#client.listEntities<Stored>({
      queryOptions: { filter: `PartitionKey eq '${kind}'` },
    })) {
      if (row.hub === eventHubName && row.group === consumerGroup) rows.push(row);
    }
    return rows;
  }

  #keys(kind: RowKind, { eventHubName, consumerGroup }: Names, partition: string) {
    return {
      partitionKey: kind,
      // No name of a hub or group has such a character.
      rowKey: [eventHubName, consumerGroup, partition].map(encodeURIComponent).join('|'),
      hub: eventHubName,
      group: consumerGroup,
      partition,
    };
  }
}
