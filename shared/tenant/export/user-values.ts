import { toCountryCode } from '../../policy/iso-country';
import type { Pseudonyms } from './pseudonyms';

/** How a value of a user is replaced, by where Graph has it: `department`, `employeeOrgData/division`. */
type Treatment =
  /** No text of the tenant's: booleans, dates. */
  | { readonly how: 'kept' }
  /** A time of which the day is kept: to the second it would name the account to everyone who can list the tenant. */
  | { readonly how: 'day' }
  /** Kept where it is one of the values that Microsoft or a standard names; else replaced like a text. */
  | { readonly how: 'known'; readonly isKnown: (text: string) => boolean }
  | { readonly how: 'id' }
  | { readonly how: 'address' }
  /** `isOrganization`: kept by --departments keep. */
  | { readonly how: 'text'; readonly kind: string; readonly isOrganization?: true };

const text = (kind: string): Treatment => ({ how: 'text', kind });
const organization = (kind: string): Treatment => ({ how: 'text', kind, isOrganization: true });
const known = (isKnown: (value: string) => boolean): Treatment => ({ how: 'known', isKnown });
const kept: Treatment = { how: 'kept' };
const address: Treatment = { how: 'address' };

const passwordPolicies = /^(none|disablepasswordexpiration|disablestrongpassword)$/i;

const treatments: Readonly<Record<string, Treatment>> = {
  id: { how: 'id' },
  accountEnabled: kept,
  onPremisesSyncEnabled: kept,
  createdDateTime: { how: 'day' },
  employeeHireDate: kept,
  employeeLeaveDateTime: kept,
  userType: known((value) => /^(member|guest)$/i.test(value)),
  usageLocation: known((value) => /^[a-z]{2}$/i.test(value)),
  country: known((value) => toCountryCode(value) !== undefined),
  preferredLanguage: known((value) => /^[a-z]{2}(-[a-z]{2})?$/i.test(value)),
  passwordPolicies: known((value) => value.split(/,\s*/).every((one) => passwordPolicies.test(one))),
  mail: address,
  userPrincipalName: address,
  otherMails: address,
  proxyAddresses: address,
  imAddresses: address,
  displayName: text('person'),
  givenName: text('given'),
  surname: text('family'),
  mailNickname: text('alias'),
  employeeId: text('employee'),
  mobilePhone: text('phone'),
  businessPhones: text('phone'),
  faxNumber: text('phone'),
  companyName: text('company'),
  city: text('place'),
  state: text('place'),
  officeLocation: text('place'),
  postalCode: text('place'),
  streetAddress: text('place'),
  department: organization('department'),
  jobTitle: organization('title'),
  employeeType: organization('employment'),
  'employeeOrgData/division': organization('division'),
  'employeeOrgData/costCenter': organization('center'),
};

/** Of what is not listed nothing is known: it may hold anything. */
const unknown = text('value');

/** Properties of objects that rules look at; others are not copied. */
const partsOf: Readonly<Record<string, readonly string[]>> = {
  employeeOrgData: ['division', 'costCenter'],
  onPremisesExtensionAttributes: Array.from(
    { length: 15 },
    (_, index) => `extensionAttribute${String(index + 1)}`,
  ),
};

export type Departments = 'keep' | 'replace';

/** The values of users as the copy has them. */
export class UserValues {
  readonly #pseudonyms: Pseudonyms;
  readonly #departments: Departments;
  /** A tenant has few departments, and each stands in many lines. */
  readonly #staying = new Map<string, boolean>();

  constructor(pseudonyms: Pseudonyms, departments: Departments) {
    this.#pseudonyms = pseudonyms;
    this.#departments = departments;
  }

  /** Whether texts at this path are the tenant's own, so that a part of one says nothing in the copy. */
  isReplaced(path: string): boolean {
    const { how } = treatmentOf(path);
    return how !== 'kept' && how !== 'day' && how !== 'known';
  }

  isAddress(path: string): boolean {
    return treatmentOf(path).how === 'address';
  }

