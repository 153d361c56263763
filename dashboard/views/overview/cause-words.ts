import { localTimes } from '../../parts/format';
import { typedIn } from '../../parts/text/typed-in-text';
import { namedSkus, scopeInWords } from '../queue/scope-words';
import type { Named } from './cause-places';

/** Causes whose subject is the scope of a pause, which their text names as it is stored. */
const ofPauses: ReadonlySet<string> = new Set(['graph/refuses', 'paused/all', 'paused/part', 'paused/old']);

/**
 * The text of a cause as the page says it: times in the reader's zone, SKUs by name, the scope of a pause in words; what
 * a person typed stays as it is.
 * `skuNames`: names of SKUs by id. `nowMs`: milliseconds; times of today are said without the day.
 */
export function causeInWords(
  { code, subject, text }: Named & { readonly text: string },
  skuNames: ReadonlyMap<string, string>,
  nowMs: number,
): string {
  // "writes that assign or change EMS was paused" is no sentence: a SKU stays a name.
  const isScope = subject !== undefined && ofPauses.has(code) && !subject.startsWith('sku:');
  // Only where the text itself names it: what follows is what a person or Graph said.
  const { own, typed } = typedIn(text);
  const said = isScope
    ? own.replace(/^(Graph refuses )?(\S+?)(?=:? |$)/, (whole, before: string | undefined, scope: string) => {
        if (scope !== subject) return whole;
        const words = scopeInWords(subject, skuNames);
        return before === undefined
          ? `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`
          : `${before}${words}`;
      })
    : own;
  return `${localTimes(namedSkus(said, skuNames), nowMs)}${typed}`;
}
