/** The section of the runbook for failures: one per class; dead letters, whose class is the broker's reason, share one. */
export function sectionOfFailures({
  kind,
  class: name,
}: {
  readonly kind: string;
  readonly class: string;
}): string {
  return kind === 'deadLetter' ? 'deadLetter' : name;
}

/** The section for a cause of the verdict; failures have one by class. */
export function sectionOfCause({
  code,
  subject,
}: {
  readonly code: string;
  readonly subject?: string;
}): string {
  return code === 'failures/open' && subject !== undefined ? subject : code;
}

/** Where a section is read, below the page. */
export function runbookLink(section: string): string {
  return `/runbook/${encodeURIComponent(section)}`;
}
