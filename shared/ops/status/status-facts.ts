import type { Blocked } from '../../store/ports/ops/levels';
import type { QueueView } from '../queues/queue-status';

/** What is known of the app at one time. A part that could not be read is its problem, as text. Times: milliseconds. */
export type StatusFacts = {
  readonly now: number;
  readonly policy: { readonly mode: 'enforce' | 'observe' } | { readonly problem: string };
  readonly pauses:
    | readonly {
        readonly scope: string;
        readonly origin: 'operator' | 'permission' | 'configuration';
        readonly reason: string;
        readonly by: string;
        readonly at: number;
      }[]
    | { readonly problem: string };
  /** Names in the policies in force that stand for nothing sure; absent: not known. */
  readonly names?: readonly { readonly code: string; readonly text: string }[];
  /** `isRefused`: who looks lacks the right to. A person's lack says nothing about the app, which may have it. */
  readonly queues: readonly QueueView[] | { readonly problem: string; readonly isRefused?: true };
  /** Users without a seat, by SKU. */
  readonly waiting: readonly { readonly sku: string; readonly users: number }[];
  readonly failures: readonly { readonly class: string; readonly count: number; readonly oldestAt: number }[];
  readonly rollouts: readonly {
    readonly id: string;
    readonly state: 'awaiting' | 'collecting';
    readonly at: number;
    readonly members: number;
  }[];
  readonly delta: {
    readonly workedAt: number | null;
    readonly failingSince: number | null;
    readonly error?: string | null;
  };
  /** Rounds of following groups; absent: not known. `isUsed`: a policy names groups. */
  readonly groups?: {
    readonly isUsed: boolean;
    readonly workedAt: number | null;
    readonly failingSince: number | null;
    readonly error?: string | null;
  };
  /** When the subscription to users ends unless it is renewed; absent: notifications are not used, or it is not known. */
  readonly subscriptionEndsAt?: number;
  /** Graph closed the quota until then; null: it is open. */
  readonly quotaClosedUntil: number | null;
  /** p95 of the time to a license in the last `minutes`, and what is aimed at; milliseconds. */
  readonly timeToLicensed: {
    readonly p95: number | null;
    readonly minutes: number;
    readonly objective: number;
  };
  readonly usersWithoutOutcome: number;
  /** Users who should have an outcome by now, and since when; absent: none, or not known. */
  readonly overdue?: { readonly users: number; readonly since: number };
  /** Users whom only a person can help, by the reason, each of which is told once. `since`: of the first of them. */
  readonly blocked?: readonly Blocked[];
  /** Failures that people took off the list; absent: none. `since`: of the first of them; null: not known. */
  readonly dismissed?: { readonly count: number; readonly since: number | null };
  /** Who may approve a rollout (LICENSER_APPROVAL); absent: `guards`. */
  readonly approval?: 'guards' | 'always' | 'one-person';
  /** When waiting users and failures were counted; null: never yet. Absent: just now. */
  readonly countedAt?: number | null;
};
