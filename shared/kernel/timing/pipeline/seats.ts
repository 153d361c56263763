import { minute, second } from '../duration';
import type { Durations } from '../duration';

/** Scarce seats and their waiting lists. */
export const seatsTiming = {
  reservation: {
    ms: 5 * minute,
    why: 'A reserved seat that is not used within this time passes to the next user in line.',
  },
  lease: {
    ms: 30 * second,
    why: 'Another process serves the waiting lists this long after the one that did has died.',
  },
  leaseRetry: { ms: 200, why: 'How often a process asks whether the round of another one has ended.' },
  patience: { ms: 600, why: "Another process's round over the waiting lists ends within this time." },
  userPatience: {
    ms: 35 * second,
    why: 'A user for whom a seat may be free waits this long for the lists to be served, before a fallback is given: longer than the lease of a process that died.',
  },
  round: {
    ms: 500,
    why: 'Users are served in rounds, so that the SKUs of the tenant are not read once for each of them.',
  },
  spent: {
    ms: 2 * second,
    why: 'A SKU that a round left without a seat is not asked for again within this time.',
  },
  refused: {
    ms: 30 * second,
    why: 'How long no seat of a SKU is granted after Graph reported that there is none: our count was too high.',
  },
} satisfies Durations;
