import { showStatus } from '../../shared/ops-api/routes/status';
import type { Verdict } from '../../shared/ops/status/verdict';
import { addExample } from '../options/add-example';
import { jsonOption } from '../options/rule-options';
import { printJson } from '../io';
import type { DefineCommand } from '../program';
import { paint } from '../render/paint';
import { renderTime } from '../render/render-time';
import { wrapText } from '../render/wrap-text';
import { addReadOptions, readRoute } from '../target/read-route';
import type { ReadOptions } from '../target/read-route';

type Options = ReadOptions & { readonly json?: true };

/** licenser status */
export const define: DefineCommand = (command, { io, exit }) => {
  addExample(addReadOptions(command).addOption(jsonOption()), 'status', 'status --target azure --json');
  command.action(async (options: Options) => {
    const verdict = await readRoute(options, io, showStatus, {});
    if (options.json) printJson(io, verdict);
    else io.print(renderVerdict(verdict));
    if (verdict.verdict !== 'licensing') exit(1);
  });
};

const words = {
  licensing: ['green', 'Licensing'],
  late: ['yellow', 'Late'],
  partly: ['yellow', 'Partly'],
  stopped: ['red', 'Stopped'],
  unknown: ['dim', 'Not known'],
} as const;

/** The verdict on one line, then each cause with what to do. */
export function renderVerdict({ verdict, since, causes }: Verdict): string {
  const [color, word] = words[verdict];
  const [worst] = causes;
  const from = since === null ? '' : ` since ${renderTime(since).slice(0, 16)} (UTC)`;
  const head = `${paint(color, word)}${from}${worst === undefined ? '' : `: ${worst.text}`}\n`;
  const lines = causes.flatMap(({ text, todo, action }, index) => [
    ...wrapText(`${String(index + 1)}  ${text}`, 80),
    ...wrapText(todo, 76).map((line) => `   ${line}`),
    ...(action === undefined ? [] : [`   ${action}`]),
  ]);
  return lines.length === 0 ? head : `${head}\n${lines.join('\n')}\n`;
}
