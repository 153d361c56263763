/**
 * Letter case taken out, one character at a time: comparisons of rules ignore case. The final sigma is folded too,
 * because which sigma toLowerCase writes depends on the letters after it.
 */
export function foldCase(text: string): string {
  const lower = text.toLowerCase();
  return lower.includes('ς') ? lower.replaceAll('ς', 'σ') : lower;
}
