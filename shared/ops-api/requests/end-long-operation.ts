import { ConcurrencyError, TransientError, ensureError } from '../../kernel/errors';
import type { LongOperation } from '../../store/ports/ops/operator-request';
import type { Stored } from '../../store/ports/record-store';
import type { OpsServices } from '../route';

/** Characters of JSON that a result may take: a row holds more than twice as many, escaped ones too. */
const longestResult = 200_000;
/** Members of a long list that stay in a result that is cut. */
const mostMembers = 100;

export type LongOperationEnd = Pick<LongOperation, 'state' | 'result' | 'problem' | 'endedAt'>;

/**
 * Writes how an operation ended. A row that cannot hold it holds less: the work is done, and must not be begun again
 * because its answer is too long.
 * @throws TransientError, ConcurrencyError as the store does
 */
export async function endLongOperation(
  { operations, logger }: Pick<OpsServices, 'operations' | 'logger'>,
  stored: Stored<LongOperation>,
  end: LongOperationEnd,
): Promise<void> {
  try {
    await operations.update(stored, { ...stored.value, ...end, result: cutResult(end.result) });
  } catch (thrown) {
    if (thrown instanceof TransientError || thrown instanceof ConcurrencyError) throw thrown;
    logger.error('The result of an operation cannot be stored', {
      operation: stored.id,
      error: ensureError(thrown),
    });
    const { status, code, detail } = end.problem ?? {};
    await operations.update(stored, {
      ...stored.value,
      ...end,
      result: { isCut: true },
      problem: end.problem === null ? null : { status, code, detail: String(detail).slice(0, 1_000) },
    });
  }
}

/**
 * A result that fits a row: of one that is too long, each list keeps its first 100 members, and `cut` says how many
 * each had. The shape stays, so that clients read it as before.
 */
export function cutResult(result: unknown): unknown {
  if (result === null || typeof result !== 'object' || lengthOf(result) <= longestResult) return result;
  if (Array.isArray(result)) return result.slice(0, mostMembers) as unknown;
  const cut: Record<string, number> = {};
  const short = Object.entries(result).map(([name, value]: [string, unknown]) => {
    if (!Array.isArray(value) || value.length <= mostMembers) return [name, value] as const;
    cut[name] = value.length;
    return [name, value.slice(0, mostMembers) as unknown] as const;
  });
  const smaller = { ...Object.fromEntries(short), cut };
  return lengthOf(smaller) <= longestResult ? smaller : { isCut: true };
}

/** In the escaped form of the tables: six characters for each one beyond ASCII. */
function lengthOf(value: unknown): number {
  return JSON.stringify(value).replace(/[^\x20-\x7e]/g, '      ').length;
}
