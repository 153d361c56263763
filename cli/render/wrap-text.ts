/**
 * Text in lines of at most `width` columns, broken at spaces; a word that is longer than a line is broken anywhere.
 * Colors are no columns: wrap first, paint afterwards.
 */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (let word of paragraph.split(' ')) {
      const joined = line === '' ? word : `${line} ${word}`;
      if (joined.length <= width) {
        line = joined;
        continue;
      }
      if (line !== '') lines.push(line);
      while (word.length > width) {
        lines.push(word.slice(0, width));
        word = word.slice(width);
      }
      line = word;
    }
    lines.push(line);
  }
  return lines;
}

/** A paragraph behind a label: `label  text`, the following lines indented below it. */
export function labeled(label: string, text: string, width = 80, indent = 11): string {
  const lines = wrapText(text, width - indent);
  return lines.map((line, index) => `${(index === 0 ? label : '').padEnd(indent)}${line}`).join('\n');
}
