import { InvalidArgumentError } from 'commander';

/** Reads an option that is a whole number. */
export function atLeast(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Not a whole number (${least} or more).`);
  };
}
