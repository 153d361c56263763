import { sections } from 'made:runbook';
import { sectionOfFailures } from './section-of';

/** What a class of failure is, as the runbook's heading says it behind the code; undefined: it has no section of its own. */
export function classInWords(kind: string, name: string): string | undefined {
  const section = sections.find(({ id }) => id === sectionOfFailures({ kind, class: name }));
  const words = section?.title.map(({ text = '' }) => text).join('') ?? '';
  const [, said] = /^: (.+)$/.exec(words) ?? [];
  return said === undefined ? undefined : said.charAt(0).toUpperCase() + said.slice(1);
}
