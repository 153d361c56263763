/** Country codes and names as Intl knows them; the languages whose country names are understood. */
const languages = ['en', 'nl', 'de', 'fr', 'es', 'it', 'pt', 'da', 'sv', 'nb', 'fi', 'pl', 'cs', 'ja'];

/** Names in use that are not Intl's. */
const otherNames: Readonly<Record<string, string>> = {
  usa: 'US',
  'united states of america': 'US',
  uk: 'GB',
  'great britain': 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  holland: 'NL',
  'the netherlands': 'NL',
  'czech republic': 'CZ',
  'republic of ireland': 'IE',
  'south korea': 'KR',
  'republic of korea': 'KR',
  'hong kong': 'HK',
  macau: 'MO',
  turkey: 'TR',
  'russian federation': 'RU',
  'viet nam': 'VN',
  uae: 'AE',
};

/**
 * Codes that Intl gives a name and ISO 3166-1 does not assign to a country: unions, private use, and the codes that
 * are only reserved, such as IC for the Canary Islands, which are ES (https://www.iso.org/obp/ui/#search/code/).
 */
const notCountries = new Set('EU EZ UN XA XB ZZ QO XK AC CP CQ DG EA IC TA'.split(' '));

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function normalize(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/&/g, 'and')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function nameOf(code: string, language: string): string | undefined {
  const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
  return names.of(code);
}

/** Is this an ISO 3166-1 alpha-2 code, in upper case? */
export function isCountryCode(code: string): boolean {
  return (
    /^[A-Z]{2}$/.test(code) &&
    !notCountries.has(code) &&
    Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}` &&
    nameOf(code, 'en') !== undefined
  );
}

let codesByName: ReadonlyMap<string, string> | undefined;

function countryNames(): ReadonlyMap<string, string> {
  if (codesByName !== undefined) return codesByName;
  const codes = [...letters].flatMap((a) => [...letters].map((b) => a + b)).filter(isCountryCode);
  const names = new Map<string, string>();
  for (const language of languages) {
    const display = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    for (const code of codes) {
      const name = display.of(code);
      if (name !== undefined && !names.has(normalize(name))) names.set(normalize(name), code);
    }
  }
  for (const [name, code] of Object.entries(otherNames)) names.set(name, code);
  codesByName = names;
  return names;
}

/** The ISO 3166-1 alpha-2 code for a code in any case or a country's name; undefined when it is neither. */
export function toCountryCode(text: string): string | undefined {
  const code = text.trim().toUpperCase();
  if (isCountryCode(code)) return code;
  return countryNames().get(normalize(text));
}
