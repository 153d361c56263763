import { PermanentError } from '../../kernel/errors';
import type { TableAccess } from './table-access';

/**
 * Tables of a tenant that the product is not deployed for: nothing was ever stored, and nothing can be. The stores over them
 * say of every user what they say of one who was never seen.
 */
export function absentTables(name: string): TableAccess {
  const refuse = async (): Promise<never> => {
    throw new PermanentError('store/absent', `Nothing can be stored in ${name}: there are no tables here`);
  };
  return {
    name,
    get: async () => undefined,
    // Nothing to yield.
    async *query() {},
    write: refuse,
    submit: refuse,
    remove: refuse,
  };
}
