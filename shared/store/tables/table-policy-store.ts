import { ConcurrencyError, UserError } from '../../kernel/errors';
import type { PolicyHash } from '../../kernel/ids';
import { RowCodec } from './rows/row-codec';
import type { PolicyStore } from '../ports/policy-store';
import type { UnreadableRowSink } from '../ports/stored-rows';
import { odataText, toRowKey } from './rows/row-key';
import type { TableAccess } from './table-access';
import { PolicyHead, StoredPointer, StoredPolicy, joinBindings, saysMore } from '../../words/policy-version';
import type { PolicyBindings, PolicyPointer } from '../../words/policy-version';

/** Table `policies`: partition `policy` with one row per hash, and the row `pointer` in a partition of its own. */
export const policyPartition = 'policy';
export const pointerKey = 'pointer';

const noBindings: PolicyBindings = { skus: [], plans: [] };

export class TablePolicyStore implements PolicyStore {
  readonly #table: TableAccess;
  readonly #pointer: RowCodec<Omit<PolicyPointer, 'etag'>>;
  readonly #policies: RowCodec<StoredPolicy>;
  readonly #heads: RowCodec<PolicyHead>;

  constructor(table: TableAccess, unreadable: UnreadableRowSink) {
    this.#table = table;
    this.#pointer = new RowCodec(table.name, StoredPointer, unreadable);
    this.#policies = new RowCodec(table.name, StoredPolicy, unreadable);
    this.#heads = new RowCodec(table.name, PolicyHead, unreadable);
  }

  async pointer(): Promise<PolicyPointer> {
    const row = await this.#table.get(pointerKey, pointerKey);
    if (row === undefined) {
      return { etag: null, active: null, candidate: null, isCandidateApproved: false, left: [] };
    }
    const stored = this.#pointer.readIfUsable(row);
    if (stored === undefined) {
      throw new UserError('policy/pointer-lost', 'The row that says which policy is active cannot be read', {
        hint: 'No user is decided until it is set again: `licenser repair --active HASH`; `licenser policy list` has the hashes.',
      });
    }
    return { etag: row.etag, ...stored };
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
      ...this.#pointer.toProperties(pointer, 'the policy pointer'),
    };
    return { etag: await this.#table.write(row, from.etag), ...pointer };
  }

  async add(policy: StoredPolicy): Promise<void> {
    const row = {
      partitionKey: policyPartition,
      rowKey: toRowKey(policy.hash),
      ...this.#policies.toProperties(policy, `policy ${policy.hash}`),
    };
    try {
      await this.#table.write(row, null);
    } catch (error) {
      if (!(error instanceof ConcurrencyError)) throw error;
      const found = await this.#table.get(row.partitionKey, row.rowKey);
      // The hash is that of the content, so the row is what it was once.
      if (found !== undefined && this.#policies.readIfUsable(found) === undefined) {
        await this.#table.write(row, found.etag);
      }
    }
  }

  async bind(hash: PolicyHash, bindings: PolicyBindings): Promise<PolicyBindings> {
    for (;;) {
      const found = await this.#table.get(policyPartition, toRowKey(hash));
      const stored = found === undefined ? undefined : this.#policies.readIfUsable(found);
      if (found === undefined || stored === undefined) return bindings;
      const known = stored.bindings ?? noBindings;
      const joined = joinBindings(known, bindings);
      if (!saysMore(joined, known) && stored.bindings !== undefined) return known;
      const properties = this.#policies.toProperties({ ...stored, bindings: joined }, `policy ${hash}`);
      try {
        await this.#table.write(
          { partitionKey: policyPartition, rowKey: toRowKey(hash), ...properties },
          found.etag,
        );
        return joined;
      } catch (error) {
        if (!(error instanceof ConcurrencyError)) throw error;
      }
    }
  }

  async read(hash: PolicyHash): Promise<StoredPolicy | undefined> {
    const row = await this.#table.get(policyPartition, toRowKey(hash));
    return row === undefined ? undefined : this.#policies.readIfUsable(row);
  }

  async *list(): AsyncIterable<PolicyHead> {
    for await (const row of this.#table.query(`PartitionKey eq ${odataText(policyPartition)}`)) {
      const head = this.#heads.readIfUsable(row);
      if (head !== undefined) yield head;
    }
  }
}
