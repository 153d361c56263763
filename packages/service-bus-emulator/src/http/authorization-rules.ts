import type { AuthorizationRule } from '../engine/settings';
import { element, unescapeXml } from './xml';

/** Texts of a rule, in the order the service writes them. */
const texts = [
  ['ClaimType', 'claimType'],
  ['ClaimValue', 'claimValue'],
  ['CreatedTime', 'createdTime'],
  ['ModifiedTime', 'modifiedTime'],
  ['KeyName', 'keyName'],
  ['PrimaryKey', 'primaryKey'],
  ['SecondaryKey', 'secondaryKey'],
] as const;

/** Every element of that name without elements of its own kind inside: what is between its tags. */
function contentsOf(xml: string, name: string): string[] {
  const pattern = new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?>([\\s\\S]*?)</(?:\\w+:)?${name}>`, 'g');
  return [...xml.matchAll(pattern)].map((match) => match[1] ?? '');
}

const textsOf = (xml: string, name: string) => contentsOf(xml, name).map((text) => unescapeXml(text.trim()));

/**
 * Reads the authorization rules of a QueueDescription; undefined: it says nothing of any. They are kept and given back;
 * this broker accepts every key, so they decide nothing.
 */
export function readAuthorizationRules(xml: string): AuthorizationRule[] | undefined {
  const [rules] = contentsOf(xml, 'AuthorizationRules');
  if (rules === undefined) return /<(?:\w+:)?AuthorizationRules(?:\s[^>]*)?\/>/.test(xml) ? [] : undefined;
  return contentsOf(rules, 'AuthorizationRule').map((rule) => ({
    rights: textsOf(rule, 'AccessRights'),
    ...Object.fromEntries(
      texts.flatMap(([name, key]) => {
        const [text] = textsOf(rule, name);
        return text === undefined ? [] : [[key, text]];
      }),
    ),
  }));
}

/** The rules as a description holds them; empty where there are none. */
export function writeAuthorizationRules(rules: readonly AuthorizationRule[]): string {
  if (rules.length === 0) return '<AuthorizationRules/>';
  const written = rules.map((rule) => {
    const [claimType, claimValue, ...others] = texts.map(([name, key]) => element(name, rule[key]));
    const rights = rule.rights.map((right) => element('AccessRights', right)).join('');
    return [
      '<AuthorizationRule i:type="SharedAccessAuthorizationRule">',
      claimType,
      claimValue,
      `<Rights>${rights}</Rights>`,
      ...others,
      '</AuthorizationRule>',
    ].join('');
  });
  return `<AuthorizationRules>${written.join('')}</AuthorizationRules>`;
}
