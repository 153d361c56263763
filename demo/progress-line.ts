/** One line that rewrites itself on a terminal; into a pipe, a line every ten seconds or so. */
export function makeProgressLine(stream: NodeJS.WriteStream): { show(text: string): void; end(): void } {
  let last = '';
  let shownAt = -Infinity;
  return {
    show(text) {
      if (text === last) return;
      if (stream.isTTY) {
        stream.write(`\r\u001b[K${text.slice(0, (stream.columns || 80) - 1)}`);
      } else if (performance.now() - shownAt >= 10_000) {
        stream.write(`${text}\n`);
        shownAt = performance.now();
      }
      last = text;
    },
    end() {
      if (last === '') return;
      stream.write(stream.isTTY ? '\n' : `${last}\n`);
    },
  };
}
