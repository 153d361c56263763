import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { UserState } from '../../../../shared/words/user-state';
import { makePipelineWorld } from '../../../support/pipeline-world';
import type { Sent } from '../../../support/pipeline-world';

/** Rows and messages as the version of commit 080cba5 left them, recorded by its own handlers in this very world. */
type Recorded = {
  readonly name: string;
  readonly now: number;
  readonly state: unknown;
  readonly ledger: ReturnType<ReturnType<typeof makePipelineWorld>['ledger']>;
  readonly sent: readonly Sent[];
};
const recorded = JSON.parse(
  readFileSync(join(__dirname, 'recorded', 'rows-of-080cba5.json'), 'utf8'),
) as readonly Recorded[];

/** The world goes on from what was recorded, with everything in order from then on. */
function goOn({ now, state, ledger, sent, name }: Recorded) {
  const t = makePipelineWorld();
  t.restore({ now, state: UserState.parse(state), ledger, sent });
  if (name.startsWith('the process ended')) t.hold([...(t.state()?.intent?.add[0]?.disabledPlans ?? [])]);
  if (name === 'licensed') t.hold([...(ledger[0]?.disabledByUs ?? [])]);
  return t;
}

/** Handles messages until there is none, at most 50. */
async function untilQuiet(t: ReturnType<typeof goOn>): Promise<void> {
  for (let messages = 0; messages < 50 && (await t.step()); messages++);
}

/** The message of the agenda counts: it is the one that was scheduled last. */
const tokens = (sent: readonly Sent[]) =>
  sent.flatMap((one) =>
    one.kind === 'hint' && one.hint.retryToken !== undefined ? [one.hint.retryToken] : [],
  );

describe('rows of version 080cba5', () => {
  it.each(recorded)('are taken over: $name', async (left) => {
    const t = goOn(left);

    await untilQuiet(t);

    const expected = left.name === 'failed' ? 'failed' : 'licensed';
    expect(t.state()).toMatchObject({ outcome: expected, intent: null });
    expect(t.writes.length).toBeLessThanOrEqual(1);
    if (expected === 'licensed') expect(t.ledger()).toHaveLength(1);
  });

  it.each(recorded.filter(({ state }) => UserState.parse(state).retry !== null))(
    'keep their one slot as the head of the agenda: $name',
    async (left) => {
      const t = goOn(left);
      const { retry } = UserState.parse(left.state);
      if (retry === null) throw new Error('there is a slot');

      expect(tokens(left.sent)).toContain(retry.token);
      await t.step();
      expect(t.state()?.looks).toBeGreaterThanOrEqual(UserState.parse(left.state).looks);
    },
  );

  it('may be written back by a host that knows of no agenda: what it drops is found again', async () => {
    const t = makePipelineWorld();
    t.world.user.properties['department'] = 'Legal';
    t.world.policyText = `version: 1
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    memberOf: [SG-Sales]
    assign:
      - { sku: EMS }
`;
    t.world.user.groups = [];
    await t.decide();
    t.advance(60_000);
    await t.decide(t.hint({ source: 'notification' }));
    const { later, ...old } = t.state() ?? {};
    expect(later).toMatchObject([{ key: 'groups' }]);
    // As the old version reads and writes it.
    t.restore({ now: t.now(), state: UserState.omit({ later: true }).parse(old), ledger: [], sent: t.sent });

    await t.step();
    await t.step();

    expect([t.state()?.retry, ...(t.state()?.later ?? [])]).toContainEqual(
      expect.objectContaining({ key: 'groups' }),
    );
  });
});
