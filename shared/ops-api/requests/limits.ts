import type { Clock } from '../../kernel/clock';
import { OpsProblem } from '../problem';

/** A bucket of requests: `burst` at once, then `perSecond`. */
type Rate = { readonly perSecond: number; readonly burst: number };

/** For each caller and process, so that one page or script cannot take the app from the others. */
export const rates = {
  read: { perSecond: 20, burst: 60 },
  write: { perSecond: 1, burst: 10 },
  /** For each address: sign-ins that were refused. */
  refused: { perSecond: 5, burst: 20 },
} as const satisfies Readonly<Record<string, Rate>>;
type Bucket = { tokens: number; at: number };

const heavyAtOnce = 2;
/** Callers that are remembered; the longest unused is dropped first. */
const mostCallers = 1_000;

/** Limits of one process. They protect the app; what may be done is decided by roles. */
export class RequestLimits {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();
  /** Apart from the callers': addresses can be invented, and must not push callers out of the map. */
  readonly #addresses = new Map<string, Bucket>();
  readonly #heavy = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one request of this kind. @throws OpsProblem 429 `ops/too-many-requests` */
  take(kind: keyof typeof rates, caller: string): void {
    const { perSecond, burst } = rates[kind];
    const bucket = this.#bucket(kind, caller, perSecond, burst);
    if (bucket.tokens < 1) throw tooMany(Math.ceil((1 - bucket.tokens) / perSecond));
    bucket.tokens -= 1;
  }

  /** Whether one more of this kind would be refused; takes nothing. */
  isUsedUp(kind: keyof typeof rates, caller: string): boolean {
    const { perSecond, burst } = rates[kind];
    return this.#bucket(kind, caller, perSecond, burst).tokens < 1;
  }

  /** Runs heavy work, at most two at once for a caller. @throws OpsProblem 429 `ops/too-many-requests` */
  async heavy<Result>(caller: string, work: () => Promise<Result>): Promise<Result> {
    const running = this.#heavy.get(caller) ?? 0;
    if (running >= heavyAtOnce) throw tooMany(2);
    this.#heavy.set(caller, running + 1);
    try {
      return await work();
    } finally {
      const left = (this.#heavy.get(caller) ?? 1) - 1;
      if (left > 0) this.#heavy.set(caller, left);
      else this.#heavy.delete(caller);
    }
  }

  #bucket(kind: keyof typeof rates, caller: string, perSecond: number, burst: number): Bucket {
    const buckets = kind === 'refused' ? this.#addresses : this.#buckets;
    const key = `${kind} ${caller}`;
    const now = this.#clock.now();
    const known = buckets.get(key) ?? { tokens: burst, at: now };
    known.tokens = Math.min(burst, known.tokens + (Math.max(0, now - known.at) / 1_000) * perSecond);
    known.at = now;
    // Set anew, so that the map is in the order of use.
    buckets.delete(key);
    buckets.set(key, known);
    const [oldest] = buckets.keys();
    if (buckets.size > mostCallers && oldest !== undefined) buckets.delete(oldest);
    return known;
  }
}

function tooMany(seconds: number): OpsProblem {
  return new OpsProblem(429, 'ops/too-many-requests', 'Too many requests at once.', {
    retryAfterSeconds: Math.max(1, seconds),
    hint: `Wait ${String(Math.max(1, seconds))} s.`,
  });
}
