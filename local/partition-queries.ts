import { createRequire } from 'node:module';
import { AppError } from '../shared/kernel/errors';

/** What is used of Azurite's row store (azurite/dist/src/table/persistence/LokiTableMetadataStore.js, lokijs). */
type Chain = { find(query: Readonly<Record<string, unknown>>): Chain };
type Collection = { chain(): Chain };
type Store = {
  getEntityCollection(...args: unknown[]): Collection;
  queryTableEntities(...args: unknown[]): Promise<unknown>;
};

const storeModule = 'azurite/dist/src/table/persistence/LokiTableMetadataStore.js';

/**
 * Azure Tables finds a partition by its key. Azurite asks every row of the table whether it matches the filter, so
 * that a table of a few thousand users takes all of a processor. From this call on, Azurite in this process looks
 * only at the rows of the partition that a filter names.
 * @throws AppError when Azurite has changed its inner form
 */
export function queryByPartition(): void {
  const { prototype } = (createRequire(__filename)(storeModule) as { default: { prototype: Partial<Store> } })
    .default;
  // Called with the store that they are taken from.
  const { queryTableEntities: query, getEntityCollection: collectionOf } = prototype as {
    queryTableEntities?: (this: Store, ...args: unknown[]) => Promise<unknown>;
    getEntityCollection?: (this: Store, ...args: unknown[]) => Collection;
  };
  if (typeof query !== 'function' || typeof collectionOf !== 'function') {
    throw new AppError('local/azurite-changed', `${storeModule} has no queryTableEntities any more`);
  }
  prototype.queryTableEntities = function (this: Store, ...args) {
    const { filter } = (args[3] ?? {}) as { readonly filter?: string };
    const partition = partitionOf(filter);
    if (partition === undefined) return query.apply(this, args);
    const narrowed = Object.create(this, {
      getEntityCollection: {
        value: (...names: unknown[]): Collection => {
          const collection = collectionOf.apply(this, names);
          return { chain: () => collection.chain().find({ PartitionKey: partition }) };
        },
      },
    }) as Store;
    return query.apply(narrowed, args);
  };
}

/** The partition key that every row of the filter must have; undefined: none, or not to be told at a glance. */
export function partitionOf(filter: string | undefined): string | undefined {
  const begin = /^\(*PartitionKey eq '((?:[^']|'')*)'/.exec(filter ?? '');
  if (begin?.[1] === undefined) return undefined;
  const outsideTexts = (filter ?? '').replaceAll(/'(?:[^']|'')*'/g, '');
  return /\b(or|not)\b/i.test(outsideTexts) ? undefined : begin[1].replaceAll("''", "'");
}
