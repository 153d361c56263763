/**
 * ISO 3166-1 alpha-2 from what directories hold as a user's country: a code, or a country's name in one of the
 * languages below. Names come from the runtime's own CLDR data.
 */
const languages = ['en', 'nl', 'de', 'fr', 'es', 'it', 'pt', 'da', 'sv', 'nb', 'fi', 'pl', 'cs', 'hu', 'tr'];

/** Regions of CLDR that are no country of ISO 3166-1. */
const notCountries = new Set([
  'AC',
  'CP',
  'CQ',
  'DG',
  'EA',
  'EU',
  'EZ',
  'IC',
  'QO',
  'TA',
  'UN',
  'XA',
  'XB',
  'ZZ',
]);

/** What people write and CLDR does not list. */
const spellings: Readonly<Record<string, string>> = {
  uk: 'GB',
  'great britain': 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  usa: 'US',
  'u.s.a.': 'US',
  'u.s.': 'US',
  'united states of america': 'US',
  'the netherlands': 'NL',
  holland: 'NL',
  'czech republic': 'CZ',
  turkey: 'TR',
  'south korea': 'KR',
  'republic of korea': 'KR',
  'russian federation': 'RU',
  'viet nam': 'VN',
  'ivory coast': 'CI',
  uae: 'AE',
};

let names: ReadonlyMap<string, string> | undefined;

/** null: not a country that is known. */
export function toCountryCode(country: string): string | null {
  const text = normalize(country);
  const code = text.toUpperCase();
  if (/^[A-Z]{2}$/.test(code) && countryCodes().has(code)) return code;
  names ??= countryNames();
  return spellings[text] ?? names.get(text) ?? null;
}

let codes: ReadonlySet<string> | undefined;

function countryCodes(): ReadonlySet<string> {
  if (codes !== undefined) return codes;
  const display = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  codes = new Set(
    letters
      .flatMap((a) => letters.map((b) => a + b))
      // A code of the past is spelled as its successor (UK as GB, SU as RU), which is a guess we do not make.
      .filter((code) => !notCountries.has(code) && new Intl.Locale(`und-${code}`).region === code)
      .filter((code) => display.of(code) !== undefined),
  );
  return codes;
}

function countryNames(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const language of languages) {
    for (const style of ['long', 'short'] as const) {
      const display = new Intl.DisplayNames([language], { type: 'region', style, fallback: 'none' });
      for (const code of countryCodes()) {
        const name = display.of(code);
        if (name !== undefined && !found.has(normalize(name))) found.set(normalize(name), code);
      }
    }
  }
  return found;
}

function normalize(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();
}
