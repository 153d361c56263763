import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { weights } from '../../../shared/ops/status/cause';
import { sectionOfCause, sectionOfFailures } from '../../../dashboard/views/runbook/section-of';
import { failureClasses } from '../../../shared/pipeline/failures/record-failure';

const runbook = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'runbook.md'), 'utf8');
const sections = [...runbook.matchAll(/^### `([^`]+)`/gm)].map(([, code]) => code);
const kinds = ['failure', 'deadLetter', 'waiting'];
/** What the page’s “What to do” leads to: of each cause, and of failures of each class and kind. */
const linked = [
  ...Object.keys(weights).map((code) => sectionOfCause({ code })),
  ...[...failureClasses, 'seats'].flatMap((name) => [
    sectionOfCause({ code: 'failures/open', subject: name }),
    ...kinds.map((kind) => sectionOfFailures({ kind, class: name })),
  ]),
];

describe('docs/runbook.md', () => {
  it.each([...new Set(linked)])('says what to do about %s', (code) => {
    expect(sections.filter((section) => section === code)).toEqual([code]);
  });

  it('has no section of something that is not', () => {
    expect(sections.filter((code) => !linked.includes(code ?? ''))).toEqual([]);
  });
});
