import { dateOfRules } from './entitlement/date-of-rules';
import { matchPolicy } from './entitlement/match-rules';
import { resolvePolicy } from './entitlement/resolved-policy';
import { decide } from './decide';
import type { DecideInput, Decision, Memberships, Seats } from './decision';
import { digestOf, givenSkus, stateText } from './state-digest';
import type { StateText } from './state-digest';
import type { Ledger } from '../words/ledger';

/** One of many users, decided. */
export type DecidedUser = {
  /** `decide` of the input: the same object for users who are alike. */
  readonly decision: Decision;
  /** `stateDigest` of the input. */
  readonly digest: string;
};

/** What users must have in common, so that one can be decided as another was. */
type Setting = Pick<
  DecideInput,
  'policy' | 'catalogue' | 'learntConflicts' | 'knownPlans' | 'permissions'
> & {
  readonly named: Memberships['named'];
  readonly known: Map<string, Known>;
};

/** `text`: once it was asked for. */
type Known = { readonly decision: Decision; text?: StateText };

const mostRemembered = 5_000;
/** One for each policy that is in force, until the catalogue is read again. */
const mostSettings = 8;

/**
 * Decides many users, and those who are alike once: a tenant has far fewer ways to be than users. Alike are users for whom
 * the same rules hold, who hold and are owed the same, and for whom time changes nothing; all others are decided one by
 * one. The answers are those of `decide` and `stateDigest`. The memory is bounded, and forgotten with this object.
 */
export class AlikeDecider {
  readonly #seats: Seats | null;
  #settings: Setting[] = [];

  /** `seats`: what users are decided with, the same answers at all times. null: those of each input. */
  constructor(seats: Seats | null = null) {
    this.#seats = seats;
  }

  /** The same object for users who are alike. */
  decide(input: DecideInput): Decision {
    return this.#know(input).decision;
  }

  /** The decision, and the user's state. */
  decideWithState(input: DecideInput): DecidedUser {
    const known = this.#know(input);
    known.text ??= stateText(input);
    return { decision: known.decision, digest: digestOf(input.user.id, known.text) };
  }

  #know(input: DecideInput): Known {
    const key = keyOfAlike(input);
    const memory = key === undefined ? undefined : this.#settingOf(input).known;
    const known = memory?.get(key ?? '');
    if (known !== undefined) return known;
    const decision = decide(this.#seats === null ? input : { ...input, seats: this.#seats });
    const made: Known = { decision };
    if (memory === undefined || key === undefined || !isTimeless(decision)) return made;
    if (memory.size >= mostRemembered) memory.clear();
    memory.set(key, made);
    return made;
  }

  #settingOf(input: DecideInput): Setting {
    const { policy, catalogue, learntConflicts, knownPlans, permissions } = input;
    const { named } = input.memberships;
    const found = this.#settings.find(
      (one) =>
        one.policy === policy &&
        one.catalogue === catalogue &&
        one.learntConflicts === learntConflicts &&
        one.knownPlans === knownPlans &&
        one.permissions === permissions &&
        one.named === named,
    );
    if (found !== undefined) return found;
    const made: Setting = {
      policy,
      catalogue,
      learntConflicts,
      knownPlans,
      permissions,
      named,
      known: new Map(),
    };
    this.#settings = [made, ...this.#settings].slice(0, mostSettings);
    return made;
  }
}

/**
 * Everything that `decide` and `stateText` look at beside the setting, in the order in which it was given; undefined: this
 * user may be decided otherwise at another time, or by something of their own.
 */
function keyOfAlike(input: DecideInput): string | undefined {
  const { policy, user, memberships, holding, ledger, now, seats } = input;
  const { properties } = user;
  const isOwn =
    user.deleted ||
    input.exception !== null ||
    input.hold !== undefined ||
    input.withheld !== undefined ||
    // Of such a user it is asked what a member would get.
    properties['userType'] === null ||
    !isSettled(ledger) ||
    dateOfRules(policy, properties, now) !== null;
  if (isOwn) return undefined;
  const resolved = resolvePolicy(policy, input.catalogue);
  const match = matchPolicy(resolved, properties, memberships, { now, absent: 'undecided' });
  let free = '';
  for (const skuId of givenSkus(resolved, match)) {
    free += (seats.free(skuId) > 0 ? 1 : 0) + (seats.listOnly(skuId) ? 2 : 0);
  }
  const { country } = properties;
  return JSON.stringify([
    match.key,
    free,
    holding.usageLocation,
    country === undefined,
    // A location that is set is never asked where it comes from.
    holding.usageLocation === null || holding.usageLocation === '' ? country : null,
    holding.direct,
    holding.inherited,
    // Groups that give licenses are named to people.
    holding.inherited.length === 0 ? null : memberships.transitive,
    ledger,
  ]);
}

/** Nothing of it comes to an end: what time alone changes is not in it. */
function isSettled(ledger: Ledger): boolean {
  return ledger.every((entry) => entry.notEntitledSince === null && entry.lapsedRules === undefined);
}

/** No part of it is of the time at which it was taken. */
function isTimeless({ lookAgainAt, ledger }: Decision): boolean {
  return lookAgainAt === null && isSettled(ledger);
}
