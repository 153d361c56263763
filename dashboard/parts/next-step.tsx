import { Prose } from './prose';
import { Time } from './time';

/** What is done next for a user, and when; `null`: nothing is due. */
export function NextStep({
  next,
}: {
  readonly next: { readonly at: string | null; readonly text: string } | null;
}) {
  if (next === null) return <>Next: nothing is due until the user or the policy changes.</>;
  return (
    <>
      Next
      {next.at === null ? null : (
        <>
          , <Time at={next.at} />
        </>
      )}
      : <Prose text={next.text} />
    </>
  );
}
