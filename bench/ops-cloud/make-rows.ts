import type { Clock } from '../../shared/kernel/clock';
import { silentLogger } from '../../shared/kernel/logger';
import { toUserId } from '../../shared/kernel/ids';
import type { UserId } from '../../shared/kernel/ids';
import { seededRandom } from '../../shared/kernel/random';
import { timesOf } from '../../shared/observe/counts';
import { levelsId } from '../../shared/ops/levels/read-levels';
import { kindsOf, toAttention } from '../../shared/pipeline/observed/note-attention';
import type { Levels } from '../../shared/store/ports/ops/levels';
import { makeStoresOver } from '../../shared/store/tables/table-stores';
import type { TableStores } from '../../shared/store/tables/table-stores';
import type { Exception } from '../../shared/words/exception';
import type { Outcome } from '../../shared/words/outcome';
import type { UserState } from '../../shared/words/user-state';
import type { TableRowLine } from '../../local/tables/table-rows';
import { makeRowCollector } from './collect-rows';
import { writeHistory } from './history-rows';
import { ems, policyHash, scarceSku, text } from './seeded';
import type { HistorySize, SeededUser } from './seeded';

/**
 * The rows of a tenant with these users, as the real stores write them: of each user one row, of each hundredth ledger and
 * timeline too; one in a hundred waits for a seat of `scarceSku`, one is blocked, two get nothing. Levels are counted, so
 * that the timer `observe` need not read the users.
 */
export async function makeRows(
  users: readonly SeededUser[],
  size: HistorySize,
  clock: Clock,
  write: (line: TableRowLine) => void,
): Promise<void> {
  const random = seededRandom(7);
  const stores = makeStoresOver(makeRowCollector({ clock, random }, write), {
    clock,
    random,
    logger: silentLogger,
  });
  const now = clock.now();
  const counts: Record<string, number> = {};
  const longest: Levels['longest'] = [];
  for (const [number, user] of users.entries()) {
    const userId = toUserId(user.id);
    const state = stateOf(number, user, now);
    counts[state.outcome ?? ''] = (counts[state.outcome ?? ''] ?? 0) + 1;
    await writeUser(stores, userId, state, {
      isWhole: number % 100 === 50,
      exception: number < size.exceptions ? frozenAt(now) : null,
    });
    for (const kind of kindsOf(state)) {
      await stores.attention.put(kind, toAttention(kind, userId, state));
      if (longest.length < 20)
        longest.push({
          userId,
          userPrincipalName: user.userPrincipalName,
          kind,
          since: state.decidedAt ?? now,
          reason: state.reasons[0]?.text ?? null,
        });
    }
  }
  await writeHistory(stores, users, size, now);
  await stores.levels.create(levelsId, levelsOf(counts, size, longest, now));
}

/** An exception of a person whom nothing may be written to. */
function frozenAt(at: number): Exception {
  const frozen = { until: null, why: 'executive', by: 'seed@contoso.com', at };
  return { ...frozen, skus: [], frozen };
}

function outcomeOf(number: number): Outcome {
  const part = number % 100;
  return part === 0 ? 'waiting' : part === 1 ? 'blocked' : part < 4 ? 'nothing' : 'licensed';
}

function stateOf(number: number, { userPrincipalName }: SeededUser, now: number): UserState {
  const outcome = outcomeOf(number);
  const decidedAt = now - 3_600_000 - (number % 86_400) * 1_000;
  const noSeat = text('seats/exhausted', 'SPE_E5 has no free seat');
  return {
    version: 1,
    tries: outcome === 'licensed' ? 1 : 0,
    outcome,
    reasons: outcome === 'blocked' ? [text('plans/conflict', 'INTUNE_A cannot be held beside it')] : [],
    skus: outcome === 'waiting' ? [{ skuId: scarceSku, outcome, reason: noSeat }] : [],
    digest: null,
    policyHash: null,
    userPrincipalName,
    displayName: null,
    firstSeenAt: decidedAt - 1_000,
    decidedAt,
    writtenAt: outcome === 'licensed' ? decidedAt + 1_000 : null,
    verifiedAt: null,
    missingSince: null,
    intent: null,
    lastWrite: null,
    retry: null,
    looks: 0,
  };
}

async function writeUser(
  stores: TableStores,
  userId: UserId,
  state: UserState,
  { isWhole, exception }: { readonly isWhole: boolean; readonly exception: Exception | null },
): Promise<void> {
  const record = { userId, etag: null, state: null, ledger: [], exception: null };
  const at = state.decidedAt ?? 0;
  await stores.users.commit(record, {
    state,
    ...(exception !== null && { exception }),
    ...(isWhole && {
      ledger: [
        {
          skuId: ems,
          disabledByUs: [],
          rules: ['staff'],
          policyHash,
          adopted: false,
          notEntitledSince: null,
        },
      ],
      timeline: [
        { version: 1, at, step: 'decided', text: 'EMS is granted by the rule staff', facts: {} },
        { version: 1, at: at + 1_000, step: 'written', text: 'EMS was assigned', facts: {} },
      ],
    }),
  });
  if (state.outcome !== 'waiting') return;
  const { userPrincipalName } = state;
  await stores.waiting.put({
    skuId: scarceSku,
    userId,
    userPrincipalName,
    priority: 1,
    since: at,
    fallback: null,
  });
}

function levelsOf(
  users: Readonly<Record<string, number>>,
  { failures }: HistorySize,
  longest: Levels['longest'],
  now: number,
): Levels {
  const none = timesOf({}, 'written');
  return {
    at: now,
    users,
    usersUntil: now,
    correctedAt: now,
    correctedBy: null,
    waiting: { [scarceSku]: users['waiting'] ?? 0 },
    failures: Object.entries(failures).map(([name, count]) => ({
      class: name,
      count,
      oldestAt: now - 3_600_000,
    })),
    dismissed: { count: 0, oldestAt: null },
    times: { decided: none, written: none, verified: none },
    rates: { from: now - 60_000, until: now, counts: {} },
    longest,
    forecastAt: now,
    forecast: [],
    census: { id: null, state: 'never', startedAt: null, endedAt: null, unsettled: 0 },
  };
}
