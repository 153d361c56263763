/** What the page has in the place of a command that a text of the product names. The longer command first. */
const places: readonly (readonly [command: string, place: string])[] = [
  ['failure replay(?: --class [\\w-]+)?', '“Replay”'],
  ['failure list(?: --state dismissed)?', 'the page Failures'],
  ['apply --user(?: [^\\s`"]+(?<![.,;:)\']))?', '“Look again” on the user’s page'],
  ['user show(?: USER)?', 'the user’s page'],
  ['explain', '“Rules” on the user’s page'],
  ['undo --release', '“End the undo…”'],
  ['exception release', '“End the exceptions…”'],
  ['sku (?:list|conflicts)', 'the page Waiting & seats'],
  ['waiting list', 'the page Waiting & seats'],
  ['rollout list', 'the page Rollouts'],
  ['rollout show(?: \\w+-[\\w-]+)?', 'its page under Rollouts'],
  ['approval list', 'the page Rollouts'],
  ['policy check(?: FILE)?', '“Edit, check and plan” on the page Policy'],
  ['policy list', 'the page Policy'],
  ['queue status', 'the page Queue'],
  ['queue resume', '“Resume…” on the page Queue'],
  ['census start', '“Start a census…” on the overview'],
];

const rules = places.map(
  ([command, place]) =>
    [
      new RegExp(`\`licenser ${command}\`|"licenser ${command}"|\\blicenser ${command}\\b`, 'g'),
      place,
    ] as const,
);

/** A text that the command line shares, with the places of the page instead of commands that the page stands for. */
export function onPage(text: string): string {
  return rules.reduce((said, [command, place]) => said.replace(command, place), text);
}
