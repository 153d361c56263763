import { encodings } from './read-page';
import type { Page } from './read-page';

/** What the page must know to let people sign in. None of it is secret. */
export type PageSettings = {
  /** Who signs people in: origin, no path. */
  readonly authority: string;
  readonly tenantId: string;
  readonly clientId: string;
  /** The embedded cloud, where anyone on the machine may sign in as anybody. */
  readonly isLocal: boolean;
};

export type PageRequest = {
  /** Behind `ui/`; empty for the page itself. */
  readonly path: string;
  readonly acceptEncoding: string;
};

export type PageAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
};

/**
 * One file of the ops page. Every path that is no asset is a view, and gets the page. `settings` null: sign-in is not
 * configured, and the page says so.
 */
export function answerPage(page: Page, settings: PageSettings | null, request: PageRequest): PageAnswer {
  const secured = securityHeaders(settings);
  const [, asset] = /^assets\/(.+)$/.exec(request.path) ?? [];
  if (asset === undefined) {
    const body = page.html.replace('%SETTINGS%', () => escapeAttribute(JSON.stringify(settings)));
    const headers = { ...secured, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' };
    return { status: 200, headers, body };
  }
  const file = page.assets.get(asset);
  if (file === undefined) {
    // Of a build before this one: the page loads itself anew when a file of it is gone.
    const headers = { ...secured, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
    return { status: 404, headers, body: 'There is no such file.' };
  }
  const accepted = request.acceptEncoding.split(',').map((one) => one.trim().split(';')[0]);
  const encoding = encodings.find((one) => one === 'identity' || accepted.includes(one)) ?? 'identity';
  return {
    status: 200,
    headers: {
      ...secured,
      'content-type': file.contentType,
      // Its name holds the hash of what is in it.
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
      ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
    },
    body: file.bytes[encoding],
  };
}

/**
 * Only the page's own files run, and they speak only with the app and with who signs people in. No code of the page
 * may turn text into markup or script: https://www.w3.org/TR/trusted-types/.
 */
function securityHeaders(settings: PageSettings | null): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self'${settings === null ? '' : ` ${new URL(settings.authority).origin}`}`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'strict-transport-security': 'max-age=31536000',
  };
}

function escapeAttribute(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
