import { InvalidArgumentError, Option } from 'commander';
import { explainAnswer } from '../../shared/graph/refusals/explain-answer';
import type { ExplainedAnswer } from '../../shared/graph/refusals/explain-answer';
import { addExample } from '../options/add-example';
import { printFacts, readTextFile } from '../io';
import { jsonOption } from '../options/rule-options';
import type { DefineCommand } from '../program';

type Options = { readonly status?: number; readonly retryAfter?: string; readonly json?: true };

/** licenser graph-error [--status N] [--retry-after S] FILE|- */
export const define: DefineCommand = (command, { io }) => {
  command
    .argument('<file>', 'an error body as Graph gave it; - for standard input')
    .addOption(
      new Option('--status <number>', 'HTTP status of the answer (default: 400)').argParser(toStatus),
    )
    .addOption(new Option('--retry-after <seconds>', 'its Retry-After header, if it had one'))
    .addOption(jsonOption());
  addExample(command, 'graph-error --status 403 answer.json', 'graph-error - < answer.json');
  command.action(async (file: string, options: Options) => {
    const body = await readTextFile(io, file);
    const { status, retryAfter } = options;
    const explained = explainAnswer(body, { status, retryAfter }, io.now());
    printFacts(io, options, explained, render);
  });
};

function toStatus(text: string): number {
  const status = Number(text);
  if (/^\d{3}$/.test(text) && status >= 100 && status < 600) return status;
  throw new InvalidArgumentError('An HTTP status has three digits, such as 403.');
}

function render({ class: name, code, text, meaning, whatHappens, todo, retried }: ExplainedAnswer): string {
  const said = [code, text].filter((part) => part !== '').join(': ');
  return [
    `${name}${retried ? ', tried again by itself' : ''}`,
    ...(said === '' ? [] : [`  Graph said     ${said}`]),
    `  it means       ${meaning}`,
    `  what happens   ${whatHappens}`,
    `  what to do     ${todo}`,
    '',
  ].join('\n');
}
