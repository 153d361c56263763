import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { ConcurrencyError, TransientError } from '../../kernel/errors';
import { Secret } from '../../kernel/secret';
import { timing } from '../../kernel/timing';
import { within } from '../../kernel/within';
import type { CursorStore } from '../../store/ports/cursor-store';
import type { Services } from '../services';
import { keptStates } from './kept-subscription';

/** The row that says how often the client state was rotated, and which ones were in use before. */
export const clientStateRow = 'client-state';

const Stored = z.object({
  /** 0: the setting itself is the client state. */
  generation: z.number().int().min(0),
  /** Fingerprints of client states that are out of use, and until when, milliseconds, Graph may still send them. */
  retired: z.array(z.object({ of: z.string(), until: z.number() })),
});
type Stored = z.infer<typeof Stored>;

const mostRetired = 10;
const mostTries = 5;

/**
 * The client state of a generation. After the first rotation it is made from the setting, which then goes nowhere: a client
 * state that leaks from a call of Graph's tells nothing of the next one, and no secret is stored.
 */
export function clientStateOf(setting: Secret, generation: number): Secret {
  if (generation === 0) return setting;
  const key = createHmac('sha256', setting.reveal());
  return new Secret(key.update(`client state ${String(generation)}`).digest('base64url'));
}

/** What a row holds in place of a client state: SHA-256, as hexadecimal digits. */
export function fingerprintOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** How often the client state was rotated. */
export async function readGeneration(cursors: Pick<CursorStore, 'read'>): Promise<number> {
  return parse((await cursors.read(clientStateRow)).value).generation;
}

/** From now on the next client state is the one to subscribe with; the present one stays valid. @throws ConcurrencyError */
export async function rotateClientState(cursors: CursorStore): Promise<number> {
  const row = await cursors.read(clientStateRow);
  const { generation, retired } = parse(row.value);
  await cursors.commit(clientStateRow, row, JSON.stringify({ generation: generation + 1, retired }));
  return generation + 1;
}

/**
 * A client state goes out of use: it stays valid for as long as Graph may repeat a call. `fingerprint`: as `fingerprintOf`
 * gives it. @throws ConcurrencyError the row kept changing
 */
export async function retireClientState(
  { cursors, clock }: Pick<Services, 'clock' | 'cursors'>,
  fingerprint: string,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const now = clock.now();
    const row = await cursors.read(clientStateRow);
    const { generation, retired } = parse(row.value);
    const others = retired.filter(({ of, until }) => of !== fingerprint && until > now);
    const until = now + timing.intake.clientStateRetired.ms;
    const next = [...others, { of: fingerprint, until }].slice(-mostRetired);
    try {
      await cursors.commit(clientStateRow, row, JSON.stringify({ generation, retired: next }));
      return;
    } catch (error) {
      if (!(error instanceof ConcurrencyError) || tries >= mostTries) throw error;
    }
  }
}

function parse(value: string | null): Stored {
  try {
    return Stored.parse(JSON.parse(value ?? ''));
  } catch {
    return { generation: 0, retired: [] };
  }
}

type Accepted = { readonly of: Buffer; readonly until: number };
type Known = { readonly setting: Secret; readonly at: number; readonly accepted: readonly Accepted[] };

/** What this process last read of the rows, by store, at most `timing.intake.clientStateKept` old. */
const known = new WeakMap<object, Known>();
/** The reading that is under way, by store: a call with thousands of forged client states costs one. */
const underWay = new WeakMap<object, Promise<Known | undefined>>();

type ReadServices = Pick<Services, 'clock' | 'cursors'>;

/**
 * Whether a notification with this client state is Graph's: it is the present one, the one of a subscription that has not
 * been replaced yet, or one that went out of use lately. In constant time. One that is not known has the rows read again,
 * once a second at most, since another process may have rotated it.
 * @throws TransientError the rows have never been read and cannot be, and this is not the setting's own
 */
export async function isOurClientState(
  services: ReadServices,
  setting: Secret,
  presented: string,
): Promise<boolean> {
  const { cursors, clock } = services;
  const hash = Buffer.from(fingerprintOf(presented), 'hex');
  const before = known.get(cursors);
  const { clientStateKept, clientStateReread } = timing.intake;
  const age = before?.setting === setting ? clock.now() - before.at : Infinity;
  if (before !== undefined && age < clientStateKept.ms) {
    if (isAccepted(before, hash, clock.now())) return true;
    if (age < clientStateReread.ms) return false;
  }
  const reading =
    underWay.get(cursors) ?? readInTime(services, setting).finally(() => underWay.delete(cursors));
  underWay.set(cursors, reading);
  const read = (await reading) ?? (before?.setting === setting ? before : undefined);
  if (read !== undefined) {
    // What could not be read is not asked for again at once.
    known.set(cursors, { ...read, at: clock.now() });
    return isAccepted(read, hash, clock.now());
  }
  if (setting.equals(presented)) return true;
  throw new TransientError('store/unavailable', 'The client states that are in use cannot be read');
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
  const reading = readAccepted(services, setting).then((accepted) => {
    read = { setting, at: services.clock.now(), accepted };
  });
  await within(reading, timing.intake.clientStateRead.ms);
  return read;
}

async function readAccepted({ cursors }: ReadServices, setting: Secret): Promise<readonly Accepted[]> {
  const [row, states] = await Promise.all([cursors.read(clientStateRow), keptStates(cursors)]);
  const { generation, retired } = parse(row.value);
  const present = fingerprintOf(clientStateOf(setting, generation).reveal());
  const lasting = [present, ...states].map((of) => ({ of, until: Infinity }));
  return [...lasting, ...retired]
    .map(({ of, until }) => ({ of: Buffer.from(of, 'hex'), until }))
    .filter(({ of }) => of.length === 32);
}
