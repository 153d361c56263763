import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isEventGrid } from '../../config/graph-events';
import { ConcurrencyError, PermanentError, TransientError } from '../../kernel/errors';
import { Secret } from '../../kernel/secret';
import { timing } from '../../kernel/timing';
import { within } from '../../kernel/within';
import type { CursorStore } from '../../store/ports/cursor-store';
import { clientStateRow, readStoredClientState } from '../../words/cursor';
import type { StoredClientState } from '../../words/cursor';
import type { Services } from '../services';
import { keptStates } from './kept-subscription';

/** As many bits as the client state itself has. */
const nonceBytes = 32;
const mostRetired = 10;
const mostTries = 5;

/**
 * The client state that a row tells. After the first rotation it is made from the setting, which then goes nowhere, and from a
 * number of the row that no other knows: what leaks from a call of Graph's, be it the setting itself, tells nothing of the next
 * one, and no secret is stored, since without the setting the row is worth nothing.
 */
function clientStateOf(setting: Secret, { generation, nonce }: StoredClientState): Secret {
  if (generation === 0) return setting;
  const key = createHmac('sha256', setting.reveal());
  const text = `client state ${String(generation)}${nonce === undefined ? '' : ` ${nonce}`}`;
  return new Secret(key.update(text).digest('base64url'));
}

/** What a row holds in place of a client state: SHA-256, as hexadecimal digits. */
export function fingerprintOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** The client state to subscribe with; undefined: the row that tells cannot be read. */
export async function readClientState(
  cursors: Pick<CursorStore, 'read'>,
  setting: Secret,
): Promise<Secret | undefined> {
  const stored = readStoredClientState((await cursors.read(clientStateRow)).value);
  return stored === undefined ? undefined : clientStateOf(setting, stored);
}

/**
 * From now on another client state is the one to subscribe with; the present one stays valid. A row that cannot be read is
 * made anew: only what the kept subscriptions were made with is known then.
 * @returns how often it was rotated, as far as the row tells
 * @throws ConcurrencyError
 */
export async function rotateClientState(cursors: CursorStore): Promise<number> {
  const row = await cursors.read(clientStateRow);
  const { generation, retired } = readStoredClientState(row.value) ?? { generation: 0, retired: [] };
  const nonce = randomBytes(nonceBytes).toString('base64url');
  const next: StoredClientState = { generation: generation + 1, nonce, retired };
  await cursors.commit(clientStateRow, row, JSON.stringify(next));
  return generation + 1;
}

/** How long a call or an event may still come after its subscription is replaced or over, milliseconds: as long as it is repeated. */
export function repeatedFor({ notificationUrl }: Pick<Services['settings'], 'notificationUrl'>): number {
  const { clientStateRetired, clientStateRetiredByEventGrid } = timing.intake;
  return (isEventGrid(notificationUrl ?? '') ? clientStateRetiredByEventGrid : clientStateRetired).ms;
}

/**
 * A client state goes out of use: it stays valid for as long as a call or an event may be repeated. `fingerprint`: as `fingerprintOf`
 * gives it.
 * @throws ConcurrencyError the row kept changing
 * @throws PermanentError `store/unreadable-row`
 */
export async function retireClientState(
  { cursors, clock, settings }: Pick<Services, 'clock' | 'cursors' | 'settings'>,
  fingerprint: string,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const now = clock.now();
    const row = await cursors.read(clientStateRow);
    const stored = readStoredClientState(row.value);
    if (stored === undefined) throw unreadable();
    const others = stored.retired.filter(({ of, until }) => of !== fingerprint && until > now);
    const until = now + repeatedFor(settings);
    const next = [...others, { of: fingerprint, until }].slice(-mostRetired);
    try {
      await cursors.commit(clientStateRow, row, JSON.stringify({ ...stored, retired: next }));
      return;
    } catch (error) {
      if (!(error instanceof ConcurrencyError) || tries >= mostTries) throw error;
    }
  }
}

function unreadable(): PermanentError {
  return new PermanentError('store/unreadable-row', `The row ${clientStateRow} cannot be read`);
}

type Accepted = { readonly of: Buffer; readonly until: number };
type Accepting = {
  readonly accepted: readonly Accepted[];
  /** No row was damaged. */
  readonly isWhole: boolean;
};
type Known = Accepting & { readonly setting: Secret; readonly at: number };

/** What this process last read of the rows, by store, at most `timing.intake.clientStateKept` old. */
const known = new WeakMap<object, Known>();
/** Those that a reading of this process's own did not know, by store: SHA-256 to when. Only a new one is worth a reading. */
const foreign = new WeakMap<object, Map<string, number>>();
const mostForeign = 1_000;
/** The reading that is under way, by store: a call with thousands of forged client states costs one. */
const underWay = new WeakMap<object, Promise<Known | undefined>>();

