import { createHash } from 'node:crypto';
import type { Clock } from '../../kernel/clock';
import { ConcurrencyError } from '../../kernel/errors';
import { timing } from '../../kernel/timing';
import type { RememberedAnswer } from '../../store/ports/ops/operator-request';
import type { RecordStore, Stored } from '../../store/ports/record-store';
import { OpsProblem } from '../problem';

export type Answer = { readonly status: number; readonly body: unknown };

/**
 * Does the work of a request once for an Idempotency-Key: a repetition gets the first answer for a day. Refusals
 * are remembered as well; what failed for want of a service is not, so that the repetition tries again.
 * @throws OpsProblem 409 `ops/request-under-way`, 422 `ops/idempotency-key-used`
 */
export async function rememberAnswer(
  store: RecordStore<RememberedAnswer>,
  clock: Clock,
  request: { readonly caller: string; readonly key: string; readonly digest: string },
  work: (first: FirstRequest) => Promise<Answer>,
): Promise<Answer & { readonly isRepeated: boolean }> {
  const id = createHash('sha256').update(`${request.caller} ${request.key}`).digest('hex');
  const begun = await begin(store, clock, id, request.digest);
  if ('answer' in begun) return { ...begun.answer, isRepeated: true };
  const { stored } = begun;
  let answer: Answer;
  try {
    answer = await work({ at: stored.value.at, name: id.slice(0, 8) });
  } catch (thrown) {
    await letGo(store, stored);
    throw thrown;
  }
  if (answer.status >= 500 || answer.status === 429) await letGo(store, stored);
  else await store.update(stored, { ...stored.value, status: answer.status, body: answer.body });
  return { ...answer, isRepeated: false };
}

/** The first request with a key. The same for all its repetitions, so that what they make has one name. */
export type FirstRequest = { readonly at: number; readonly name: string };

/** The next repetition tries again, under the same name: something may have been done already. */
async function letGo(store: RecordStore<RememberedAnswer>, stored: Stored<RememberedAnswer>): Promise<void> {
  try {
    await store.update(stored, { ...stored.value, takenAt: 0 });
  } catch (error) {
    // A repetition that came in between has it now.
    if (!(error instanceof ConcurrencyError)) throw error;
  }
}

async function begin(
  store: RecordStore<RememberedAnswer>,
  clock: Clock,
  id: string,
  digest: string,
): Promise<{ readonly answer: Answer } | { readonly stored: Stored<RememberedAnswer> }> {
  const now = clock.now();
  const fresh: RememberedAnswer = { at: now, digest, status: null, body: null };
  for (;;) {
    const known = await store.read(id);
    try {
      if (known === undefined) return { stored: await store.create(id, fresh) };
      const { value } = known;
      if (now - value.at > timing.ops.idempotency.ms) return { stored: await store.update(known, fresh) };
      if (value.digest !== digest) throw keyUsed();
      if (value.status !== null) return { answer: { status: value.status, body: value.body } };
      if (now - (value.takenAt ?? value.at) < timing.ops.requestTaken.ms) throw underWay();
      return { stored: await store.update(known, { ...value, takenAt: now }) };
    } catch (error) {
      if (!(error instanceof ConcurrencyError)) throw error;
    }
  }
}

/** The digest of what a request asks for. */
export function digestOf(method: string, path: string, body: string): string {
  return createHash('sha256').update(`${method} ${path}\n${body}`).digest('hex');
}

function keyUsed(): OpsProblem {
  return new OpsProblem(
    422,
    'ops/idempotency-key-used',
    'This Idempotency-Key was used for another request.',
    {
      hint: 'Make a new key for each action; repeat it only with the same request.',
    },
  );
}

function underWay(): OpsProblem {
  return new OpsProblem(
    409,
    'ops/request-under-way',
    'The first request with this Idempotency-Key has no answer yet.',
    {
      hint: 'Repeat it in some seconds.',
      retryAfterSeconds: 5,
    },
  );
}
