import { foldText } from '../../policy/fold-case';

/** Without vowels and digits: what is made of them is no word, no number and no id by chance. */
const letters = 'bcdfghjklmnpqrstvwxz';
const shortest = letters.length ** 3;

/** Kinds that stand for no person; what stands for one is looked for in every text that stays. */
const impersonal: ReadonlySet<string> = new Set(['label', 'extension', 'value', 'place', 'unmatched']);

/**
 * The replacement of names, addresses and ids while one tenant is copied: the same text, whatever its letter case, always gets
 * the same pseudonym, and two texts of one kind never share one. Kinds keep apart what is never compared with each other.
 */
export class Pseudonyms {
  readonly #newId: () => string;
  readonly #ids = new Map<string, string>();
  readonly #texts = new Map<string, Map<string, string>>();
  /** Texts of the kinds that are asked for back, by their pseudonyms, as they were first written. */
  readonly #originals = new Map<string, string>();
  readonly #personal = new Set<string>();
  #count = shortest;

  /** @param newId a GUID that no object has */
  constructor(newId: () => string) {
    this.#newId = newId;
  }

  /** Another GUID for the id of a user, a group or the tenant. */
  id(id: string): string {
    const key = id.toLowerCase();
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const made = this.#newId();
    this.#ids.set(key, made);
    return made;
  }

  /** `prsn-bcdg` for a text of the kind `person`; a blank one stays. */
  text(kind: string, text: string): string {
    return text.trim() === '' ? text : this.#of(kind, text, '-');
  }

  /** The text of a kind as it was first written; undefined: the pseudonym is of no text. */
  originalOf(pseudonym: string): string | undefined {
    return this.#originals.get(pseudonym);
  }

  /**
   * Names and addresses within a domain, with what is no name: `SMTP:` or `sip:` before, `#EXT#` of a guest. The part before the
   * `@` has the pseudonym of the alias that is written like it.
   */
  address(text: string): string {
    const parts = /^((?:smtp|sip):)?([^@]+?)(#EXT#)?@([^@\s]+)$/is.exec(text);
    if (parts === null) return this.text('address', text);
    const [, prefix = '', local = '', guest = '', domain = ''] = parts;
    this.#personal.add(bare(foldText(`${local}${guest}@${domain}`)));
    return `${prefix}${this.text('alias', local)}${guest}@${this.domain(domain)}`;
  }

  /** Label by label, so that a domain within another one stays so; ends with `.example`, which has no owner (RFC 2606). */
  domain(domain: string): string {
    const labels = domain.split('.');
    if (labels.length > 1) {
      this.#personal.add(bare(foldText(domain)));
      const name = nameLabel(labels);
      labels.slice(0, -1).forEach((label, index) => {
        // However short: `abc` of abc.com names the tenant; `com` and `co` name no one tenant.
        if (index === name || label.length > 3) this.#personal.add(bare(foldText(label)));
        // `contoso` of contoso-group.com is how people call it.
        for (const part of label.split('-')) if (part.length > 3) this.#personal.add(foldText(part));
      });
    }
    return `${labels.map((label) => (label === '' ? '' : this.#of('label', label, ''))).join('.')}.example`;
  }

  /**
   * Looks for each word of a person's name in the texts that stay, not only for the whole name. Words of one or two Latin letters
   * are left out: "of" and "IT" would stand in too many.
   */
  noteWords(name: string): void {
    for (const [word] of foldText(name).matchAll(/[\p{L}\p{N}]+/gu)) {
      if (/\p{L}/u.test(word) && (word.length > 2 || !/^[\p{Script=Latin}\p{N}]+$/u.test(word)))
        this.#personal.add(word);
    }
  }

  /** A directory extension: its application and its name are the tenant's own. */
  extension(name: string): string {
    const [, application = '', rest = ''] = /^extension_([0-9a-f]{32})_(.*)$/is.exec(name) ?? [];
    return `extension_${this.id(application).replaceAll('-', '')}_${this.#of('extension', rest, '')}`;
  }

  /** Whether a name, an address, a domain or an id that was replaced stands in the text as whole words. */
  isPersonal(text: string): boolean {
    if (text.includes('@')) return true;
    const folded = foldText(text);
    const words = [...folded.matchAll(/[\p{L}\p{N}]+/gu)].map(({ index, 0: word }) => ({
      start: index,
      end: index + word.length,
    }));
    return words.some(({ start }, first) =>
      words.slice(first).some(({ end }) => {
        const run = folded.slice(start, end);
        return this.#personal.has(run) || this.#ids.has(run);
      }),
    );
  }

  /** The kind is shortened to its consonants, for the same reason that the rest has no vowels. */
  #of(kind: string, text: string, join: string): string {
    const key = foldText(text);
    let ofKind = this.#texts.get(kind);
    if (ofKind === undefined) this.#texts.set(kind, (ofKind = new Map<string, string>()));
    const known = ofKind.get(key);
    if (known !== undefined) return known;
    const made =
      join === '' ? `x${this.#next()}` : `${kind.replaceAll(/[aeiou]/g, '')}${join}${this.#next()}`;
    ofKind.set(key, made);
    if (isKeptKind(kind)) this.#originals.set(made, text);
    else if (!impersonal.has(kind)) this.#personal.add(bare(key));
    return made;
  }

  #next(): string {
    let rest = this.#count++;
    let word = '';
    for (; rest > 0; rest = Math.floor(rest / letters.length)) {
      word = letters.charAt(rest % letters.length) + word;
    }
    return word;
  }
}

/** Kinds that `--departments keep` leaves as they are. */
const keptKinds: readonly string[] = ['department', 'title', 'employment', 'division', 'center'];

function isKeptKind(kind: string): boolean {
  return keptKinds.includes(kind);
}

/** Labels under which many tenants have their names: those of registries, and Microsoft's own. */
const commonLabels: ReadonlySet<string> = new Set(
  'ac co com edu gob gov govt gouv ltd me mil ne net nhs nom or org plc sch web onmicrosoft onmschina partner mail'.split(
    ' ',
  ),
);

/** Which label names the tenant: the last one before those that many have. */
function nameLabel(labels: readonly string[]): number {
  const before = labels.slice(0, -1).map((label) => label.toLowerCase());
  return Math.max(
    0,
    before.findLastIndex((label) => !commonLabels.has(label)),
  );
}

/** Without what stands around the words. */
function bare(text: string): string {
  return text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
}