type ReadServices = Pick<Services, 'clock' | 'cursors'>;

/**
 * What is known of a client state that was presented. `unknown`: the rows were read less than a second ago, or could not be read
 * anew, so that one which another process has made since would not show. One that was `foreign` stays so for some seconds: after
 * a new setting, Graph may present a state before the row of its subscription is written.
 */
export type ClientStateVerdict = 'ours' | 'foreign' | 'unknown';

/**
 * Which of these client states are Graph's: the present one, the one of a subscription that has not been replaced yet, or one
 * that went out of use lately. In constant time. One that is not known has the rows read again, once for all of them and once a
 * second at most, since another process may have rotated it. Gives a verdict for each.
 * @throws TransientError the rows have never been read and cannot be, and one of them is not the setting's own
 */
export async function judgeClientStates(
  services: ReadServices,
  setting: Secret,
  presented: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ClientStateVerdict>> {
  const { cursors, clock } = services;
  const hashes = new Map([...presented].map((state) => [state, Buffer.from(fingerprintOf(state), 'hex')]));
  const judge = (read: Known, otherwise: ClientStateVerdict) =>
    new Map(
      [...hashes].map(([state, hash]): [string, ClientStateVerdict] => {
        if (isAccepted(read, hash, clock.now())) return [state, 'ours'];
        return [state, isForeign(services, hash) ? 'foreign' : otherwise];
      }),
    );
  const last = known.get(cursors);
  const before = last?.setting === setting ? last : undefined;
  const age = before === undefined ? Infinity : clock.now() - before.at;
  if (before !== undefined && age < timing.intake.clientStateKept.ms) {
    const verdicts = judge(before, 'unknown');
    const areKnown = [...verdicts.values()].every((verdict) => verdict !== 'unknown');
    if (areKnown || age < timing.intake.clientStateReread.ms) return verdicts;
  }
  const joined = underWay.get(cursors);
  const reading = joined ?? readInTime(services, setting).finally(() => underWay.delete(cursors));
  underWay.set(cursors, reading);
  const read = await reading;
  const latest = read ?? before;
  if (latest !== undefined) {
    // What could not be read is not asked for again at once.
    known.set(cursors, { ...latest, at: clock.now() });
    // A reading that another call began may have begun before the row was changed.
    const isOwn = read !== undefined && joined === undefined;
    const verdicts = judge(latest, isOwn ? 'foreign' : 'unknown');
    if (isOwn && read.isWhole)
      for (const [state, hash] of hashes) if (verdicts.get(state) === 'foreign') keepForeign(services, hash);
    return verdicts;
  }
  if ([...presented].every((state) => setting.equals(state)))
    return new Map([...presented].map((state) => [state, 'ours']));
  throw new TransientError('store/unavailable', 'The client states that are in use cannot be read');
}

function isForeign({ cursors, clock }: ReadServices, hash: Buffer): boolean {
  const at = foreign.get(cursors)?.get(hash.toString('hex'));
  return at !== undefined && Math.abs(clock.now() - at) < timing.intake.clientStateForeign.ms;
}

function keepForeign({ cursors, clock }: ReadServices, hash: Buffer): void {
  const kept = foreign.get(cursors) ?? new Map<string, number>();
  if (kept.size >= mostForeign) kept.clear();
  kept.set(hash.toString('hex'), clock.now());
  foreign.set(cursors, kept);
}

function isAccepted({ accepted }: Known, hash: Buffer, now: number): boolean {
  let isOne = false;
  for (const { of, until } of accepted) {
    const isSame = timingSafeEqual(of, hash);
    isOne = isOne || (isSame && until > now);
  }
  return isOne;
}

/** undefined: not to be had within `timing.intake.clientStateRead`; Graph waits for its answer. */
async function readInTime(services: ReadServices, setting: Secret): Promise<Known | undefined> {
  let read: Known | undefined;
  const reading = readAccepted(services, setting).then((accepting) => {
    read = { setting, at: services.clock.now(), ...accepting };
  });
  await within(reading, timing.intake.clientStateRead.ms);
  return read;
}

async function readAccepted({ cursors }: ReadServices, setting: Secret): Promise<Accepting> {
  const [row, states] = await Promise.all([cursors.read(clientStateRow), keptStates(cursors)]);
  // A row that cannot be read does not tell whether the setting is out of use; what Graph holds is known all the same.
  const stored = readStoredClientState(row.value);
  const present = stored === undefined ? [] : [fingerprintOf(clientStateOf(setting, stored).reveal())];
  const lasting = [...present, ...states].map((of) => ({ of, until: Infinity }));
  const accepted = [...lasting, ...(stored?.retired ?? [])]
    .map(({ of, until }) => ({ of: Buffer.from(of, 'hex'), until }))
    .filter(({ of }) => of.length === 32);
  return { accepted, isWhole: stored !== undefined };
}
