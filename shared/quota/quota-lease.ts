import { timing } from '../kernel/timing';
import type { QuotaRow } from '../words/quota-row';

/**
 * The arithmetic of the shared write quota; pure. Two stacked buckets make one rate: refill goes to `tokens` (at most
 * 2 s of quota), and only what spills over goes to `spare` (at most one slice). Express draws tokens, bulk draws
 * spare, so bulk never touches the 2 s that joiners arriving in the midst of it will want.
 *
 * In any T seconds express is leased at most rate × (T + 2), and both kinds together rate × (T + 3); 4 s more when bulk
 * was promised quota ahead of its earning and express came in between.
 */
export type QuotaLimits = {
  /** The configured rate: where it starts and what it climbs back to, writes per second. */
  readonly ceilingPerSecond: number;
  /** Back-offs never lower it below this. */
  readonly floorPerSecond: number;
};

export const burstSeconds = timing.quota.burst.ms / 1_000;
const sliceSeconds = timing.quota.slice.ms / 1_000;
/** Writes. Even a very low rate can save up for the two writes of one user (a PATCH and a POST), twice. */
export const leastCapacity = 4;
/** About 200 successful writes climb from nothing to the ceiling. */
const climbPerSuccess = 1 / 200;
/**
 * Graph names the time to wait itself, so the cut is a correction for who else writes to the tenant, not the brake.
 */
const fallFactor = 0.8;

export type Writes = { readonly express: number; readonly bulk: number };
export type Lease = {
  readonly row: QuotaRow;
  /** Whole writes. */
  readonly granted: Writes;
};
/** Quota that will have been earned at `from`; null: there is no place left within the time ahead. */
export type PromisedLease = { readonly row: QuotaRow; readonly writes: number; readonly from: number } | null;

/** A quota that is unused yet: both buckets are full. */
export function freshQuota(limits: QuotaLimits, now: number): QuotaRow {
  const ratePerSecond = limits.ceilingPerSecond;
  const tokens = tokenCapacity(ratePerSecond);
  return { ratePerSecond, tokens, spare: sliceCapacity(ratePerSecond), updatedAt: now, notBefore: 0 };
}

const tokenCapacity = (rate: number) => Math.max(rate * burstSeconds, leastCapacity);
const sliceCapacity = (rate: number) => Math.max(rate * sliceSeconds, leastCapacity);

/**
 * The row as it is at `now`. Clocks of several machines differ: time never runs backwards here, so a slow clock only
 * finds fewer tokens. A row from further ahead than any honest clock is taken for one of now, or a machine whose
 * clock was an hour fast would stop all others for that hour.
 */
export function refill(row: QuotaRow, limits: QuotaLimits, now: number): QuotaRow {
  const ratePerSecond = clamp(row.ratePerSecond, limits);
  const since =
    row.updatedAt > Math.max(now + timing.quota.clockSkew.ms, row.notBefore) ? now : row.updatedAt;
  const updatedAt = Math.max(since, now);
  const earned = ((updatedAt - since) / 1000) * ratePerSecond;
  const held = Math.min(row.tokens, tokenCapacity(ratePerSecond));
  const tokens = Math.min(tokenCapacity(ratePerSecond), held + earned);
  const spilled = earned - (tokens - held);
  const spare = Math.min(sliceCapacity(ratePerSecond), row.spare + spilled);
  return { ratePerSecond, tokens, spare, updatedAt, notBefore: row.notBefore };
}

/**
 * Takes at most one slice of what is there, whole writes only; nothing before `notBefore`, and nothing of a kind that
 * has not even `least` to give: at a low rate parts of one user's writes would expire before the rest has come.
 */
