import { showCensus } from '../../../shared/ops-api/routes/tenant';
import type { CensusStatus } from '../../../shared/ops/census/census';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { paint } from '../../render/paint';
import { renderTime } from '../../render/render-time';
import { labeled } from '../../render/wrap-text';
import { jsonOption } from '../../options/rule-options';
import { addReadOptions, readRoute } from '../../target/read-route';
import type { ReadOptions } from '../../target/read-route';

type Options = ReadOptions & { readonly json?: true };

/** licenser census status */
export const define: DefineCommand = (command, { io, exit }) => {
  addExample(addReadOptions(command).addOption(jsonOption()), 'census status', 'census status --json');
  command.action(async (options: Options) => {
    const status = await readRoute(options, io, showCensus, {});
    if (options.json) printJson(io, status);
    else io.print(renderCensus(status));
    if ((status.census?.counts.unsettled ?? 0) > 0) exit(1);
  });
};

const notYet: Readonly<Record<CensusStatus['state'], string>> = {
  never: 'There was no census yet, and none is due. Ask for one:\n  licenser census start\n',
  due: 'The first census begins within a minute.\n',
  running: '',
  done: '',
};

/** The last census, or the one that runs, as labeled lines. */
export function renderCensus({ state, census }: CensusStatus): string {
  if (census === null) return notYet[state];
  const { counts } = census;
  const number = (count: number) => String(count);
  const lines = [
    paint('bold', `Census, ${census.reason} (${census.by})`),
    labeled('state', state === 'done' ? 'done' : `${state}: ${census.phase}`),
    labeled('began', `${renderTime(census.startedAt)} (UTC)`),
    ...(census.endedAt === null ? [] : [labeled('ended', `${renderTime(census.endedAt)} (UTC)`)]),
    labeled('users', `${number(counts.users)}, ${number(counts.inScope)} in scope`),
    labeled('outcomes', `${number(counts.withoutOutcome)} in scope had none when it came by`),
    labeled('looked at', `${number(counts.looks)}, ${number(census.waitingFor)} of them not settled yet`),
    labeled('left over', `${number(counts.unsettled)} without an outcome in the end (should be 0)`),
    ...census.unsettledUsers.map((id) => labeled('', id)),
    ...(counts.gone === 0
      ? []
      : [labeled('gone', `${number(counts.gone)} known users are not in the directory`)]),
    ...(counts.listed + counts.unlisted === 0
      ? []
      : [
          labeled(
            'lists',
            `${number(counts.listed)} users put on one, ${number(counts.unlisted)} taken off, as their rows say`,
          ),
        ]),
    labeled('by hand', `${number(counts.drifted)} users hold a license of the product that a person changed`),
    ...census.drift.map(({ userPrincipalName, id, text }) =>
      labeled('', `${userPrincipalName ?? id}: ${text}`),
    ),
  ];
  const hidden = counts.drifted - census.drift.length;
  if (hidden > 0) lines.push(labeled('', `and ${number(hidden)} more`));
  return `${lines.join('\n')}\n`;
}
