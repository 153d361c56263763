import { Prose } from '../../parts/prose';
import { Time } from '../../parts/time';
import type { SeatsLast } from './seats-last';

/** Until when the seats last, or why that is not known. `isShort`: where there is no room for why. */
export function RunsOut({ last, isShort = false }: { readonly last: SeatsLast; readonly isShort?: boolean }) {
  if (last.kind === 'none') return <>–</>;
  if (last.kind === 'date') return <Time at={last.at} />;
  const { words, why } = last;
  if (why === null) return <>{words}</>;
  if (isShort) return <span class="quiet">{words}</span>;
  return (
    <>
      {words}
      <span class="quiet">
        : <Prose text={why} />
      </span>
    </>
  );
}
