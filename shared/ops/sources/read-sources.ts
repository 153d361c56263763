import { isEventGrid } from '../../config/graph-events';
import { isoTime } from '../../kernel/clock';
import { ensureError } from '../../kernel/errors';
import type { DeltaRound, GroupRound } from '../../pipeline/intake/delta-round';
import { readRound, readRounds } from '../../pipeline/intake/delta-round';
import { readLastAuditRecord } from '../../pipeline/intake/audit/last-audit-record';
import { notificationCursor } from '../../pipeline/intake/last-notification';
import {
  readKept,
  refusedSubscription,
  subscriptionCursor,
  subscriptionCursors,
} from '../../pipeline/intake/kept-subscription';
import type { Services } from '../../pipeline/services';
import { timing } from '../../kernel/timing';

/** Where the app learns of users from. Times are ISO 8601; a part that cannot be read is null and stands in `missing`. */
export type SourcesView = {
  /**
   * `isUsed`: an address for notifications is set. `by`: who brings them. `lastAt`: null: Graph never called, or before this
   * was noted.
   */
  readonly notifications: {
    readonly isUsed: boolean;
    readonly by: 'graph' | 'eventGrid';
    readonly lastAt: string | null;
  } | null;
  readonly delta: {
    /** When a round last worked. */
    readonly workedAt: string | null;
    readonly failingSince: string | null;
    readonly error: string | null;
  } | null;
  /** Members of groups. `isUsed`: a policy names groups. */
  readonly groups: {
    readonly isUsed: boolean;
    readonly workedAt: string | null;
    readonly failingSince: string | null;
    readonly error: string | null;
  } | null;
  /** `expiresAt`: as it was asked for at the last renewal. */
  readonly subscription: { readonly renewedAt: string | null; readonly expiresAt: string | null } | null;
  /** The same of groups, which only policies that name groups ask for. `isRefused`: a permission is missing. */
  readonly groupSubscription: {
    readonly renewedAt: string | null;
    readonly expiresAt: string | null;
    readonly isRefused: boolean;
  } | null;
  /**
   * Entra's audit log by Event Hubs. `isUsed`: an event hub is set. `lastAt`: when records last came; `lagSeconds`: how long
   * before that the latest of them happened.
   */
  readonly auditLog: {
    readonly isUsed: boolean;
    readonly lastAt: string | null;
    readonly lagSeconds: number | null;
  } | null;
  readonly missing: readonly Missing[];
};

/** A part of an answer that is not known, and why. */
export type Missing = { readonly part: string; readonly why: string };

/**
 * What is known of the sources: six rows of the tables. `round`, `groupRound`: the rounds of following users and groups,
 * where they were read before. Never throws.
 */
export async function readSources(
  { cursors, settings }: Pick<Services, 'cursors' | 'settings'>,
  round: () => Promise<DeltaRound> = () => readRound(cursors),
  groupRound: () => Promise<GroupRound> = async () => (await readRounds(cursors)).groups,
): Promise<SourcesView> {
  const missing: Missing[] = [];
  const time = (at: number | null) => (at === null ? null : isoTime(at));
  const [notifications, delta, groups, subscription, groupSubscription, auditLog] = await Promise.all([
    orMissing(missing, 'notifications', async () => ({
      isUsed: settings.notificationUrl !== null,
      by: isEventGrid(settings.notificationUrl ?? '') ? ('eventGrid' as const) : ('graph' as const),
      lastAt: time((await cursors.read(notificationCursor)).updatedAt),
    })),
    orMissing(missing, 'delta', async () => {
      const { workedAt, failingSince, error } = await round();
      return { workedAt: time(workedAt), failingSince: time(failingSince), error };
    }),
    orMissing(missing, 'groups', async () => {
      const { isUsed, workedAt, failingSince, error } = await groupRound();
      return { isUsed, workedAt: time(workedAt), failingSince: time(failingSince), error };
    }),
    orMissing(missing, 'subscription', async () => {
      const { updatedAt } = await cursors.read(subscriptionCursor);
      const expiresAt = updatedAt === null ? null : updatedAt + timing.intake.subscription.ms;
      return { renewedAt: time(updatedAt), expiresAt: time(expiresAt) };
    }),
    orMissing(missing, 'groupSubscription', async () => {
      const { value, updatedAt } = await cursors.read(subscriptionCursors.groups);
      const at = readKept(value) === undefined ? null : updatedAt;
      const expiresAt = at === null ? null : at + timing.intake.subscription.ms;
      return { renewedAt: time(at), expiresAt: time(expiresAt), isRefused: value === refusedSubscription };
    }),
    orMissing(missing, 'auditLog', async () => {
      const { at, lagMs } = await readLastAuditRecord(cursors);
      const lagSeconds = lagMs === null ? null : Math.round(lagMs / 1_000);
      return { isUsed: (settings.auditHub ?? null) !== null, lastAt: time(at), lagSeconds };
    }),
  ]);
  return { notifications, delta, groups, subscription, groupSubscription, auditLog, missing };
}

/** The part, or null and a line in `missing`. */
export async function orMissing<Part>(
  missing: Missing[],
  part: string,
  read: () => Promise<Part>,
): Promise<Part | null> {
  try {
    return await read();
  } catch (thrown) {
    missing.push({ part, why: ensureError(thrown).message });
    return null;
  }
}
