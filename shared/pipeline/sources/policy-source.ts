import type { Clock } from '../../kernel/clock';
import { ConcurrencyError, UserError } from '../../kernel/errors';
import type { PolicyHash } from '../../kernel/ids';
import type { Directory } from '../../graph/directory';
import type { Logger } from '../../kernel/logger';
import { remember } from '../../kernel/remembered';
import { timing } from '../../kernel/timing';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import type { Policy } from '../../policy/policy';
import type { PolicyStore } from '../../store/ports/policy-store';
import { readPolicyFileText } from './policy-file';
import type { PolicyFileReader } from './policy-file';
import { makePolicyLibrary, tiedToTenant } from './policy-library';
import type { PolicyInForce } from './policy-library';
import { joinNeeds } from '../../words/needs';
import type { Needs } from '../../words/needs';
import type { PolicyPointer } from '../../words/policy-version';
import type { UserRecord } from '../../store/ports/user-store';

/** Which policy is whose. Everything throws UserError while there is no usable policy: work is parked, not lost. */
export interface PolicySource {
  /** The active policy; which one that is was read at most `maxAgeMs` (milliseconds, default 5 s) ago. */
  current(asked?: { readonly maxAgeMs?: number }): Promise<Policy>;
  active(): Promise<PolicyInForce>;
  byHash(hash: PolicyHash): Promise<PolicyInForce>;
  /**
   * The policy of a running rollout that moves users, for its members; an approved candidate for users without
   * ledger entries and for those who were moved to it; a policy that an activation left behind for those who were
   * moved to that one; the active policy for everybody else.
   */
  forUser(record: Pick<UserRecord, 'state' | 'ledger'>, rolloutPolicy?: PolicyHash): Promise<PolicyInForce>;
  /** Every policy that is some user's: the active one, a candidate, those that activations left behind. */
  all(): Promise<readonly Policy[]>;
  /** What any policy in force must know of a user. */
  needs(): Promise<Needs>;
  /** At most 5 s old. */
  pointer(): Promise<PolicyPointer>;
  /** Reads the pointer afresh next time: it has just been moved here. */
  refresh(): void;
}

export type PolicySourceParts = {
  readonly store: PolicyStore;
  /** The seed: stored and made active while no policy is stored at all. */
  readonly file: PolicyFileReader;
  readonly readCatalogue: () => Promise<Catalogue>;
  /** Names of groups are bound to ids. */
  readonly directory: Pick<Directory, 'findGroups'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** False: never writes; while nothing is active the file is used as it is. */
  readonly mayStore: boolean;
};

/** A PolicySource over the stored policies, begun with the policy file. */
export function makePolicySource(parts: PolicySourceParts): PolicySource {
  const { store, clock, mayStore } = parts;
  const library = makePolicyLibrary(parts);
  let fileChecked = false;
  let unstored: PolicyInForce | undefined;

  const readPointer = async (): Promise<PolicyPointer> => {
    const found = await store.pointer();
    const pointer = found.active === null && mayStore ? await seed(parts, found) : found;
    if (!fileChecked && pointer.active !== null) {
      fileChecked = true;
      await warnOfOtherFile(parts, pointer);
    }
    return pointer;
  };
  // A failure is not kept: a repaired file needs no restart.
  const remembered = remember(readPointer, { clock, maxAgeMs: timing.sources.policyPointer.ms });
  const pointer = () => remembered.current();
  const inForce = async (hash: PolicyHash | null): Promise<PolicyInForce> => {
    if (hash !== null) return library.read(hash);
    return (unstored ??= { policy: (await readPolicyFileText(parts.file)).policy, knownPlans: new Map() });
  };

  const all = async (): Promise<readonly Policy[]> => {
    const { active, candidate, left } = await pointer();
    const hashes = [active, ...(candidate === null ? [] : [candidate]), ...left];
    const policies = await Promise.all(
      hashes.map((hash) => (hash === active ? inForce(hash) : orNone(inForce(hash)))),
    );
    return policies.flatMap((one) => (one === undefined ? [] : [one.policy]));
  };

  return {
    pointer,
    refresh: () => remembered.forget(),
    active: async () => inForce((await pointer()).active),
    current: async (asked) => (await inForce((await remembered.current(asked)).active)).policy,
    byHash: (hash) => library.read(hash),
    forUser: async (record, rolloutPolicy) => inForce(rolloutPolicy ?? choosePolicy(await pointer(), record)),
    all,
    needs: async () => joinNeeds((await all()).map(({ needs }) => needs)),
  };
}

/**
 * A policy of a few users that cannot be used stops those users alone: each of their looks says so. What it would need
 * to know of all others is not needed.
 */
async function orNone(reading: Promise<PolicyInForce>): Promise<PolicyInForce | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Rule by rule as PolicySource.forUser says; null: nothing is active yet. */
export function choosePolicy(
  { active, candidate, isCandidateApproved, left }: PolicyPointer,
  { state, ledger }: Pick<UserRecord, 'state' | 'ledger'>,
): PolicyHash | null {
  if (ledger.length === 0) return candidate !== null && isCandidateApproved ? candidate : active;
  const movedTo = state?.policyHash ?? null;
  if (movedTo !== null && (movedTo === candidate || left.includes(movedTo))) return movedTo;
  return active;
}

/**
 * Of several processes that begin at once, the first one's policy is everybody's.
 * @throws UserError `policy/pointer-lost` when policies are stored, so that one of them was active: which, only the lost
 * row knew. The file's own alone may be there: then an earlier first start ended before it was made active.
 */
async function seed(
  { store, file, readCatalogue, directory, clock, logger }: PolicySourceParts,
  from: PolicyPointer,
) {
  const { policy, text } = await readPolicyFileText(file);
  for await (const { hash } of store.list()) {
    if (hash === policy.hash) continue;
    throw new UserError(
      'policy/pointer-lost',
      'Policies are stored, and the row that says which is active is gone',
      {
        hint: 'No user is decided until it is set again: `licenser repair --active HASH`; `licenser policy list` has the hashes.',
      },
    );
  }
  await store.add({
    hash: policy.hash,
    text,
    storedAt: clock.now(),
    by: `first start, from ${file.path}`,
    ...(await tiedToTenant(policy, await readCatalogue(), directory)),
  });
  try {
    const active = { active: policy.hash, candidate: null, isCandidateApproved: false, left: [] };
    const pointer = await store.movePointer(from, active);
    logger.info('Policy stored and made active', { policyHash: policy.hash, file: file.path });
    return pointer;
  } catch (error) {
    if (!(error instanceof ConcurrencyError)) throw error;
    return store.pointer();
  }
}

/** After the first start the file is only the seed: an edited one changes no user until it is activated. */
async function warnOfOtherFile({ file, logger }: PolicySourceParts, pointer: PolicyPointer): Promise<void> {
  const read = await readPolicyFileText(file).catch(() => undefined);
  const hash = read?.policy.hash;
  if (hash === pointer.active || (hash !== undefined && hash === pointer.candidate)) return;
  logger.warn(
    hash === undefined
      ? 'The policy file cannot be used; the stored policy stays in force'
      : 'The policy file is not the active policy; it changes nothing until `licenser policy activate` runs',
    { file: file.path, fileHash: hash ?? null, activeHash: pointer.active },
  );
}
