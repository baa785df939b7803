/** A variable that Compose fills in from `.env` or from the environment of its caller. */
export type Variable =
  /** Compose refuses to start without it; `mayBeEmpty` allows it to be set to nothing. */
  | { readonly kind: 'required'; readonly name: string; readonly mayBeEmpty: boolean; readonly remedy: string }
  | { readonly kind: 'default'; readonly name: string; readonly value: string };

/**
 * A text with variables in it. A class of its own, so that a literal text can never be taken for
 * one: whatever is a plain string when the file is finished is escaped.
 */
export class Interpolation {
  public constructor(public readonly parts: readonly (string | Variable)[]) {}

  /** The text in Compose's own syntax, literal parts escaped. */
  public toCompose(): string {
    return this.parts.map((part) => (typeof part === 'string' ? escapeDollar(part) : reference(part))).join('');
  }
}

/** A text in which Compose finds nothing to fill in. */
export function escapeDollar(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** @see https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md */
function reference(variable: Variable): string {
  if (variable.kind === 'default') return `\${${variable.name}:-${variable.value}}`;
  // The message is interpolated in turn, and ends at the first closing brace.
  const remedy = variable.remedy.replace(/[${}]/g, '_');
  return `\${${variable.name}${variable.mayBeEmpty ? '?' : ':?'}${remedy}}`;
}

/** What becomes of a value once all its texts are written. */
export type Finished<T> = T extends Interpolation
  ? string
  : T extends string | number | boolean | undefined
    ? T
    : { readonly [K in keyof T]: Finished<T[K]> };

/**
 * Writes every text of a value as Compose reads it: variables as references, `$` in all else
 * doubled. Keys are never interpolated by Compose, so they stay.
 */
export function finish<T>(value: T): Finished<T> {
  return finishUnknown(value) as Finished<T>;
}

function finishUnknown(value: unknown): unknown {
  if (value instanceof Interpolation) return value.toCompose();
  if (typeof value === 'string') return escapeDollar(value);
  if (Array.isArray(value)) return value.map(finishUnknown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, child]) => (child === undefined ? [] : [[key, finishUnknown(child)]])),
  );
}
