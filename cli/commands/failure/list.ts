import { Option } from 'commander';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { wholeNumber } from '../../options/number-option';
import type { DefineCommand } from '../../program';
import { renderFailureList } from '../../render/render-failures';
import { renderOldPauses } from '../../render/render-pauses';
import { jsonOption } from '../../options/rule-options';
import { addReadOptions, isByApi, withReader } from '../../target/read-route';
import type { ReadOptions } from '../../target/read-route';
import { failureStates } from '../../../shared/words/failure';
import type { FailureState } from '../../../shared/words/failure';
import { failuresLeftOut, readFailures } from './read-failures';

type Options = ReadOptions & {
  readonly json?: true;
  readonly class?: string;
  readonly state: FailureState;
  readonly limit?: number;
  readonly byClass?: true;
  readonly skip: number;
};

const pageLength = 20;

/** licenser failure list [--class CLASS] [--state STATE] */
export const define: DefineCommand = (command, { io }) => {
  command
    .addOption(new Option('--class <class>', 'only this class'))
    .addOption(
      new Option('--state <state>', 'open, dismissed by an operator, or replayed')
        .choices(failureStates)
        .default('open'),
    )
    .addOption(
      new Option('--limit <n>', 'so many at most (default: 20; with --json all)').argParser(
        wholeNumber(1, 100_000),
      ),
    )
    .addOption(new Option('--by-class', 'only the counts by class'))
    .addOption(new Option('--skip <n>', 'so many from the front').argParser(wholeNumber(0, 1e9)).default(0));
  addExample(
    addReadOptions(command).addOption(jsonOption()),
    'failure list',
    'failure list --class seats --limit 100',
    'failure list --state dismissed --json',
    'failure list --by-class --json',
  );
  command.action(async ({ class: only, state, limit, skip, byClass, ...options }: Options) => {
    const wanted = byClass ? 0 : (limit ?? (options.json ? Infinity : pageLength));
    const filter = { state, ...(only === undefined ? {} : { class: only }) };
    const portion = isByApi(options) ? 200 : Infinity;
    const list = await withReader(options, io, (read) =>
      readFailures(read, { filter, skip, wanted, portion }),
    );
    if (!options.json) {
      io.print(renderFailureList(list));
      return;
    }
    const { entries, ...counts } = list;
    printJson(io, byClass ? counts : entries);
    io.complain(failuresLeftOut(list, wanted));
    io.complain(renderOldPauses(list.oldPauses));
  });
};
