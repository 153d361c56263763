import { readErrorBody } from './error-body';
import { graphErrorFacts } from './graph-error-classes';
import type { GraphErrorClass } from '../../words/reason-codes/graph-error-class';
import { toGraphError } from './refused-answer';

/** How the product takes an answer of Graph's, for a person who has one in hand. */
export type ExplainedAnswer = {
  readonly class: GraphErrorClass;
  /** error.code; '' when there is none. */
  readonly code: string;
  /** error.message, verbatim; '' when there is none. */
  readonly text: string;
  readonly meaning: string;
  readonly whatHappens: string;
  readonly todo: string;
  /** The product tries again by itself. */
  readonly retried: boolean;
};

/** Graph's business rules answer 400, so that is what an error body without a status is taken for. */
const defaultStatus = 400;

/**
 * Explains an error body by the very function that the pipeline uses. A part of a `$batch` answer brings its own status.
 * Never throws.
 *
 * @param body as Graph gave it: JSON, a web page, or nothing
 * @param answer.retryAfter the header of that name, if there was one: seconds or a date
 * @param now milliseconds
 */
export function explainAnswer(
  body: string,
  answer: { readonly status?: number | undefined; readonly retryAfter?: string | undefined },
  now: number,
): ExplainedAnswer {
  const part = batchPart(body);
  const status = answer.status ?? part?.status ?? defaultStatus;
  const headers = new Headers(answer.retryAfter === undefined ? {} : { 'retry-after': answer.retryAfter });
  const content = part === undefined ? body : part.body;
  const error = toGraphError({ status, headers, body: content }, undefined, now);
  const { meaning, whatHappens, todo, retried } = graphErrorFacts[error.class];
  const wait = error.retryAfterMs;
  const asked = wait === undefined ? '' : ` Graph asks to wait ${String(Math.ceil(wait / 1_000))} s.`;
  const { text } = readErrorBody(content);
  return {
    class: error.class,
    code: error.graphCode,
    text,
    meaning,
    whatHappens: `${whatHappens}${asked}`,
    todo,
    retried,
  };
}

function batchPart(text: string): { readonly status: number; readonly body: unknown } | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null || !('status' in parsed) || !('body' in parsed))
      return undefined;
    return typeof parsed.status === 'number' ? { status: parsed.status, body: parsed.body } : undefined;
  } catch {
    return undefined;
  }
}
