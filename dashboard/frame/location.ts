import { computed, signal } from '@preact/signals';
import { base } from '../session/settings';

function here(): { readonly path: string; readonly query: string } {
  const path = location.pathname.startsWith(base) ? location.pathname.slice(base.length - 1) : '/';
  return { path, query: location.search };
}

const current = signal(here());
/** Below the page, such as `/failures/class/seats`. */
export const path = computed(() => current.value.path);
export const query = computed(() => new URLSearchParams(current.value.query));

/** Takes the address anew: the browser went back, or a sign-in brought its own address along. */
export function followAddress(): void {
  current.value = here();
}

addEventListener('popstate', followAddress);

/** Shows another view. Links hold ids, never names or reasons. */
export function go(to: string, options: { readonly replace?: boolean } = {}): void {
  const address = `${base}${to.replace(/^\//, '')}`;
  if (options.replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  current.value = here();
  if (!options.replace) scrollTo(0, 0);
}

/** Changes members of the query, so that a filter is in the link; undefined removes one. */
export function setQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const next = new URLSearchParams(current.value.query);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined || value === '') next.delete(key);
    else next.set(key, value);
  }
  const text = next.toString();
  go(`${path.value}${text === '' ? '' : `?${text}`}`, { replace: true });
}

/** The parameters of a path that a pattern such as `/failures/class/:name` fits; undefined: it does not fit. */
export function match(pattern: string, given: string): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.split('/').filter(Boolean);
  const parts = given.split('/').filter(Boolean);
  if (wanted.length !== parts.length) return undefined;
  const found: Record<string, string> = {};
  for (const [index, piece] of wanted.entries()) {
    const part = decodeURIComponent(parts[index] ?? '');
    if (piece.startsWith(':')) found[piece.slice(1)] = part;
    else if (piece !== part) return undefined;
  }
  return found;
}
