import { Option } from 'commander';
import { showExceptions } from '../../../shared/ops-api/routes/users';
import type { ExceptionView } from '../../../shared/ops/exceptions/list-exceptions';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { wholeNumber } from '../../options/number-option';
import type { DefineCommand } from '../../program';
import { paint } from '../../render/paint';
import { exceptionLines } from '../../render/render-exception';
import { jsonOption } from '../../options/rule-options';
import { addReadOptions, readItems } from '../../target/read-route';
import type { ReadOptions } from '../../target/read-route';

type Options = ReadOptions & { readonly json?: true; readonly limit: number };

/** licenser exception list */
export const define: DefineCommand = (command, { io }) => {
  command.addOption(
    new Option('--limit <n>', 'so many at most').argParser(wholeNumber(1, 100_000)).default(50),
  );
  addExample(addReadOptions(command).addOption(jsonOption()), 'exception list');
  command.action(async ({ limit, ...options }: Options) => {
    // One more tells whether there are others.
    const exceptions = await readItems(options, io, showExceptions, {}, limit + 1);
    if (options.json) printJson(io, exceptions.slice(0, limit));
    else io.print(renderExceptions(exceptions, limit));
  });
};

/** The exceptions as a table; at most `limit` of them. */
export function renderExceptions(exceptions: readonly ExceptionView[], limit: number): string {
  if (exceptions.length === 0) return 'No user has an exception: the policy decides for all.\n';
  const blocks = exceptions
    .slice(0, limit)
    .map((one) => [paint('bold', one.userPrincipalName ?? one.userId), ...exceptionLines(one)].join('\n'));
  const isMore = exceptions.length > limit;
  const count = exceptions.length === 1 ? '1 exception' : `${String(exceptions.length)} exceptions`;
  const end = isMore
    ? `More than ${String(limit)} exceptions, the first ones are shown; more: --limit`
    : count;
  return `${blocks.join('\n\n')}\n\n${end}\n`;
}
