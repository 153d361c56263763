import type { Clock } from '../../kernel/clock';
import type { AnyRoute } from '../route';

/** Answers of one process that are kept at a time. */
const mostKept = 64;

/** Answers that many readers share, so that ten pages cost about as much as one. */
export class SharedAnswers {
  readonly #clock: Clock;
  #kept = new Map<string, { readonly at: number; readonly answer: Promise<unknown> }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The answer that was given to the same question lately, or the one that `work` gives now. @throws what `work` throws */
  answer(route: AnyRoute, input: unknown, work: () => Promise<unknown>): Promise<unknown> {
    const { sharedMs } = route;
    if (sharedMs === undefined) return work();
    const kept = this.#kept;
    const key = `${route.id} ${JSON.stringify(input)}`;
    const now = this.#clock.now();
    const known = kept.get(key);
    if (known !== undefined && now - known.at < sharedMs) return known.answer;
    if (kept.size >= mostKept) kept.clear();
    const answer = work();
    kept.set(key, { at: now, answer });
    // A failure is each caller's own.
    answer.catch(() => kept.delete(key));
    return answer;
  }

  /** Something was changed: who reads next sees it. */
  forget(): void {
    this.#kept = new Map();
  }
}
