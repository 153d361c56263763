import { RestError } from '@azure/data-tables';
import type { TableClient } from '@azure/data-tables';
import type { MemoryTables } from '../../rehearsal/world/tables/memory-tables';
import type { TableReads } from '../../shared/store/tables/table-reads';
import type { FaultKind } from '../script/script';
import { asOlderWrites, usersTable } from './older-rows';
import type { SimulatedProcess } from './process';
import type { Weather } from './weather';

/** The tables of a run as one process reaches them. */
export type TableWeather = {
  readonly tables: MemoryTables;
  readonly process: SimulatedProcess;
  readonly weather: Weather;
  /** Nothing answers at all. */
  readonly areTablesAway: () => boolean;
  readonly onWritten: (table: string) => void;
};

const faults: { readonly before: readonly FaultKind[]; readonly after: readonly FaultKind[] } = {
  before: ['tableError'],
  after: ['tableErrorAfterCommit'],
};
const reading: typeof faults = { before: faults.before, after: [] };

const unanswered = () => new RestError('ECONNRESET', { code: 'ECONNRESET' });
const unavailable = () => new RestError('ServerBusy', { statusCode: 503, code: 'ServerBusy' });
const errorOf = (kind: FaultKind) => (kind === 'tableErrorAfterCommit' ? unanswered() : unavailable());

/** The writes of a table between the product and `client`: slow, at times without an answer, or beaten by another. */
export function faultyClient(client: TableClient, world: TableWeather): TableClient {
  const { process, weather, tables, areTablesAway, onWritten } = world;
  const reach = <Result>(effect: () => Promise<Result>): Promise<Result> =>
    process.call(faults, errorOf, async () => {
      if (areTablesAway()) throw unavailable();
      const result = await effect();
      onWritten(client.tableName);
      return result;
    });
  /** Another process writes the row just before: it says the same, and has another ETag. */
  const beaten = (row: { partitionKey: string; rowKey: string }): void => {
    if (weather.take('tableConflict') === undefined) return;
    const found = tables
      .rows(client.tableName)
      .find(({ partitionKey, rowKey }) => partitionKey === row.partitionKey && rowKey === row.rowKey);
    if (found !== undefined) tables.put(client.tableName, found);
  };
  const isOlder = () => process.isOlder && client.tableName === usersTable;
  const written = <Entity extends object>(entity: Entity) => (isOlder() ? asOlderWrites(entity) : entity);
  const faulty = {
    tableName: client.tableName,
    createTable: async () => undefined,
    createEntity: (...[entity, ...args]: Parameters<TableClient['createEntity']>) =>
      reach(() => client.createEntity(written(entity), ...args)),
    updateEntity: (...[entity, ...args]: Parameters<TableClient['updateEntity']>) =>
      reach(() => {
        beaten(entity);
        return client.updateEntity(written(entity), ...args);
      }),
    deleteEntity: (...args: Parameters<TableClient['deleteEntity']>) =>
      reach(() => client.deleteEntity(...args)),
    submitTransaction: (...args: Parameters<TableClient['submitTransaction']>) =>
      reach(() => {
        const [first] = args[0] as readonly (readonly [string, { partitionKey: string; rowKey: string }])[];
        if (first?.[0] === 'update') beaten(first[1]);
        if (!isOlder()) return client.submitTransaction(...args);
        const actions = (args[0] as readonly (readonly [string, object, ...unknown[]])[]).map(
          ([kind, entity, ...rest]) => [kind, asOlderWrites(entity), ...rest],
        );
        return client.submitTransaction(
          actions as unknown as Parameters<TableClient['submitTransaction']>[0],
        );
      }),
  };
  return faulty as unknown as TableClient;
}

/** The reads of a table between the product and `reads`, in the same way. */
export function faultyReads(reads: TableReads, table: string, world: TableWeather): TableReads {
  const { process, areTablesAway } = world;
  const isOlder = () => process.isOlder && table === usersTable;
  const reach = <Result>(effect: () => Promise<Result>): Promise<Result> =>
    process.call(reading, errorOf, () => {
      if (areTablesAway()) throw unavailable();
      return effect();
    });
  return {
    row: async (...args) => {
      const row = await reach(() => reads.row(...args));
      return isOlder() ? asOlderWrites(row) : row;
    },
    page: async (...args) => {
      const page = await reach(() => reads.page(...args));
      return isOlder() ? { ...page, rows: page.rows.map(asOlderWrites) } : page;
    },
  };
}
