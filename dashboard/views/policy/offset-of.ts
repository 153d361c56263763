/** Where a line and column (both from 1) begin in a text, in UTF-16 units; a place behind a line's end is that end. */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n');
  const before = lines.slice(0, line - 1).reduce((all, one) => all + one.length + 1, 0);
  return Math.min(text.length, before + Math.min(lines[line - 1]?.length ?? 0, column - 1));
}

/**
 * A text as a textarea has it, which ends every line with a line feed alone: offsets in it are offsets in the field.
 * Source: the API value of https://html.spec.whatwg.org/multipage/form-elements.html#the-textarea-element
 */
export function textInField(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}
