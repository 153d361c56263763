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
 * ISO 3166-1 alpha-3 as HR systems export it, with its alpha-2 (https://www.iso.org/obp/ui/#search/code/); and EL, which the
 * European Union writes for Greece.
 */
const alpha3 =
  'ABW AW AFG AF AGO AO AIA AI ALA AX ALB AL AND AD ARE AE ARG AR ARM AM ASM AS ATA AQ ATF TF ATG AG AUS AU AUT AT AZE AZ BDI BI BEL BE BEN BJ BES BQ BFA BF BGD BD BGR BG BHR BH BHS BS BIH BA BLM BL BLR BY BLZ BZ BMU BM BOL BO BRA BR BRB BB BRN BN BTN BT BVT BV BWA BW CAF CF CAN CA CCK CC CHE CH CHL CL CHN CN CIV CI CMR CM COD CD COG CG COK CK COL CO COM KM CPV CV CRI CR CUB CU CUW CW CXR CX CYM KY CYP CY CZE CZ DEU DE DJI DJ DMA DM DNK DK DOM DO DZA DZ ECU EC EGY EG ERI ER ESH EH ESP ES EST EE ETH ET FIN FI FJI FJ FLK FK FRA FR FRO FO FSM FM GAB GA GBR GB GEO GE GGY GG GHA GH GIB GI GIN GN GLP GP GMB GM GNB GW GNQ GQ GRC GR GRD GD GRL GL GTM GT GUF GF GUM GU GUY GY HKG HK HMD HM HND HN HRV HR HTI HT HUN HU IDN ID IMN IM IND IN IOT IO IRL IE IRN IR IRQ IQ ISL IS ISR IL ITA IT JAM JM JEY JE JOR JO JPN JP KAZ KZ KEN KE KGZ KG KHM KH KIR KI KNA KN KOR KR KWT KW LAO LA LBN LB LBR LR LBY LY LCA LC LIE LI LKA LK LSO LS LTU LT LUX LU LVA LV MAC MO MAF MF MAR MA MCO MC MDA MD MDG MG MDV MV MEX MX MHL MH MKD MK MLI ML MLT MT MMR MM MNE ME MNG MN MNP MP MOZ MZ MRT MR MSR MS MTQ MQ MUS MU MWI MW MYS MY MYT YT NAM NA NCL NC NER NE NFK NF NGA NG NIC NI NIU NU NLD NL NOR NO NPL NP NRU NR NZL NZ OMN OM PAK PK PAN PA PCN PN PER PE PHL PH PLW PW PNG PG POL PL PRI PR PRK KP PRT PT PRY PY PSE PS PYF PF QAT QA REU RE ROU RO RUS RU RWA RW SAU SA SDN SD SEN SN SGP SG SGS GS SHN SH SJM SJ SLB SB SLE SL SLV SV SMR SM SOM SO SPM PM SRB RS SSD SS STP ST SUR SR SVK SK SVN SI SWE SE SWZ SZ SXM SX SYC SC SYR SY TCA TC TCD TD TGO TG THA TH TJK TJ TKL TK TKM TM TLS TL TON TO TTO TT TUN TN TUR TR TUV TV TWN TW TZA TZ UGA UG UKR UA UMI UM URY UY USA US UZB UZ VAT VA VCT VC VEN VE VGB VG VIR VI VNM VN VUT VU WLF WF WSM WS YEM YE ZAF ZA ZMB ZM ZWE ZW EL GR';

/** Codes of two letters by others that stand for them. */
const byOtherCode: ReadonlyMap<string, string> = new Map(
  [...alpha3.matchAll(/(\w+) (\w+)/g)].map(([, other = '', code = '']) => [other, code]),
);

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

/** The ISO 3166-1 alpha-2 code for a code of two or three letters in any case, also with dots, or a country's name; undefined when it is neither. */
export function toCountryCode(text: string): string | undefined {
  const code = text.trim().toUpperCase();
  if (isCountryCode(code)) return code;
  // `U.S.A.`, `N L`: dots and blanks between letters.
  const letters = code.replace(/[^A-Z]/g, '');
  const isCode = !/[A-Z]{2}/.test(code) || letters === code;
  const other = isCode
    ? (byOtherCode.get(letters) ?? (isCountryCode(letters) ? letters : undefined))
    : undefined;
  return (
    other ??
    countryNames().get(normalize(text)) ??
    (isCode ? countryNames().get(letters.toLowerCase()) : undefined)
  );
}
