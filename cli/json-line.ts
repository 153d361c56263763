/** JSON in one line, without U+2028 and U+2029 as they are: Node's readline ends a line there in some of its versions. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
