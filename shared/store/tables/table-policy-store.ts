import { ConcurrencyError } from '../../kernel/errors';
import type { PolicyHash } from '../../kernel/ids';
import { fromJsonProperties, toJsonProperties } from './json-property';
import type { PolicyStore } from '../ports/policy-store';
import { odataText, toRowKey } from './row-key';
import type { TableAccess } from './table-access';
import { PolicyHead, StoredPointer, StoredPolicy } from '../../words/policy-version';
import type { PolicyPointer } from '../../words/policy-version';

/** Table `policies`: partition `policy` with one row per hash, and the row `pointer` in a partition of its own. */
const policyPartition = 'policy';
const pointerKey = 'pointer';

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
    return { etag: row.etag, ...fromJsonProperties(row, StoredPointer, 'the policy pointer') };
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
    return row === undefined ? undefined : fromJsonProperties(row, StoredPolicy, `policy ${hash}`);
  }

  async *list(): AsyncIterable<Omit<StoredPolicy, 'text' | 'knownPlans'>> {
    for await (const row of this.#table.query(`PartitionKey eq ${odataText(policyPartition)}`)) {
      yield fromJsonProperties(row, PolicyHead, `policies ${row.rowKey}`);
    }
  }
}
