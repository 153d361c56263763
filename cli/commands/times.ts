import { Option } from 'commander';
import { showTimes } from '../../shared/ops-api/routes/tenant';
import { addExample } from '../options/add-example';
import { printJson } from '../io';
import { wholeNumber } from '../options/number-option';
import type { DefineCommand } from '../program';
import { renderTimes } from '../render/render-times';
import { jsonOption } from '../options/rule-options';
import { addReadOptions, readRoute } from '../target/read-route';
import type { ReadOptions } from '../target/read-route';

type Options = ReadOptions & { readonly json?: true; readonly hours: number };

/** licenser times [--hours N] */
export const define: DefineCommand = (command, { io }) => {
  command.addOption(
    new Option('--hours <n>', 'so many hours back').argParser(wholeNumber(1, 24 * 365)).default(24),
  );
  addExample(addReadOptions(command).addOption(jsonOption()), 'times', 'times --hours 168 --json');
  command.action(async ({ hours, ...options }: Options) => {
    const times = await readRoute(options, io, showTimes, { hours });
    if (options.json) printJson(io, times);
    else io.print(renderTimes(times, hours));
  });
};
