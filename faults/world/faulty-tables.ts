import { RestError } from '@azure/data-tables';
import type { TableClient } from '@azure/data-tables';
import type { MemoryTables } from '../../rehearsal/world/tables/memory-tables';
import type { FaultKind } from '../script/script';
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
const reading = { before: faults.before, after: [] };

const unanswered = () => new RestError('ECONNRESET', { code: 'ECONNRESET' });
const unavailable = () => new RestError('ServerBusy', { statusCode: 503, code: 'ServerBusy' });
const errorOf = (kind: FaultKind) => (kind === 'tableErrorAfterCommit' ? unanswered() : unavailable());

/** A client of the table service between the product and `client`: slow, at times without an answer, or beaten by another. */
export function faultyClient(client: TableClient, world: TableWeather): TableClient {
  const { process, weather, tables, areTablesAway, onWritten } = world;
  const reach = <Result>(asked: typeof faults, effect: () => Promise<Result>): Promise<Result> =>
    process.call(asked, errorOf, async () => {
      if (areTablesAway()) throw unavailable();
      const result = await effect();
      if (asked === faults) onWritten(client.tableName);
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
  const faulty = {
    tableName: client.tableName,
    createTable: async () => undefined,
    getEntity: (...args: Parameters<TableClient['getEntity']>) =>
      reach(reading, () => client.getEntity(...args)),
    listEntities: (...args: Parameters<TableClient['listEntities']>) => ({
      byPage: async function* (settings: Parameters<ReturnType<TableClient['listEntities']>['byPage']>[0]) {
        const pages = client.listEntities(...args).byPage(settings);
        for (;;) {
          const page = await reach(reading, () => pages.next());
          if (page.done) return;
          yield page.value;
        }
      },
    }),
    createEntity: (...args: Parameters<TableClient['createEntity']>) =>
      reach(faults, () => client.createEntity(...args)),
    updateEntity: (...args: Parameters<TableClient['updateEntity']>) =>
      reach(faults, () => {
        beaten(args[0]);
        return client.updateEntity(...args);
      }),
    deleteEntity: (...args: Parameters<TableClient['deleteEntity']>) =>
      reach(faults, () => client.deleteEntity(...args)),
    submitTransaction: (...args: Parameters<TableClient['submitTransaction']>) =>
      reach(faults, () => {
        const [first] = args[0] as readonly (readonly [string, { partitionKey: string; rowKey: string }])[];
        if (first?.[0] === 'update') beaten(first[1]);
        return client.submitTransaction(...args);
      }),
  };
  return faulty as unknown as TableClient;
}
