import { z } from 'zod';
import { toUserId } from '../../kernel/ids';
import type { Cursor, CursorStore } from '../../store/ports/cursor-store';

/** Row of the table `cursors` that holds how far a census has come; only the holder of the lease writes it. */
export const censusCursor = 'census';
/** Row that holds who asked last for a census. */
export const requestCursor = 'census-request';
/** The right to walk. */
export const censusLease = 'census';

export const censusReasons = ['first start', 'nightly', 'asked for'] as const;
export type CensusReason = (typeof censusReasons)[number];

const UserIdText = z.guid().transform(toUserId);
const Count = z.number();

/** A user who is looked at because of this census, and the version of the row when the hint was sent. */
const Followed = z.object({ id: UserIdText, version: z.number().nullable() });
export type Followed = z.infer<typeof Followed>;

export const CensusState = z.object({
  id: z.string(),
  reason: z.enum(censusReasons),
  by: z.string(),
  /** None has ended before: users without a row were there before the app. Absent: not so, or of an earlier version. */
  isFirst: z.boolean().exactOptional(),
  /** Milliseconds. */
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  /** `users`: page by page; `rows`: waiting lists, and users with a row who are not in the directory; `settling`: waits for outcomes. */
  phase: z.enum(['users', 'rows', 'settling', 'done']),
  /** Graph's link to the next page of users; null: the first. */
  link: z.string().nullable(),
  /** Found, but no hint has been sent yet: the queue takes no more for the moment. */
  pending: z.array(Followed),
  /** Hints were sent, and no outcome has come of them yet. */
  followed: z.array(Followed),
  followedSince: z.number(),
  counts: z.object({
    users: Count,
    /** In the scope of the policy. */
    inScope: Count,
    /** In scope, and without an outcome when this census came by. */
    withoutOutcome: Count,
    /**
     * In scope, and looked at because the row says nothing or something else under the same policy: a change that the deltas
     * should have told. None in the first census.
     */
    untold: Count.default(0),
    /** Hold one of our licenses, which a person changed. */
    drifted: Count,
    /** Rows of users whom the directory does not know. */
    gone: Count,
    /** Put on a waiting list because their row says that they wait. */
    listed: Count.default(0),
    /** Taken off one because their row no longer says so. */
    unlisted: Count.default(0),
    /** Users who are looked at. */
    looks: Count,
    /** Of those, how many had no outcome when the census stopped waiting for it: must be 0. */
    unsettled: Count,
  }),
  /** Some of those who drifted, with what was found. */
  drift: z.array(z.object({ id: UserIdText, userPrincipalName: z.string().nullable(), text: z.string() })),
  /** Some of those without an outcome at the end. */
  unsettled: z.array(UserIdText),
});
export type CensusState = z.infer<typeof CensusState>;

export const CensusRequest = z.object({
  at: z.number(),
  by: z.string(),
  reason: z.enum(censusReasons),
});
export type CensusRequest = z.infer<typeof CensusRequest>;

/** undefined: there is none yet, or it is of a version that this one cannot read, and is done anew. */
export function readValue<Value>(schema: z.ZodType<Value>, { value }: Cursor): Value | undefined {
  if (value === null) return undefined;
  try {
    return schema.parse(JSON.parse(value));
  } catch {
    return undefined;
  }
}

/** Asks for a census: it begins at the next run of `census-walk`. One that runs is finished first. */
export async function requestCensus(cursors: CursorStore, request: CensusRequest): Promise<void> {
  const cursor = await cursors.read(requestCursor);
  await cursors.commit(requestCursor, cursor, JSON.stringify(request));
}

/** A census that has not read anything yet. `isFirst`: none has ended before. */
export function newCensus(id: string, request: CensusRequest, isFirst: boolean): CensusState {
  return {
    id,
    reason: request.reason,
    by: request.by,
    ...(isFirst ? { isFirst } : {}),
    startedAt: request.at,
    endedAt: null,
    phase: 'users',
    link: null,
    pending: [],
    followed: [],
    followedSince: request.at,
    counts: {
      users: 0,
      inScope: 0,
      withoutOutcome: 0,
      untold: 0,
      drifted: 0,
      gone: 0,
      listed: 0,
      unlisted: 0,
      looks: 0,
      unsettled: 0,
    },
    drift: [],
    unsettled: [],
  };
}
