import { computed, signal } from '@preact/signals';
import type { Answer } from '../api/routes';
import type { ApiProblem } from '../api/problem';

export type Me = Answer<'me.me'>;
export type Role = Me['roles'][number];

/** Who the API takes the caller for; null: not known yet. */
export const me = signal<Me | null>(null);
/** Why that is not known. */
export const meProblem = signal<ApiProblem | null>(null);

/** As the API judges: any role reads; only Operators act; only people who are Approvers approve. */
export function mayBe(role: Role): boolean {
  const roles = me.value?.roles ?? [];
  return role === 'Viewer' ? roles.length > 0 : roles.includes(role);
}

export const hasAnyRole = computed(() => mayBe('Viewer'));
