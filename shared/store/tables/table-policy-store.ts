import { z } from 'zod';
import { ConcurrencyError } from '../../kernel/errors';
import { toServicePlanId, toSkuId } from '../../kernel/ids';
import type { PolicyHash } from '../../kernel/ids';
import { fromJsonProperties, toJsonProperties } from './json-property';
import type { PolicyPointer, PolicyStore, StoredPolicy } from '../ports/policy-store';
import { odataText, toRowKey } from './row-key';
import type { TableAccess } from './table-access';

/** Table `policies`: partition `policy` with one row per hash, and the row `pointer` in a partition of its own. */
const policyPartition = 'policy';
const pointerKey = 'pointer';

const Hash = z.string().transform((hash) => hash as PolicyHash);

const Head = z.object({ hash: Hash, storedAt: z.number(), by: z.string() });
const Stored: z.ZodType<StoredPolicy> = Head.extend({
  text: z.string(),
  knownPlans: z.array(
    z.object({
      skuId: z.guid().transform(toSkuId),
      servicePlanIds: z.array(z.guid().transform(toServicePlanId)),
    }),
  ),
});
const Pointer: z.ZodType<Omit<PolicyPointer, 'etag'>> = z.object({
  active: Hash.nullable(),
  candidate: Hash.nullable(),
  candidateOf: z.string().exactOptional(),
  isCandidateApproved: z.boolean(),
  left: z.array(Hash),
});

export class TablePolicyStore implements PolicyStore {
  readonly #table: TableAccess;

  constructor(table: TableAccess) {
    this.#table = table;
  }

  async pointer(): Promise<PolicyPointer> {
    const row = await this.#table.get(pointerKey, pointerKey);
    if (row === undefined) {
      return { etag: null, active: null, candidate: null, isCandidateApproved: false, left: [] };
    }
    return { etag: row.etag, ...fromJsonProperties(row, Pointer, 'the policy pointer') };
  }

  async movePointer(from: PolicyPointer, to: Omit<PolicyPointer, 'etag'>): Promise<PolicyPointer> {
    const { active, candidate, candidateOf, isCandidateApproved, left } = to;
    const pointer = {
      active,
      candidate,
      ...(candidateOf === undefined ? {} : { candidateOf }),
      isCandidateApproved,
      left,
    };
    const row = {
      partitionKey: pointerKey,
      rowKey: pointerKey,
      ...toJsonProperties(pointer, 'the policy pointer'),
    };
    return { etag: await this.#table.write(row, from.etag), ...pointer };
  }

  async add(policy: StoredPolicy): Promise<void> {
    const row = {
      partitionKey: policyPartition,
      rowKey: toRowKey(policy.hash),
      ...toJsonProperties(policy, `policy ${policy.hash}`),
    };
    try {
      await this.#table.write(row, null);
    } catch (error) {
      if (!(error instanceof ConcurrencyError)) throw error;
    }
  }

  async read(hash: PolicyHash): Promise<StoredPolicy | undefined> {
    const row = await this.#table.get(policyPartition, toRowKey(hash));
    return row === undefined ? undefined : fromJsonProperties(row, Stored, `policy ${hash}`);
  }

  async *list(): AsyncIterable<Omit<StoredPolicy, 'text' | 'knownPlans'>> {
    for await (const row of this.#table.query(`PartitionKey eq ${odataText(policyPartition)}`)) {
      yield fromJsonProperties(row, Head, `policies ${row.rowKey}`);
    }
  }
}
