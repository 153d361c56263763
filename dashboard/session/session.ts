import { signal } from '@preact/signals';
import { UserManager, WebStorageStateStore } from 'oidc-client-ts';
import type { User } from 'oidc-client-ts';
import { base, readSettings } from './settings';

/** Who is signed in, as the token says; the API decides what they may do. */
export const signedIn = signal<User | null>(null);
/** The API refuses the token, or it has run out: what is on the screen stays until the person signs in again. */
export const sessionEnded = signal(false);
/** Why a sign-in did not succeed; null: nothing went wrong. */
export const signInProblem = signal<string | null>(null);

export const settings = readSettings();

const signedOutKey = 'licenser.signed-out';
/** A token is renewed this long before it runs out. */
const renewAheadSeconds = 300;

/**
 * Code flow with PKCE. The token lies in the storage of this tab alone, and is gone with it:
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
 */
const manager =
  settings === null
    ? null
    : new UserManager({
        authority: `${settings.authority}/${settings.tenantId}/v2.0`,
        client_id: settings.clientId,
        redirect_uri: `${location.origin}${base}`,
        post_logout_redirect_uri: `${location.origin}${base}`,
        scope: `openid profile offline_access api://${settings.clientId}/Ops.Use`,
        userStore: new WebStorageStateStore({ store: sessionStorage }),
        stateStore: new WebStorageStateStore({ store: sessionStorage }),
        automaticSilentRenew: false,
        monitorSession: false,
        accessTokenExpiringNotificationTimeInSeconds: renewAheadSeconds,
      });

/** null: no one is signed in, or the token has run out. */
export function accessToken(): string | null {
  const user = signedIn.value;
  return user === null || user.expired ? null : user.access_token;
}

/** Only a path below the page itself: a state that was tampered with leads nowhere else. */
function safePath(state: unknown): string {
  return typeof state === 'string' && state.startsWith(base) ? state : base;
}

/** Takes the code out of the address, or finds who is signed in; sends whom it does not know to sign in. */
export async function startSession(): Promise<void> {
  if (manager === null) return;
  const query = new URLSearchParams(location.search);
  try {
    if (query.has('state') && (query.has('code') || query.has('error'))) {
      const user = await manager.signinCallback(location.href);
      history.replaceState(null, '', safePath(user?.state));
      adopt(user ?? null);
    } else adopt(await manager.getUser());
  } catch (error) {
    history.replaceState(null, '', base);
    signInProblem.value = error instanceof Error ? error.message : String(error);
    return;
  }
  manager.events.addAccessTokenExpiring(() => void renew());
  manager.events.addAccessTokenExpired(() => {
    sessionEnded.value = true;
  });
  if (signedIn.value !== null) return;
  if (sessionStorage.getItem(signedOutKey) === null) await signIn();
}

function adopt(user: User | null): void {
  signedIn.value = user === null || user.expired ? null : user;
  sessionEnded.value = false;
}

/** With a refresh token, which Entra gives to pages for a day; without one the person is asked at the end. */
async function renew(): Promise<void> {
  if (manager === null || signedIn.value?.refresh_token === undefined) return;
  try {
    adopt(await manager.signinSilent());
  } catch {
    // The token is still good for minutes; at its end the page asks to sign in again.
  }
}

/** Leaves the page to sign in, and comes back to the same view. */
export async function signIn(): Promise<void> {
  sessionStorage.removeItem(signedOutKey);
  signInProblem.value = null;
  const hint = signedIn.value?.profile.preferred_username;
  const here = `${location.pathname}${location.search}`;
  try {
    await manager?.signinRedirect({
      state: safePath(here),
      ...(hint === undefined ? {} : { login_hint: hint }),
    });
  } catch (error) {
    signInProblem.value = error instanceof Error ? error.message : String(error);
  }
}

/** Forgets the token here, and ends the session where people sign in. */
export async function signOut(): Promise<void> {
  sessionStorage.clear();
  sessionStorage.setItem(signedOutKey, 'yes');
  await manager?.signoutRedirect();
}
