/**
 * Letter case taken out, one character at a time: comparisons of rules ignore case. The final sigma is folded too,
 * because which sigma toLowerCase writes depends on the letters after it.
 */
export function foldCase(text: string): string {
  const lower = text.toLowerCase();
  return lower.includes('ς') ? lower.replaceAll('ς', 'σ') : lower;
}

/**
 * Letter case taken out of the text in Unicode's composed form (NFC): two texts that people read as one are equal. macOS
 * and some sources of Active Directory write letters with marks as two characters (NFD), and Graph keeps what it gets.
 */
export function foldText(text: string): string {
  return foldCase(text.normalize('NFC'));
}
