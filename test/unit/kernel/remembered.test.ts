import { describe, expect, it } from '@jest/globals';
import { remember, rememberByKey } from '../../../shared/kernel/remembered';
import { ManualClock } from '../../support/manual-clock';

function counted() {
  const clock = new ManualClock();
  const reads: number[] = [];
  const read = async () => {
    reads.push(clock.now());
    return reads.length;
  };
  return { clock, reads, read };
}

describe('remember', () => {
  it('reads once in maxAgeMs, and again at exactly that age', async () => {
    const { clock, read } = counted();
    const value = remember(read, { clock, maxAgeMs: 1_000 });

    expect(await value.current()).toBe(1);
    clock.advance(999);
    expect(await value.current()).toBe(1);
    clock.advance(1);
    expect(await value.current()).toBe(2);
  });

  it('takes the age that a caller asks for', async () => {
    const { clock, read } = counted();
    const value = remember(read, { clock, maxAgeMs: 1_000 });
    await value.current();
    clock.advance(500);

    expect(await value.current({ maxAgeMs: 500 })).toBe(2);
    expect(await value.current({ maxAgeMs: 501 })).toBe(2);
  });

  it('shares a reading that is under way', async () => {
    const { clock, reads, read } = counted();
    const value = remember(read, { clock, maxAgeMs: 1_000 });

    expect(await Promise.all([value.current(), value.current()])).toEqual([1, 1]);
    expect(reads).toHaveLength(1);
  });

  it('does not keep a reading that failed', async () => {
    const { clock } = counted();
    const answers: (() => Promise<string>)[] = [() => Promise.reject(new Error('away')), async () => 'there'];
    const value = remember(() => (answers.shift() as () => Promise<string>)(), { clock, maxAgeMs: 1_000 });

    await expect(value.current()).rejects.toThrow('away');
    expect(await value.current()).toBe('there');
  });

  it('a failure of an old reading does not drop the one that took its place', async () => {
    const { clock } = counted();
    let fail: (error: Error) => void = () => undefined;
    const answers = [new Promise<string>((_, reject) => (fail = reject)), Promise.resolve('new')];
    const value = remember(() => answers.shift() as Promise<string>, { clock, maxAgeMs: 1_000 });

    const old = value.current();
    value.forget();
    expect(await value.current()).toBe('new');
    fail(new Error('late'));
    await expect(old).rejects.toThrow('late');
    expect(await value.current()).toBe('new');
  });

  it('reads again after forget, and shows what it keeps', async () => {
    const { clock, read } = counted();
    const value = remember(read, { clock, maxAgeMs: 1_000 });

    expect(value.kept()).toBeUndefined();
    await value.current();
    expect(await value.kept()).toBe(1);
    value.forget();
    expect(await value.current()).toBe(2);
  });

  it('hands the signal of the caller to the reading', async () => {
    const { clock } = counted();
    const signals: (AbortSignal | undefined)[] = [];
    const value = remember(async (signal) => signals.push(signal), { clock, maxAgeMs: 1_000 });
    const { signal } = new AbortController();

    await value.current({ signal });
    expect(signals).toEqual([signal]);
  });
});

describe('rememberByKey', () => {
  it('keeps keys apart', async () => {
    const { clock } = counted();
    const values = rememberByKey(async (key: string) => `${key}!`, { clock, maxAgeMs: 1_000, mostKept: 2 });

    expect(await values.current('a')).toBe('a!');
    expect(await values.current('b')).toBe('b!');
  });

  it('drops all others for one key more than it may keep', async () => {
    const { clock } = counted();
    const reads: string[] = [];
    const values = rememberByKey(async (key: string) => reads.push(key), {
      clock,
      maxAgeMs: 1_000,
      mostKept: 2,
    });
    for (const key of ['a', 'b', 'a', 'c', 'a']) await values.current(key);

    expect(reads).toEqual(['a', 'b', 'c', 'a']);
  });

  it('does not keep a value that isKept refuses', async () => {
    const { clock } = counted();
    const answers = [undefined, 'there', 'later'];
    const values = rememberByKey(async (_key: string) => answers.shift(), {
      clock,
      maxAgeMs: 1_000,
      mostKept: 2,
      isKept: (value) => value !== undefined,
    });

    expect(await values.current('a')).toBeUndefined();
    expect(await values.current('a')).toBe('there');
    expect(await values.current('a')).toBe('there');
  });
});
