import { UserError } from '../../kernel/errors';
import { isGuid } from '../../kernel/ids';
import type { Services } from '../../pipeline/services';
import { lookHint } from '../../queue/look-hint';
import { nameRow, parseRowName, subjectOfRow } from '../../store/ports/stored-rows';
import type { RowPlace, UnreadableRow } from '../../store/ports/stored-rows';
import { recordAction } from '../audit/operator';
import type { Operator } from '../audit/operator';
import { leaveCandidate, movePointer } from '../../pipeline/rollouts/pointer-moves';
import { rotateClientState } from '../../pipeline/intake/client-state';
import { findUnreadable, isClientState } from './list-unreadable';

export type RepairedRows = {
  readonly repaired: readonly string[];
  /** What needs something else, and what. */
  readonly left: readonly { readonly row: string; readonly why: string }[];
};

/**
 * Puts rows that cannot be read aside (table `setAside`), so that the product makes what it needs anew; whose look
 * brings that about is looked at. A row that can be read is never touched.
 * @throws UserError `ops/row-name`, `ops/row-readable`, `ops/row-unknown`
 */
export async function repairRows(
  services: Pick<
    Services,
    | 'audit'
    | 'clock'
    | 'control'
    | 'cursors'
    | 'failures'
    | 'pauses'
    | 'policies'
    | 'policy'
    | 'queues'
    | 'rows'
  >,
  selection: { readonly rows: readonly string[] } | { readonly all: true },
  operator: Operator,
): Promise<RepairedRows> {
  const wanted =
    'all' in selection ? await findUnreadable(services) : await readNamed(services, selection.rows);
  const repaired: string[] = [];
  const left: { row: string; why: string }[] = [];
  for (const row of wanted) {
    const why = await repairOne(services, row, operator);
    if (why === null) repaired.push(nameRow(row));
    else left.push({ row: nameRow(row), why });
  }
  if (repaired.length > 0) {
    const facts = { count: repaired.length, rows: repaired.slice(0, 100) };
    await recordAction(services, operator, 'row/repair', repaired[0] ?? '', facts);
  }
  return { repaired, left };
}

async function readNamed(
  { rows }: Pick<Services, 'rows'>,
  names: readonly string[],
): Promise<readonly UnreadableRow[]> {
  const found: UnreadableRow[] = [];
  for (const name of new Set(names)) {
    const place = parseRowName(name);
    if (place === undefined) {
      throw new UserError('ops/row-name', `"${name}" names no row`, {
        hint: 'A row is named TABLE/PARTITION/ROW: `licenser repair` lists those that cannot be read.',
      });
    }
    const problem = await rows.problemOf(place);
    if (problem === undefined) throw new UserError('ops/row-unknown', `There is no row ${name}`);
    if (problem === null) {
      throw new UserError('ops/row-readable', `The row ${name} can be read, so there is nothing to repair`);
    }
    found.push({ ...place, problem });
  }
  return found;
}

/** null: repaired; else why not. */
async function repairOne(
  services: Pick<
    Services,
    'clock' | 'control' | 'cursors' | 'failures' | 'pauses' | 'policies' | 'policy' | 'queues' | 'rows'
  >,
  row: UnreadableRow,
  operator: Operator,
): Promise<string | null> {
  const { clock, control, failures, rows, pauses } = services;
  const at = clock.now();
  if (row.table === 'policies') {
    const why = await whyPolicyStays(services, row);
    if (why !== null) return why;
  }
  if (row.table === 'control') {
    const scope = control.scopeOf(row);
    const known = (await control.pauses()).find((pause) => pause.scope === scope);
    await rows.setAside(row, at, known !== undefined);
    if (known !== undefined) {
      const reason = `set anew when its row could not be read${operator.why === null ? '' : `: ${operator.why}`}`;
      await control.pause({ ...known, reason, by: operator.by, at });
      pauses.forget();
    }
  } else if (isClientState(row)) {
    // Deleted, the setting would be the client state again, which may be why it was rotated.
    await rows.setAside(row, at, true);
    await rotateClientState(services.cursors);
  } else {
    if (row.table === 'rollouts') await leaveCandidateOf(services, row.rowKey);
    await rows.setAside(row, at, false);
  }
  const userId = userOfRow(row);
  await failures.close(row.table === 'users' && userId !== undefined ? userId : subjectOfRow(row), at);
  if (userId !== undefined) await services.queues.sendHints([lookHint(userId, 'operator', at)]);
  return null;
}

/** A pointer, and a policy that is in force, cannot be made anew from anything: a person brings what is missing. */
async function whyPolicyStays(
  { policies }: Pick<Services, 'policies'>,
  { partitionKey, rowKey }: RowPlace,
): Promise<string | null> {
  if (partitionKey === 'pointer') return 'Say which policy is active: licenser repair --active HASH.';
  const pointer = await policies.pointer().catch((error: unknown) => {
    if (error instanceof UserError) return undefined;
    throw error;
  });
  const used = pointer && [pointer.active, pointer.candidate, ...pointer.left];
  return used === undefined || used.some((hash) => hash === rowKey)
    ? 'Users go by this policy: store its text again, licenser repair --policy FILE.'
    : null;
}

/** A rollout that is gone can neither complete nor cancel its candidate, which would stay for joiners. */
async function leaveCandidateOf(
  services: Pick<Services, 'policies' | 'policy'>,
  rolloutId: string,
): Promise<void> {
  await movePointer(services, (pointer) =>
    pointer.candidateOf === rolloutId && pointer.candidate !== null
      ? leaveCandidate(pointer, { id: rolloutId, policyHash: pointer.candidate })
      : null,
  );
}

/** Whose look makes anew what the row held; undefined: no user’s. */
function userOfRow({ table, partitionKey, rowKey }: RowPlace): string | undefined {
  const id = ['waiting', 'rolloutMembers'].includes(table) ? rowKey : partitionKey;
  const isAboutUser = ['users', 'waiting', 'rolloutMembers', 'failures', 'handling'].includes(table);
  return isAboutUser && isGuid(id) ? id : undefined;
}
