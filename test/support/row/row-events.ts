import type { PolicyHash } from '../../../shared/kernel/ids';
import { toServicePlanId, toSkuId } from '../../../shared/kernel/ids';
import { timing } from '../../../shared/kernel/timing';
import type { Operation } from '../../../shared/licensing/decision';
import type { Step } from '../../../shared/pipeline/row/effects';
import type { Heard, Refusal, Row, RowEvent, Seen } from '../../../shared/pipeline/row/events';
import { next } from '../../../shared/pipeline/row/next';
import type { LedgerEntry } from '../../../shared/words/ledger';
import type { Happening, World } from './happenings';

export const ems = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');
const intune = toServicePlanId('c1ec4a95-1f05-45b3-a911-aa3fa01094f5');
const policyHash = 'a'.repeat(64) as PolicyHash;
const start = Date.UTC(2026, 0, 1);

const entry: LedgerEntry = {
  skuId: ems,
  disabledByUs: [intune],
  rules: ['sales'],
  policyHash,
  adopted: false,
  notEntitledSince: null,
};
export const assign: Operation = {
  kind: 'assign',
  add: [{ skuId: ems, disabledPlans: [intune] }],
  remove: [],
};

/** The same for a user without a usage location. */
const located: Operation = { ...assign, usageLocation: 'NL' };

/** A fresh look at the user of this row. */
export function lookAt(world: World, row: Row, now: number): Seen {
  const { state } = world;
  const reason = { code: 'due', text: `The user is ${state}.` } as const;
  const waits = { skuId: ems, outcome: 'waiting', reason, priority: 0 } as const;
  const isOurs = state === 'licensed' || state === 'grace' || state === 'entitled';
  const intent = row.state?.intent ?? null;
  const tookEffect = intent !== null && (state === 'licensed' || state === 'grace');
  return {
    decision: {
      outcome: state === 'legal' ? 'nothing' : state === 'entitled' ? 'licensed' : state,
      reasons: [reason],
      skus: state === 'waiting' ? [waits] : [],
      ...(state === 'entitled' ? { operation: world.isOverridden ? assign : located } : {}),
      ledger: isOurs ? [entry] : [],
      lookAgainAt: state === 'grace' ? now + world.dateInMs : null,
      policyHash,
    },
    digest: `${world.digest} ${state}`,
    ledger: tookEffect ? [entry] : row.ledger,
    interrupted: intent === null ? null : tookEffect ? 'written' : 'notWritten',
    isOverridden:
      world.isOverridden && now - (row.state?.lastWrite?.at ?? -Infinity) < timing.licensing.readLag.ms,
    isObserving: false,
    usesGroups: world.usesGroups,
    userPrincipalName: 'ada@contoso.com',
    displayName: 'Ada',
    usageLocation: 'NL',
    direct: [],
    held: [],
    granted: [],
    operationText: state === 'entitled' ? 'assign EMS' : '',
    rolloutId: null,
    leftFor: null,
    readAt: now,
  };
}

/** Everything that one happening led to: the events in turn, each with the row before it. */
export type Happened = {
  readonly row: Row;
  readonly event: RowEvent;
  readonly now: number;
  readonly step: Step;
};

/** The machine and its surroundings without any I/O: handlers, as far as they ask the machine. */
export class PlayedUser {
  row: Row = { state: null, ledger: [] };
  now = start;
  readonly happened: Happened[] = [];
  #ids = 0;

  tell(event: RowEvent): Step {
    const moment = { now: this.now, chance: 0.5, id: `id${++this.#ids}` };
    const step = next(this.row, event, moment);
    this.happened.push({ row: this.row, event, now: this.now, step });
    this.row = step.row;
    return step;
  }

  /** As decide handles a message. */
  handleHint(heard: Heard, world: World): void {
    const stillPaused = { kind: 'hinted', heard, isStillPaused: false } as const;
    if (this.tell(stillPaused).result !== undefined) return;
    const seen = lookAt(world, this.row, this.now);
    if (seen.decision.operation === undefined) {
      this.#looked(seen, 'decide', heard);
      return;
    }
    const proposal = { kind: 'proposed', by: 'decide', seen, heard, isOwnIntent: false } as const;
    if (this.tell(proposal).result !== undefined) return;
    this.tell({ kind: 'decided', seen, heard, isProbe: false });
  }

  /**
   * As apply handles a message; `refusal`: what Graph answers; `dies`: the process ends first; undefined: Graph confirms.
   * The look that the write began with, where it began.
   */
  handleOperation(
    world: World,
    refusal?: Refusal | 'dies',
    { times = 1, isSuspect = false, hasGoneUnanswered = false } = {},
  ): Seen | undefined {
    const seen = lookAt(world, this.row, this.now);
    const { operation } = seen.decision;
    if (operation === undefined) {
      this.#looked(seen, 'apply', undefined);
      return undefined;
    }
    const proposal = { kind: 'proposed', by: 'apply', seen, heard: undefined, isOwnIntent: false } as const;
    if (this.tell(proposal).result !== undefined) return undefined;
    this.tell({ kind: 'intended', seen, operation });
    if (refusal === 'dies') return seen;
    if (refusal === undefined) {
      this.tell({
        kind: 'written',
        seen,
        operation,
        isAskedFor: false,
        isBulk: false,
        verifyAfterMs: 30_000,
      });
      return seen;
    }
    this.tell({
      kind: 'writeRefused',
      refusal,
      seen,
      operation,
      times,
      hasGoneUnanswered,
      isLesson: false,
      isRest: isSuspect,
      skuIds: [ems],
      suspect: isSuspect ? { scope: 'apply', origin: 'permission', workedAt: undefined } : undefined,
    });
    return seen;
  }

