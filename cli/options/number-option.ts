import { InvalidArgumentError } from 'commander';

/** Reads a whole number of an option, within these bounds. */
export function wholeNumber(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text.trim()) && value >= lowest && value <= highest) return value;
    throw new InvalidArgumentError(`expected a whole number from ${String(lowest)} to ${String(highest)}`);
  };
}
