/**
 * What a field holds, as the generated tables say it: `type! =VALUES SINCE-UNTIL ~ON`. Types are
 * letters (`s` text, `i` and `l` integers of 32 and 64 bits, `d` number, `b` boolean, `q` quantity,
 * `t` and `mt` times, `y` base64, `j` anything, `i|s` integer or text), the name of a type, and
 * `[]` or `{}` before what a list or a map holds.
 */
export interface FieldType {
  readonly type: string;
  readonly isRequired: boolean;
  /** Allowed texts and the version since which each is, if it has an end of them. */
  readonly values: ReadonlyMap<string, number> | undefined;
  /** First minor version that has it. */
  readonly since: number;
  /** Last minor version that has it. */
  readonly until: number;
  /** First minor version that keeps it without a feature gate; an earlier one drops it in silence. */
  readonly on: number;
}

const cache = new Map<string, FieldType>();

/** Reads one entry of the generated tables. */
export function readFieldType(text: string): FieldType {
  let read = cache.get(text);
  if (read === undefined) cache.set(text, (read = parse(text)));
  return read;
}

function parse(text: string): FieldType {
  const [type = 'j', ...rest] = text.split(' ');
  const part = (form: RegExp): RegExpExecArray | undefined => {
    const found = rest.find((word) => form.test(word));
    return found === undefined ? undefined : (form.exec(found) ?? undefined);
  };
  const range = part(/^(\d+)-(\d*)$/);
  return {
    type: type.replace(/!$/, ''),
    isRequired: type.endsWith('!'),
    values: valuesOf(part(/^=(.*)$/)?.[1]),
    since: Number(range?.[1] ?? 0),
    until: range?.[2] === undefined || range[2] === '' ? Infinity : Number(range[2]),
    on: Number(part(/^~(\d+)$/)?.[1] ?? 0),
  };
}

function valuesOf(text: string | undefined): ReadonlyMap<string, number> | undefined {
  if (text === undefined) return undefined;
  return new Map(
    text.split(',').map((value): [string, number] => {
      const [name = '', since] = value.split(':');
      return [name, Number(since ?? 0)];
    }),
  );
}
