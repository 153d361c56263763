/** Where a line and column (both from 1) begin in a text, in UTF-16 units; a place behind a line's end is that end. */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n');
  const before = lines.slice(0, line - 1).reduce((all, one) => all + one.length + 1, 0);
  return Math.min(text.length, before + Math.min(lines[line - 1]?.length ?? 0, column - 1));
}
