import { AzureNamedKeyCredential } from '@azure/data-tables';
import type { Azurite } from '../azurite';
import { callPool } from './call-pool';

/** An account of a table service that other test files use too; its tables are this caller's alone. */
export type LentTables = Pick<Azurite, 'endpoint' | 'credential'>;

/**
 * An empty account of Microsoft's emulator over the real wire, from a process that all test files share. A test that
 * stops the service, or measures time by it, starts its own with `startAzurite`.
 */
export async function leaseTables(): Promise<LentTables> {
  type Lent = { readonly endpoint: string; readonly accountName: string; readonly accountKey: string };
  const { endpoint, accountName, accountKey } = await callPool<Lent>('/lend-tables', {});
  return { endpoint, credential: new AzureNamedKeyCredential(accountName, accountKey) };
}
