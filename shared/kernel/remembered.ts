import type { Clock } from './clock';

/** A value that is read again once it is older than some time; how old it may be is the caller's promise. */
export interface Remembered<Value> {
  /**
   * The value, read now or at most `maxAgeMs` ago. Callers that ask while it is being read share that reading. A
   * reading that fails is not kept: it rejects for those who share it, and the next call reads again.
   * @throws what the reading throws
   */
  current(options?: { readonly maxAgeMs?: number; readonly signal?: AbortSignal }): Promise<Value>;
  /** The reading that is kept, however old; undefined: none. */
  kept(): Promise<Value> | undefined;
  /** The next call of `current` reads again. */
  forget(): void;
}

/** One value of one process. `maxAgeMs`: the default age, milliseconds. */
export function remember<Value>(
  read: (signal?: AbortSignal) => Promise<Value>,
  options: { readonly clock: Clock; readonly maxAgeMs: number },
): Remembered<Value> {
  const values = rememberByKey((_key: 'one', signal) => read(signal), { ...options, mostKept: 1 });
  return {
    current: (asked) => values.current('one', asked),
    kept: () => values.kept('one'),
    forget: () => values.forget('one'),
  };
}

/** The same for values by key. */
export interface RememberedByKey<Key, Value> {
  current(key: Key, options?: { readonly maxAgeMs?: number; readonly signal?: AbortSignal }): Promise<Value>;
  /** `isFresh`: undefined also where the reading is as old as the default age. */
  kept(key: Key, options?: { readonly isFresh?: boolean }): Promise<Value> | undefined;
  forget(key: Key): void;
  forgetAll(): void;
}

export type RememberOptions<Value> = {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly maxAgeMs: number;
  /** One key more drops all others: enough for keys of which few are asked for at a time. */
  readonly mostKept: number;
  /** False: this value is not kept. Default: every value is. */
  readonly isKept?: (value: Value) => boolean;
};

/** Values by key, each read again once it is older than `maxAgeMs`. See Remembered for what is shared and kept. */
export function rememberByKey<Key, Value>(
  read: (key: Key, signal?: AbortSignal) => Promise<Value>,
  { clock, maxAgeMs, mostKept, isKept = () => true }: RememberOptions<Value>,
): RememberedByKey<Key, Value> {
  const readings = new Map<Key, { readonly at: number; readonly value: Promise<Value> }>();
  return {
    current(key, asked = {}) {
      const now = clock.now();
      const known = readings.get(key);
      if (known !== undefined && now - known.at < (asked.maxAgeMs ?? maxAgeMs)) return known.value;
      if (known === undefined && readings.size >= mostKept) readings.clear();
      const reading = { at: now, value: read(key, asked.signal) };
      readings.set(key, reading);
      const drop = () => {
        // A later reading may stand in its place by now.
        if (readings.get(key) === reading) readings.delete(key);
      };
      reading.value.then((value) => {
        if (!isKept(value)) drop();
      }, drop);
      return reading.value;
    },
    kept: (key, { isFresh = false } = {}) => {
      const known = readings.get(key);
      return isFresh && known !== undefined && clock.now() - known.at >= maxAgeMs ? undefined : known?.value;
    },
    forget: (key) => void readings.delete(key),
    forgetAll: () => readings.clear(),
  };
}
