import { LicensePool } from '../engine/licensing/license-pool';
import { loadTenant } from '../engine/load-tenant';
import { readTenantFile } from './read-tenant-file';

/** How many users and groups a tenant file has. */
export type TenantFileFacts = { readonly users: number; readonly groups: number };

/**
 * Reads a tenant file as a start does, to tell beforehand what is wrong with it.
 * @throws UserError that says what is wrong, where, and what to do
 */
export function checkTenantFile(path: string): TenantFileFacts {
  const { tenant } = loadTenant(readTenantFile(path), 0, new LicensePool());
  return { users: tenant.userCount, groups: tenant.groupOrder.length };
}
