import { Option } from 'commander';
import { listFailures } from '../../shared/ops/failures/list-failures';
import { failureStates } from '../../shared/store/ports';
import type { FailureState } from '../../shared/store/ports';
import { addExample } from '../add-example';
import { printJson } from '../io';
import { wholeNumber } from '../number-option';
import type { DefineCommand } from '../program';
import { renderFailureList } from '../render/render-failures';
import { jsonOption } from '../rule-options';
import { addTargetOptions, withTarget } from '../target';
import type { TargetOptions } from '../target';

type Options = TargetOptions & {
  readonly json?: true;
  readonly class?: string;
  readonly state: FailureState;
  readonly limit: number;
  readonly skip: number;
};

/** licenser failure list [--class CLASS] [--state STATE] */
export const defineFailureList: DefineCommand = (command, { io }) => {
  command
    .addOption(new Option('--class <class>', 'only this class'))
    .addOption(
      new Option('--state <state>', 'open, dismissed by somebody, or replayed')
        .choices(failureStates)
        .default('open'),
    )
    .addOption(new Option('--limit <n>', 'so many at most').argParser(wholeNumber(1, 100_000)).default(20))
    .addOption(new Option('--skip <n>', 'so many from the front').argParser(wholeNumber(0, 1e9)).default(0));
  addExample(
    addTargetOptions(command).addOption(jsonOption()),
    'failure list',
    'failure list --class seats --limit 100',
    'failure list --state dismissed --json',
  );
  command.action(async ({ class: only, state, limit, skip, ...options }: Options) => {
    const list = await withTarget(options, ({ inspector, pipeline }) =>
      listFailures(pipeline, inspector(), {
        state,
        limit,
        skip,
        ...(only === undefined ? {} : { class: only }),
      }),
    );
    if (options.json) printJson(io, list);
    else io.print(renderFailureList(list));
  });
};
