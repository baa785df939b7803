import { styleText } from 'node:util';
import type { Io, Output } from './io';

export type Colour = 'red' | 'yellow' | 'green' | 'cyan' | 'bold' | 'dim';

/** Colours a text, or leaves it alone. */
export type Paint = (colour: Colour, text: string) => string;

/**
 * Colours are for terminals, and for those who force them.
 * @see https://no-color.org and https://force-color.org
 */
export function paintFor(output: Output, env: Io['env']): Paint {
  return wantsColour(output, env) ? (colour, text) => styleText(colour, text, { validateStream: false }) : plain;
}

/** Leaves every text alone. */
export const plain: Paint = (_, text) => text;

function wantsColour(output: Output, env: Io['env']): boolean {
  if (isSet(env['NO_COLOR'])) return false;
  if (isSet(env['FORCE_COLOR'])) return env['FORCE_COLOR'] !== '0';
  return output.isTTY && env['TERM'] !== 'dumb';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
