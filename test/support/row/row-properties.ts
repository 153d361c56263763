import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { entriesOf, notYetDue } from '../../../shared/pipeline/row/agenda/agenda';
import type { AgendaEntry } from '../../../shared/pipeline/row/agenda/agenda';
import type { Row } from '../../../shared/pipeline/row/events';
import { timing } from '../../../shared/kernel/timing';
import { happenings, worlds } from './happenings';
import type { World } from './happenings';
import { assign, ems } from './row-events';
import { forEachEvent, isAnswer, playAll, renderEntries, stories, tokenOf } from './stories';
import type { Runs } from './stories';

const minute = 60_000;

/** What holds of the row machine, whatever happens to a user in whatever order. */
export function describeRowProperties(runs: Runs): void {
  describe(`the machine of a row (${runs.numRuns} stories each)`, () => {
    it('loses no cause: what is still to come stays on the agenda until an answer', () => {
      forEachEvent(runs, (happened) => {
        if (isAnswer(happened)) return;
        const { row, event, now, step } = happened;
        const after = entriesOf(step.row.state);
        for (const { key, at } of notYetDue(row.state, tokenOf(event), now)) {
          const same = after.find((entry) => entry.key === key);
          // The same cause, met once more, is due at its new time.
          const isMetAgain = same !== undefined && same.at !== at && event.kind !== 'hinted';
          expect({ event: event.kind, key, isThere: same?.at === at || isMetAgain }).toEqual({
            event: event.kind,
            key,
            isThere: true,
          });
        }
      });
    });

    it('an answer drops only causes that it answers', () => {
      forEachEvent(runs, ({ row, event, now, step }) => {
        if (event.kind !== 'looked' && event.kind !== 'written') return;
        const after = entriesOf(step.row.state);
        const has = (cause: string) => after.some(({ key }) => key === cause);
        const pending = notYetDue(row.state, tokenOf(event), now);
        const { decision, usesGroups } = event.seen;
        const isSeen = event.kind === 'looked' && row.state?.digest !== step.row.state?.digest;
        for (const { key } of pending) {
          if (key === 'echo') expect(has('echo')).toBe(true);
          if (key === 'groups' && usesGroups) expect(has('groups')).toBe(true);
          if (key === 'lag' && !isSeen) expect(has('lag')).toBe(true);
        }
        expect(has('due')).toBe(decision.lookAgainAt !== null);
        expect(has('waiting')).toBe(decision.skus.some(({ outcome }) => outcome === 'waiting'));
        if (has('groups')) expect(usesGroups).toBe(true);
      });
    });

    it('has a message for the earliest cause that is still to come', () => {
      forEachEvent(runs, ({ event, now, step }) => {
        const { state } = step.row;
        const pending = notYetDue(state, undefined, now);
        // The handler goes on, or the very message in hand comes again.
        if (step.result === undefined || state === null || pending.length === 0) return;
        if (step.before.some(({ kind }) => kind === 'resend')) return;
        if (event.kind === 'proposed' || event.kind === 'verified') return;
        // What comes of a hint that is absorbed or replaced does not concern the message that counts.
        if (event.kind === 'hinted' && step.result.kind === 'done') return;
        const token = tokenOf(event);
        const isInHand = token !== undefined && state.retry?.token === token;
        expect({ event: event.kind, isInHand }).toEqual({ event: event.kind, isInHand: false });
        const earliest = Math.min(...pending.map(({ at }) => at));
        // An earlier message than needed does no harm.
        expect(state.retry?.at ?? Infinity).toBeLessThanOrEqual(earliest);
      });
    });

    it('schedules a message exactly when the row names a new one', () => {
      forEachEvent(runs, ({ row, event, step }) => {
        const scheduled = step.before.flatMap((effect) => (effect.kind === 'schedule' ? [effect] : []));
        const retry = step.row.state?.retry ?? null;
        const isClaim = event.kind === 'hinted' && step.result === undefined;
        const isNew = retry !== null && retry.token !== row.state?.retry?.token && !isClaim;
        expect(scheduled).toEqual(isNew ? [{ kind: 'schedule', token: retry.token, at: retry.at }] : []);
      });
    });

    it('a hint never postpones what is due', () => {
      forEachEvent(runs, ({ row, event, now, step }) => {
        if (event.kind !== 'hinted') return;
        const pending = notYetDue(row.state, event.heard.token, now);
        const after = entriesOf(step.row.state);
        expect(renderEntries(after)).toEqual(expect.arrayContaining(renderEntries(pending)));
        if (step.result === undefined || pending.length === 0 || step.row.state?.retry === null) return;
        if (row.state?.retry?.token === event.heard.token) return;
        const before = Math.min(...pending.map(({ at }) => at));
        expect(step.row.state?.retry?.at ?? Infinity).toBeLessThanOrEqual(Math.max(before, now + 5_000));
      });
    });

    it('the same message twice changes nothing', () => {
      fc.assert(
        fc.property(stories, happenings, (story, last) => {
          const played = playAll(story);
          played.now += last.afterMs;
          const heard = played.heardOf(last);
          // Whether a read is behind depends on what was written in between.
          const world: World = { ...last.world, isOverridden: false };
          played.handleHint(heard, world);
          const { row, happened } = played;
          const count = happened.length;
          played.handleHint(heard, world);
          const again = happened.slice(count);
          // A decision's own message sends its operation again: a crash may have come between the row and the queue.
          if (again.some(({ event }) => event.kind === 'decided')) return;
          // The second time it is an echo, which is read once more after 5 s, and no more than once.
          const isEcho = ({ key }: AgendaEntry) => key === 'echo';
          const entries = renderEntries(entriesOf(played.row.state).filter((entry) => !isEcho(entry)));
          expect(entries.sort()).toEqual(
            renderEntries(entriesOf(row.state).filter((entry) => !isEcho(entry))).sort(),
          );
          // Each look that leaves a write open is recorded with a version of its own.
          const settled = ({ state, ledger }: Row) => ({
            ledger,
            state: { ...state, retry: null, later: undefined, looks: 0, version: 0 },
          });
          expect(settled(played.row)).toEqual(settled(row));
          const twice = played.row;
          played.handleHint(heard, world);
          if (played.happened.slice(count).some(({ event }) => event.kind === 'decided')) return;
          expect(settled(played.row)).toEqual(settled(twice));
          expect(renderEntries(entriesOf(played.row.state))).toEqual(renderEntries(entriesOf(twice.state)));
        }),
        runs,
      );
    });

    it.each(['missing', 'release', 'giveUp', 'verify'] as const)(
      'the same event %s twice changes nothing',
      (kind) => {
        fc.assert(
          fc.property(stories, happenings, (story, last) => {
            const played = playAll(story);
            played.play({ ...last, kind, isScheduled: false });
            const once = played.row;
            played.play({ ...last, kind, isScheduled: false, afterMs: 0 });
            expect(played.row).toEqual(once);
          }),
          runs,
        );
      },
    );

    it('every outcome has a reason', () => {
      forEachEvent(runs, ({ step }) => {
        const { state } = step.row;
        if (state === null || state.outcome === null) return;
        expect(state.reasons.length).toBeGreaterThan(0);
        for (const { code, text: why } of state.reasons) expect([code, why]).not.toContain('');
      });
    });

    it('every open write is settled by a later event', () => {
      fc.assert(
        fc.property(stories, worlds, (story, world) => {
          const played = playAll(story);
          const { state } = played.row;
          if (state === null || state.intent === null) return;
          // As long as it may still show, someone will look; afterwards the next look settles it.
          played.now = Math.max(played.now, state.intent.at) + 6 * minute;
          const quiet: World = { ...world, state: world.state === 'entitled' ? 'licensed' : world.state };
          const operator = {
            source: 'operator',
            seenAt: played.now,
            token: undefined,
            messageId: 'last',
            isBulk: false,
          };
          played.handleHint({ ...operator, source: 'operator' }, quiet);
          expect(played.row.state?.intent).toBeNull();
        }),
        runs,
      );
    });

    it('a write that no read shows stays open until a read must show it', () => {
      forEachEvent(runs, ({ row, event, now, step }) => {
        const open = row.state?.intent ?? null;
        if (event.kind !== 'looked' || open === null || event.seen.interrupted !== 'notWritten') return;
        const isKept = step.row.state?.intent?.at === open.at;
        expect(isKept).toBe(now - open.at < timing.licensing.readLag.ms);
      });
    });

    it('what Graph confirmed is in the ledger, whatever became of its intent', () => {
      forEachEvent(runs, ({ event, step }) => {
        if (event.kind !== 'writtenLate' && event.kind !== 'written') return;
        expect(step.row.ledger.map(({ skuId }) => skuId)).toEqual([ems]);
        expect(step.row.state?.lastWrite?.after).toEqual(assign.add);
        if (event.kind === 'written') return;
        // Its worker looks afresh, and should it end before that, a message comes.
        expect(step.result).toEqual({ kind: 'again', isAttempt: true });
        expect(step.row.state?.intent?.at).not.toBe(event.startedAt);
      });
    });

    it('a confirmed write remembers the writes of the five minutes before it, whatever confirmed them', () => {
      let remembered = 0;
      forEachEvent(runs, ({ row, step }) => {
        const [before, after] = [row.state?.lastWrite ?? null, step.row.state?.lastWrite ?? null];
        if (before === null || after === null || after.at === before.at) return;
        if (Math.abs(after.at - before.at) >= timing.licensing.readLag.ms) return;
        remembered++;
        expect(after.earlier?.[0]).toEqual({ at: before.at, before: before.before });
      });
      expect(remembered).toBeGreaterThan(0);
    });

    it('a write that is left open by its worker, or by a look, has a look to come, or its worker goes on', () => {
      forEachEvent(runs, ({ event, now, step }) => {
        const { state } = step.row;
        if (state === null || state.intent === null) return;
        const isLeft =
          (event.kind === 'looked' && event.heard !== undefined) ||
          (event.kind === 'writeRefused' && step.result?.kind !== 'again');
        if (!isLeft || step.result?.kind === 'giveUp') return;
        expect(notYetDue(state, undefined, now).length).toBeGreaterThan(0);
      });
    });

    it('attempts of a cause only grow until an answer', () => {
      forEachEvent(runs, (happened) => {
        if (isAnswer(happened) || happened.step.result?.kind === 'block') return;
        const { row, event, step } = happened;
        const after = entriesOf(step.row.state);
        for (const { key, attempts } of entriesOf(row.state)) {
          const grown = after.find((entry) => entry.key === key)?.attempts ?? 0;
          expect({ event: event.kind, key, isGrown: grown >= attempts }).toEqual({
            event: event.kind,
            key,
            isGrown: true,
          });
        }
      });
    });

    it('the order of messages does not change what the user comes to', () => {
      fc.assert(
        fc.property(
          stories,
          fc.array(happenings, { minLength: 2, maxLength: 4 }),
          worlds,
          (story, messages, world) => {
            const ends = [messages, [...messages].reverse()].map((order) => {
              const played = playAll(story);
              for (const message of order) {
                played.play({ ...message, kind: 'hint', isScheduled: false, afterMs: 0, world });
              }
              if (world.state === 'entitled') {
                played.now += 15_000;
                played.handleOperation(world);
              }
              // Later, in quiet: what is scheduled has come.
              played.now += 20 * minute;
              const settled: World = {
                ...world,
                state: world.state === 'entitled' ? 'licensed' : world.state,
              };
              const heard = { seenAt: played.now, token: undefined, messageId: 'quiet', isBulk: false };
              played.handleHint({ ...heard, source: 'operator' }, settled);
              const { state, ledger } = played.row;
              return {
                outcome: state?.outcome,
                reasons: state?.reasons,
                skus: state?.skus,
                digest: state?.digest,
                intent: state?.intent,
                ledger,
              };
            });
            expect(ends[1]).toEqual(ends[0]);
          },
        ),
        runs,
      );
    });
  });
}
