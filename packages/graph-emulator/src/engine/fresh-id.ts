import type { Random } from '../../../emulator-kit/src/random';
import { makeGuid } from '../tenant/guid';
import type { Tenant } from './tenant';

/** An id that no object of the directory has: seeded sources may come round to one that is taken. */
export function freshId(tenant: Pick<Tenant, 'hasId'>, random: Random): string {
  for (;;) {
    const id = makeGuid(random);
    if (!tenant.hasId(id)) return id;
  }
}
