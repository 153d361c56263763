import type { Services } from '../services';
import {
  CensusRequest,
  CensusState,
  censusCursor,
  readValue,
  requestCensus,
  requestCursor,
} from './census-state';
import type { Cursor } from '../../store/ports/cursor-store';

/** A census that is under way (`state`), or one that is to begin as `request` says; `isFirst`: none is known to have ended. */
export type NextCensus =
  | { readonly cursor: Cursor; readonly state: CensusState; readonly request?: undefined }
  | {
      readonly cursor: Cursor;
      readonly state?: undefined;
      readonly request: CensusRequest;
      readonly isFirst: boolean;
    };

/**
 * undefined: none is due. The first one begins by itself, but only once changes are followed: a user who comes later
 * than the list was read is reported, so that no user is missed.
 */
export async function findNextCensus(
  services: Pick<Services, 'cursors' | 'clock' | 'settings'>,
): Promise<NextCensus | undefined> {
  const { cursors, clock, settings } = services;
  const cursor = await cursors.read(censusCursor);
  const last = readValue(CensusState, cursor);
  if (last !== undefined && last.phase !== 'done') return { cursor, state: last };
  const request = readValue(CensusRequest, await cursors.read(requestCursor));
  if (request !== undefined && request.at > (last?.startedAt ?? -Infinity))
    return { cursor, request, isFirst: last === undefined };
  if (last !== undefined || !settings.firstCensus) return undefined;
  const isFollowing = (await cursors.read('users-delta')).value !== null;
  return isFollowing
    ? { cursor, request: { at: clock.now(), by: 'licenser', reason: 'first start' }, isFirst: true }
    : undefined;
}

/** The handler of the `census` timer: asks for a census; `census-walk` carries it out. */
export async function requestNightlyCensus(services: Pick<Services, 'cursors' | 'clock'>): Promise<void> {
  await requestCensus(services.cursors, { at: services.clock.now(), by: 'licenser', reason: 'nightly' });
}
