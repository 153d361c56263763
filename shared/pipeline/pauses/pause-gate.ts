import { timing } from '../../kernel/timing';
import type { Reason } from '../../words/reason';
import type { UserState } from '../../words/user-state';
import type { Pause } from '../../words/pause';
import { namesPauseBy } from './pause-scope';
import { refusedFor } from '../row/parked';
import { pausedCode } from '../row/pause-codes';
import type { Services } from '../services';

/** What asking about pauses uses of the process. */
export type GateServices = Pick<Services, 'clock' | 'control' | 'pauses'>;

/** How often the product tries whether a pause that it set itself can be lifted. */
const probeMs = timing.pauses.probe.ms;

/** `pass`: nothing stops this work, or it is the probe that finds out whether its own scopes work again. */
export type Gate =
  | { readonly kind: 'pass'; readonly probes: readonly Pause[] }
  | { readonly kind: 'paused'; readonly pause: Pause };

const open: Gate = { kind: 'pass', probes: [] };

/**
 * May work of these scopes go on? A pause by an operator stops it. A pause that the product set is passed by one message
 * a minute, its probe. A user whom Graph refused for this very reason leaves the probe to others for another minute:
 * the trouble may be the user's own. `isProbe`: the message was sent as the probe, less than a minute before.
 */
export async function askGate(
  services: GateServices,
  scopes: readonly string[],
  state: UserState | null = null,
  isProbe = false,
): Promise<Gate> {
  const pauses = await pausesOf(services, scopes);
  if (pauses.length === 0) return open;
  const closed = pauses.find((pause) => !isProbedByWork(pause));
  if (closed !== undefined) return { kind: 'paused', pause: closed };
  for (const pause of pauses) {
    if (isProbe && isProbeRunning(services, pause)) continue;
    if (!(await takeProbe(services, pause, state))) return { kind: 'paused', pause };
  }
  return { kind: 'pass', probes: pauses };
}

/** An operator lifts an operator's pause; withheld names are asked for apart (withheld-names.ts). */
function isProbedByWork({ origin, by }: Pause): boolean {
  return origin !== 'operator' && by !== namesPauseBy;
}

/** The pause that stops these scopes now, also for work that may try it; undefined: none. */
export async function pauseInForce(
  services: Pick<Services, 'pauses'>,
  scopes: readonly string[],
): Promise<Pause | undefined> {
  return (await pausesOf(services, scopes))[0];
}

/** Whether a message may probe this pause now; askGate takes the probe. */
export function isProbeDue(
  services: Pick<Services, 'clock'>,
  pause: Pause,
  state: UserState | null,
): boolean {
  if (!isProbedByWork(pause)) return false;
  return Math.abs(services.clock.now() - (pause.probedAt ?? pause.at)) >= patience(pause, state);
}

/** The probe was taken less than a minute ago, by the message that led to this one. */
function isProbeRunning(services: Pick<Services, 'clock'>, pause: Pause): boolean {
  return pause.probedAt !== null && Math.abs(services.clock.now() - pause.probedAt) < probeMs;
}

async function pausesOf(
  { pauses }: Pick<Services, 'pauses'>,
  scopes: readonly string[],
): Promise<readonly Pause[]> {
  return (await pauses.current()).filter(({ scope }) => scopes.includes(scope));
}

async function takeProbe(services: GateServices, pause: Pause, state: UserState | null): Promise<boolean> {
  if (!isProbeDue(services, pause, state)) return false;
  const now = services.clock.now();
  const taken = await services.control.takeProbe(pause.scope, now, patience(pause, state));
  services.pauses.forget();
  return taken;
}

function patience(pause: Pause, state: UserState | null): number {
  return refusedFor(state, pause.scope) === undefined ? probeMs : 2 * probeMs;
}

/** What the row says of a user whom a pause stops. One whom Graph refused for this stays known as such. */
export function whyPaused(pause: Pause, state: UserState | null): Reason {
  const refused = refusedFor(state, pause.scope);
  if (refused !== undefined) return refused;
  const by = pause.origin === 'operator' ? `${pause.by} paused it` : 'the product paused it';
  return { code: pausedCode(pause.scope), text: `Paused (${pause.scope}): ${pause.reason} (${by})` };
}
