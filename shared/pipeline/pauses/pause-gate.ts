import { namesPauseBy } from './pause-scope';
import type { Services } from '../services';
import type { UserState } from '../../words/user-state';
import type { Pause } from '../../words/pause';
import type { PauseCode } from '../../words/reason-codes';

/** How often the product tries whether a pause that it set itself can be lifted. */
export const probeMs = 60_000;

/** `pass`: nothing stops this work, or it is the trial that may find out whether its own scopes work again. */
export type Gate =
  | { readonly kind: 'pass'; readonly trials: readonly Pause[] }
  | { readonly kind: 'paused'; readonly pause: Pause };

const open: Gate = { kind: 'pass', trials: [] };

/**
 * May work of these scopes go on? A pause by a person stops it. A pause that the product set is passed by one message
 * a minute, its trial. A user whom Graph refused for this very reason leaves the trial to others for another minute:
 * the trouble may be the user's own. `isTrial`: the message was sent as the trial, a moment ago.
 */
export async function askGate(
  services: Services,
  scopes: readonly string[],
  state: UserState | null = null,
  isTrial = false,
): Promise<Gate> {
  const pauses = await pausesOf(services, scopes);
  if (pauses.length === 0) return open;
  const closed = pauses.find((pause) => !isProbedByWork(pause));
  if (closed !== undefined) return { kind: 'paused', pause: closed };
  for (const pause of pauses) {
    if (isTrial && isTrialRunning(services, pause)) continue;
    if (!(await takeTrial(services, pause, state))) return { kind: 'paused', pause };
  }
  return { kind: 'pass', trials: pauses };
}

/** A person's pause is lifted by a person; withheld names are asked for apart (withheld-names.ts). */
function isProbedByWork({ origin, by }: Pause): boolean {
  return origin !== 'operator' && by !== namesPauseBy;
}

/** The pause that stops these scopes now, whoever may try them; undefined: none. */
export async function pauseInForce(
  services: Services,
  scopes: readonly string[],
): Promise<Pause | undefined> {
  return (await pausesOf(services, scopes))[0];
}

/** Whether somebody may try this pause now; taking the trial is askGate's. */
export function isTrialDue(services: Services, pause: Pause, state: UserState | null): boolean {
  if (!isProbedByWork(pause)) return false;
  return Math.abs(services.clock.now() - (pause.probedAt ?? pause.at)) >= patience(pause, state);
}

/** The trial was taken a moment ago, by the message that led to this one. */
function isTrialRunning(services: Services, pause: Pause): boolean {
  return pause.probedAt !== null && Math.abs(services.clock.now() - pause.probedAt) < probeMs;
}

async function pausesOf({ pauses }: Services, scopes: readonly string[]): Promise<readonly Pause[]> {
  return (await pauses.current()).filter(({ scope }) => scopes.includes(scope));
}

async function takeTrial(services: Services, pause: Pause, state: UserState | null): Promise<boolean> {
  if (!isTrialDue(services, pause, state)) return false;
  const now = services.clock.now();
  const taken = await services.control.takeProbe(pause.scope, now, patience(pause, state));
  services.pauses.forget();
  return taken;
}

function patience(pause: Pause, state: UserState | null): number {
  return state?.retry?.why.code === refusedCode(pause.scope) ? 2 * probeMs : probeMs;
}

/** Why a user is parked: others were refused, or an operator paused the scope. */
export const pausedCode = (scope: string): PauseCode => `paused/${scope}`;
/** Why a user is parked: Graph refused this very user. */
export const refusedCode = (scope: string): PauseCode => `refused/${scope}`;
/** The scope that a parked user waits for. */
export function parkedScope(state: UserState | null): string | undefined {
  const retry = state?.retry ?? null;
  return retry?.key === 'paused' ? retry.why.code.slice(retry.why.code.indexOf('/') + 1) : undefined;
}
