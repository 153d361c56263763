import { Option } from 'commander';
import { makeWatch } from '../../../shared/ops/queues/watch-snapshot';
import type { WatchSnapshot } from '../../../shared/ops/queues/watch-snapshot';
import { addExample } from '../../options/add-example';
import { wholeNumber } from '../../options/number-option';
import type { DefineCommand } from '../../program';
import { overdraw, renderWatch, renderWatchLine } from '../../render/render-watch';
import { jsonOption } from '../../options/rule-options';
import { factsFor, visibleJson } from '../../visible-text';
import { addTargetOptions, withTarget } from '../../target/target';
import type { TargetOptions } from '../../target/target';
import { sleepUnlessAborted, watchLoop } from '../../watch/watch-loop';

type Options = TargetOptions & {
  readonly json?: true;
  readonly interval: number;
  readonly count?: number;
};

/** licenser queue watch [--interval SECONDS] [--count N] */
export const define: DefineCommand = (command, { io }) => {
  command
    .addOption(
      new Option('--interval <seconds>', 'between two looks').argParser(wholeNumber(1, 3_600)).default(2),
    )
    .addOption(new Option('--count <n>', 'end after so many').argParser(wholeNumber(1, 1e9)));
  addExample(
    addTargetOptions(command).addOption(jsonOption()),
    'queue watch',
    'queue watch --interval 10 | tee watch.log',
    'queue watch --count 1 --json',
  );
  command.action(async ({ interval, count = Infinity, ...options }: Options) => {
    const stop = new AbortController();
    const end = () => stop.abort();
    // The reader of a pipe may end first.
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
    process.stdout.on('error', end);
    let frame: string | null = null;
    const show = (seen: WatchSnapshot) => {
      const snapshot = factsFor(options, seen);
      if (options.json) io.print(`${visibleJson(snapshot, 0)}\n`);
      else if (process.stdout.isTTY) {
        const next = renderWatch(snapshot);
        io.print(overdraw(frame, next));
        frame = next;
      } else io.print(`${renderWatchLine(snapshot)}\n`);
    };
    try {
      await withTarget(options, ({ pipeline, inspector }) =>
        watchLoop({
          read: makeWatch(pipeline, inspector()),
          show,
          intervalMs: interval * 1_000,
          count,
          signal: stop.signal,
          sleep: sleepUnlessAborted,
        }),
      );
    } finally {
      process.off('SIGINT', end);
      process.off('SIGTERM', end);
    }
  });
};
