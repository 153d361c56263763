import type { PageSettings } from '../../shared/ops-page/answer-page';

/** What the function that serves the page wrote into it; null: sign-in is not configured. */
export function readSettings(): PageSettings | null {
  const text = document.querySelector<HTMLMetaElement>('meta[name="licenser"]')?.content ?? 'null';
  return JSON.parse(text) as PageSettings | null;
}

/** Where the page lies; views and the redirect of a sign-in are below it. */
export const base = '/api/ui/';