export function takeLease(
  row: QuotaRow,
  limits: QuotaLimits,
  now: number,
  wish: Writes,
  least: Writes = { express: 1, bulk: 1 },
): Lease {
  const filled = refill(row, limits, now);
  if (now < filled.notBefore) return { row: filled, granted: { express: 0, bulk: 0 } };
  const slice = Math.floor(sliceCapacity(filled.ratePerSecond));
  const express = atLeast(least.express, Math.min(wish.express, filled.tokens, slice));
  const bulk = atLeast(least.bulk, Math.min(wish.bulk, filled.spare, slice - express));
  return {
    row: { ...filled, tokens: left(filled.tokens, express), spare: left(filled.spare, bulk) },
    granted: { express, bulk },
  };
}

/**
 * Promises quota that is not earned yet: the bucket goes into debt, and the next process gets a later time. So processes
 * are served in the order in which they asked, and each asks once. At most one slice, and `least` at the least.
 */
export function promiseLease(
  row: QuotaRow,
  limits: QuotaLimits,
  now: number,
  kind: 'express' | 'bulk',
  wish: number,
  least: number,
): PromisedLease {
  const filled = refill(row, limits, now);
  if (now < filled.notBefore) return null;
  const { ratePerSecond: rate } = filled;
  const bucket = kind === 'express' ? filled.tokens : filled.spare;
  // What spills over to bulk is earned only once the bucket of express is full.
  const before = kind === 'express' ? 0 : tokenCapacity(rate) - filled.tokens;
  const room = Math.floor((timing.quota.ahead.ms / 1_000) * rate + bucket - before);
  const writes = Math.min(Math.floor(wish), Math.floor(sliceCapacity(rate)), room);
  if (writes < Math.max(1, least)) return null;
  const from = filled.updatedAt + (Math.max(0, before + writes - bucket) / rate) * 1_000;
  const left = bucket - writes;
  return { row: { ...filled, ...(kind === 'express' ? { tokens: left } : { spare: left }) }, writes, from };
}

/** Whether a process that asks now is promised quota a second ahead, or later. */
export function isInDebt(row: QuotaRow, limits: QuotaLimits, now: number): boolean {
  const { tokens, spare, ratePerSecond } = refill(row, limits, now);
  return Math.min(tokens, spare) <= -ratePerSecond * sliceSeconds;
}

/**
 * Graph refused: no process writes before its time, the buckets are empty then, and the rate falls by a fifth. Refusals that
 * arrive during such a pause belong to the same burst: they lengthen the wait and do not lower the rate again.
 */
export function backOff(
  row: QuotaRow,
  limits: QuotaLimits,
  now: number,
  retryAfterMs: number | undefined,
): QuotaRow {
  const filled = refill(row, limits, now);
  const notBefore = Math.max(filled.notBefore, now + (retryAfterMs ?? timing.quota.backOff.ms));
  const waitingAlready = filled.notBefore > now;
  return {
    ratePerSecond: waitingAlready ? filled.ratePerSecond : clamp(filled.ratePerSecond * fallFactor, limits),
    // What was promised before is void: its holders look at the row before they use it.
    tokens: 0,
    spare: 0,
    updatedAt: Math.max(filled.updatedAt, notBefore),
    notBefore,
  };
}

/** Writes went through: the rate climbs by a fixed step each, up to the ceiling. */
export function climb(row: QuotaRow, limits: QuotaLimits, successes: number): QuotaRow {
  const step = limits.ceilingPerSecond * climbPerSuccess * successes;
  return { ...row, ratePerSecond: clamp(row.ratePerSecond + step, limits) };
}

function clamp(rate: number, limits: QuotaLimits): number {
  return Math.min(limits.ceilingPerSecond, Math.max(limits.floorPerSecond, rate));
}

/** What was promised ahead stays owed. */
function left(tokens: number, taken: number): number {
  return taken === 0 ? tokens : Math.max(0, tokens - taken);
}

/** Whole writes; the sliver is for rounding errors of the refill, which must not hold back a write that is due. */
function atLeast(least: number, tokens: number): number {
  const whole = Math.floor(tokens + 1e-9);
  return whole >= Math.max(1, least) ? whole : 0;
}