  /** A text at this path, while users are still being read. */
  text(path: string, value: string): string {
    const treatment = treatmentOf(path);
    switch (treatment.how) {
      case 'kept':
        return value;
      case 'day':
        return value.replace(/^(\d{4}-\d{2}-\d{2})T.*$/s, '$1T00:00:00Z');
      case 'known':
        return treatment.isKnown(value.trim()) ? value : this.#pseudonyms.text('value', value);
      case 'id':
        return this.#pseudonyms.id(value);
      case 'address':
        return this.#pseudonyms.address(value);
      case 'text':
        return this.#pseudonyms.text(treatment.kind, value);
    }
  }

  /** A text at this path once all names are known: what --departments keep leaves as it is, unless it names a person or a group. */
  finalText(path: string, value: string): string {
    return this.staysAsIs(path, value) ? value : this.text(path, value);
  }

  /** Only to be asked when all names are known. */
  staysAsIs(path: string, value: string): boolean {
    const treatment = treatmentOf(path);
    if (this.#departments === 'replace' || treatment.how !== 'text' || treatment.isOrganization !== true)
      return false;
    const known = this.#staying.get(value);
    if (known !== undefined) return known;
    const stays = !this.#pseudonyms.isPersonal(value);
    this.#staying.set(value, stays);
    return stays;
  }

  /** Texts that --departments keep has left as they are, and those that it has replaced: each once. */
  counts(): { readonly kept: number; readonly replaced: number } {
    const kept = [...this.#staying.values()].filter(Boolean).length;
    return { kept, replaced: this.#staying.size - kept };
  }

  /** Properties of a user by their names in Graph; what is empty, or no rule looks at, is left out. */
  properties(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
    this.#noteNames(properties);
    const mapped: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(properties)) {
      const key = /^extension_/i.test(name) ? this.#pseudonyms.extension(name) : name;
      const made = this.#value(name, value);
      if (made !== undefined) mapped[key] = made;
    }
    return mapped;
  }

  /** Gives back what --departments keep leaves, in properties that `properties` made. */
  restore(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name, this.#restored(name, value)]),
    );
  }

  /** Of an account that has only a display name nothing tells which word of it is the family name. */
  #noteNames({ displayName, givenName, surname }: Readonly<Record<string, unknown>>): void {
    const parts = [givenName, surname].filter(
      (part): part is string => typeof part === 'string' && part.trim() !== '',
    );
    const names = parts.length === 2 || typeof displayName !== 'string' ? parts : [...parts, displayName];
    for (const name of names) this.#pseudonyms.noteWords(name);
  }

  #restored(path: string, value: unknown): unknown {
    if (isRecord(value) && partsOf[path] !== undefined) {
      return Object.fromEntries(
        Object.entries(value).map(([part, one]) => [part, this.#restored(`${path}/${part}`, one)]),
      );
    }
    const treatment = treatmentOf(path);
    if (typeof value !== 'string' || treatment.how !== 'text' || treatment.isOrganization !== true)
      return value;
    const original = this.#pseudonyms.originalOf(value);
    return original !== undefined && this.staysAsIs(path, original) ? original : value;
  }

  #value(path: string, value: unknown): unknown {
    if (value === null || value === undefined) return undefined;
    if (typeof value === 'string') return this.text(path, value);
    if (typeof value === 'boolean') return value;
    // A number may be that of an employee; rules compare it as a text.
    if (typeof value === 'number') return this.text(path, String(value));
    if (Array.isArray(value)) {
      const texts = value.filter((one) => typeof one === 'string').map((one) => this.text(path, one));
      return texts.length === 0 ? undefined : texts;
    }
    if (!isRecord(value)) return undefined;
    const parts = (partsOf[path] ?? []).flatMap((part) => {
      const made = this.#value(`${path}/${part}`, value[part]);
      return made === undefined ? [] : [[part, made] as const];
    });
    return parts.length === 0 ? undefined : Object.fromEntries(parts);
  }
}

function treatmentOf(path: string): Treatment {
  return Object.hasOwn(treatments, path) ? (treatments[path] ?? unknown) : unknown;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
