import { showFailure } from '../../../shared/ops-api/routes/failures';
import type { FailureStory } from '../../../shared/ops/failures/show-failure';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { paint, paintWord } from '../../render/paint';
import { renderFailure } from '../../render/render-failures';
import { renderTable } from '../../render/render-table';
import { renderTime } from '../../render/render-time';
import { renderWouldDecide } from '../../render/render-would-decide';
import { labeled } from '../../render/wrap-text';
import { jsonOption } from '../../options/rule-options';
import { addReadOptions, readRoute } from '../../target/read-route';
import type { ReadOptions } from '../../target/read-route';

type Options = ReadOptions & { readonly json?: true };

/** licenser failure show SUBJECT */
export const define: DefineCommand = (command, { io }) => {
  command.argument('<subject>', 'id or userPrincipalName, or message:ID');
  addExample(addReadOptions(command).addOption(jsonOption()), 'failure show ann.bakker@contoso.com');
  command.action(async (subject: string, options: Options) => {
    const story = await readRoute(options, io, showFailure, { subject });
    if (options.json) printJson(io, story);
    else io.print(renderStory(story));
  });
};

/** The story of one subject of failures as labeled lines. */
export function renderStory({
  subject,
  userPrincipalName,
  failures,
  outcome,
  next,
  timeline,
  now,
}: FailureStory): string {
  const head = [
    paint('bold', userPrincipalName ?? subject),
    ...(userPrincipalName === null ? [] : [labeled('id', subject)]),
    ...(outcome === null ? [] : [labeled('outcome', paintWord(outcome))]),
    ...(next === null
      ? []
      : [labeled('next', `${next.at === null ? '' : `${renderTime(next.at)} (UTC): `}${next.text}`)]),
  ];
  const parts = [
    head.join('\n'),
    failures.length === 0
      ? 'Nothing was given up on for this user.'
      : failures.map((view) => renderFailure(view).slice(1).join('\n')).join('\n\n'),
    ...(timeline.length === 0
      ? []
      : [
          renderTable(
            [{ title: 'time (UTC)' }, { title: 'step' }, { title: 'what', flexible: true }],
            timeline.map(({ at, step, text }) => [renderTime(at), step, text]),
          ).trimEnd(),
        ]),
    ...(now === null ? [] : [`What deciding would say now (nothing is changed):\n${renderWouldDecide(now)}`]),
  ];
  return `${parts.join('\n\n')}\n`;
}
