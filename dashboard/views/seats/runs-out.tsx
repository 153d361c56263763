import type { Answer } from '../../api/routes';
import { Prose } from '../../parts/prose';
import { Time } from '../../parts/time';

export type Forecast = Answer<'history.showForecast'>[number];

/** Until when the seats last, or why that is not known. `free`: seats that are free now. */
export function RunsOut({
  forecast,
  free,
}: {
  readonly forecast: Forecast | undefined;
  readonly free: number;
}) {
  if (free <= 0) return <>now</>;
  if (forecast === undefined) return <>not known</>;
  if (forecast.runsOutAt !== null) return <Time at={forecast.runsOutAt} />;
  if (forecast.note === null) return <>not within a year</>;
  return (
    <>
      not known
      <span class="quiet">
        : <Prose text={forecast.note} />
      </span>
    </>
  );
}