  /** A worker whose message was delivered twice: another one looks at the user before Graph confirms its write. */
  #handleLate({ heardBeforeMs, hasGoneUnanswered, world }: Happening, heard: Heard): void {
    const startedAt = this.now;
    const seen = this.handleOperation({ ...world, state: 'entitled' }, 'dies');
    if (seen?.decision.operation === undefined) return;
    const { operation } = seen.decision;
    this.now += heardBeforeMs;
    const unseen: World = { ...world, state: world.state === 'entitled' ? 'entitled' : 'legal' };
    if (hasGoneUnanswered) this.handleOperation(unseen);
    else this.handleHint(heard, unseen);
    this.now += 100;
    this.tell({ kind: 'writtenLate', seen, operation, startedAt, isBulk: false, verifyAfterMs: 30_000 });
  }

  #looked(seen: Seen, by: 'decide' | 'apply', heard: Heard | undefined): void {
    const rest = { isRefused: false, isAskedFor: false, isBulk: false, verifyAfterMs: 30_000 };
    this.tell({ kind: 'looked', by, seen, heard, ...rest });
  }

  heardOf(happening: Happening): Heard {
    const token = happening.isScheduled ? this.row.state?.retry?.token : undefined;
    return {
      source: token === undefined ? happening.source : 'retry',
      seenAt: this.now - happening.heardBeforeMs,
      token,
      messageId: `m${++this.#ids}`,
      isBulk: false,
    };
  }

  play(happening: Happening): void {
    this.now += happening.afterMs;
    // A scheduled message comes when it is due, not before.
    const due = this.row.state?.retry?.at;
    if (happening.isScheduled && due !== undefined) this.now = Math.max(this.now, due);
    const { world } = happening;
    const heard = this.heardOf(happening);
    const refusal: Refusal = {
      class: happening.refusal,
      reason: { code: `graph/${happening.refusal}`, text: `Graph says ${happening.refusal}.` },
      status: 400,
      graphCode: '',
      requestId: undefined,
      retryAfterMs: undefined,
    };
    const suspect = {
      scope: 'intake',
      origin: 'permission',
      workedAt: happening.isSuspect ? undefined : this.now,
    } as const;
    switch (happening.kind) {
      case 'hint':
        return this.handleHint(heard, world);
      case 'apply':
        this.handleOperation(world);
        return undefined;
      case 'write':
        this.handleOperation({ ...world, state: 'entitled' });
        return undefined;
      case 'refuseWrite': {
        const { isSuspect, hasGoneUnanswered } = happening;
        const times = happening.isRepeated ? 2 : 1;
        const entitled: World = { ...world, state: 'entitled' };
        this.handleOperation(entitled, refusal, { times, isSuspect, hasGoneUnanswered });
        return undefined;
      }
      case 'beginWrite':
        this.handleOperation({ ...world, state: 'entitled' }, 'dies');
        return undefined;
      case 'writeLate':
        return this.#handleLate(happening, heard);
      case 'refuseRead':
        this.tell({ kind: 'readRefused', refusal, seenAt: heard.seenAt, suspect, token: heard.token });
        return undefined;
      case 'pause': {
        const why = { code: 'paused/apply', text: 'Paused.' } as const;
        const event = { scope: 'apply', why, seenAt: heard.seenAt, decided: undefined, token: heard.token };
        this.tell({ kind: 'paused', ...event });
        return undefined;
      }
      case 'missing':
        this.tell({ kind: 'missing', seenAt: heard.seenAt, token: heard.token });
        return undefined;
      case 'release':
        this.tell({ kind: 'released' });
        return undefined;
      case 'drop':
        this.tell({ kind: 'dropped', token: heard.token });
        return undefined;
      case 'giveUp':
        this.tell({ kind: 'gaveUp', class: 'crash', reason: { code: 'crash/handling', text: 'It ended.' } });
        return undefined;
      case 'except':
        this.tell({ kind: 'exceptionChanged', exception: null, text: 'released', facts: { by: 'ada' } });
        return undefined;
      case 'verify':
        this.tell({
          kind: 'verified',
          writtenAt: this.row.state?.writtenAt ?? 0,
          verdict: happening.isRepeated ? 'inService' : 'pending',
          text: 'in service',
          failure: { code: 'verify/not-in-service', text: 'Not in service.' },
          isBulk: false,
          verifyAfterMs: 30_000,
        });
        return undefined;
    }
  }
}
