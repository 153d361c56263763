import { batch, computed, signal } from '@preact/signals';
import type { ApprovalView, LongOperationView } from '../../shared/ops-api/schemas';
import type { ApiProblem } from '../api/problem';
import type { Input, RouteName } from '../api/routes';
import type { Role } from '../session/me';
import { afterNews } from './own-progress';
import type { OwnProgress } from './own-progress';
import type { ResultWords } from './result-words';

/**
 * Something that a person is about to do. It is plain data: a session that ends while a reason is typed loses nothing,
 * because what stands here is kept in the tab and shown again after the sign-in.
 */
export type Ask = {
  readonly route: RouteName;
  /** Without `why`, which the person types. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly title: string;
  /** What will happen, in a sentence or two. */
  readonly text: string;
  readonly button: string;
  /** How many users or messages it is about; null: not counted. */
  readonly count: number | null;
  /** It cannot be taken back, or loosens a guard: the count is typed. */
  readonly isGrave: boolean;
  /** Counts by outcome that deciding these again would give now are shown first. */
  readonly previews: boolean;
  /** A second person approves it, and is not the one who asks. */
  readonly takesTwo: boolean;
  /** One key for all attempts: it is done once. */
  readonly key: string;
};

type Options = {
  readonly title: string;
  readonly text: string;
  readonly button: string;
  readonly count?: number | null;
  readonly isGrave?: boolean;
  readonly previews?: boolean;
  readonly takesTwo?: boolean;
};

/** What is asked now; null: nothing. */
export const asked = signal<Ask | null>(null);
/** The reason as far as it is typed. */
export const reason = signal('');

export type Progress =
  | { readonly step: 'asking' }
  | { readonly step: 'sending' }
  | { readonly step: 'refused'; readonly problem: ApiProblem }
  | { readonly step: 'operation'; readonly operation: LongOperationView }
  | { readonly step: 'approval'; readonly approval: ApprovalView }
  | { readonly step: 'done'; readonly words: ResultWords };

const none: OwnProgress<Progress> = { key: null, at: { step: 'asking' } };
const own = signal(none);
/** How far the action in the dialog is. */
export const progress = computed(() => own.value.at);

/** Opens the dialog for this, or closes it (null); how far an action was before is nothing to it. */
export function setAsked(what: Ask | null, why = ''): void {
  batch(() => {
    reason.value = why;
    own.value = { ...none, key: what?.key ?? null };
    asked.value = what;
  });
}

/**
 * Says how far the action with this key is, in its own dialog only: another may be open when an answer comes late.
 * @returns whether its dialog is open
 */
export function showProgress({ key }: Pick<Ask, 'key'>, at: Progress): boolean {
  own.value = afterNews(own.value, key, at);
  return own.value.key === key;
}

/** Shortest reason, characters. */
export const shortestReason = 5;

/** Opens the dialog for an action on many users, or one that is hard to take back. */
export function ask<Name extends RouteName>(
  route: Name,
  input: Omit<Input<Name>, 'why'>,
  options: Options,
): void {
  setAsked({
    route,
    input,
    count: null,
    isGrave: false,
    previews: false,
    takesTwo: false,
    ...options,
    key: crypto.randomUUID(),
  });
}

const draftKey = 'licenser.draft';

/** Keeps what is typed over a sign-in. */
export function keepDraft(): void {
  if (asked.value === null) sessionStorage.removeItem(draftKey);
  else sessionStorage.setItem(draftKey, JSON.stringify({ ask: asked.value, reason: reason.value }));
}

/** Shows again what was typed when the session ended. */
export function restoreDraft(): void {
  const text = sessionStorage.getItem(draftKey);
  if (text === null) return;
  const draft = JSON.parse(text) as { readonly ask: Ask; readonly reason: string };
  setAsked(draft.ask, draft.reason);
}

/** Roles in words, for buttons that one may not press. */
export function needsRole(role: Role): string {
  return `Needs the role ${role}`;
}
