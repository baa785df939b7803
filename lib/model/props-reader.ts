import type { IssueCode, IssueCollector } from './issues';
import { show } from './issues';
import { closest } from './names';

/** Names of all properties of P; the compiler holds the list complete. */
export type Keys<P> = Readonly<Record<keyof Required<P>, true>>;

/**
 * Reads props that may come from JavaScript: every deviation becomes an issue and a harmless
 * stand-in value, so that one run reports all of them.
 */
export class PropsReader<P extends object> {
  private readonly props: Readonly<Record<string, unknown>>;

  public constructor(
    props: P | undefined,
    public readonly issues: IssueCollector,
    keys: Keys<P>,
  ) {
    const given: unknown = props ?? {};
    if (!isRecord(given)) {
      this.wrong(issues, props, 'an object with properties');
      this.props = {};
      return;
    }
    this.props = given;
    const allowed = Object.keys(keys);
    for (const key of Object.keys(this.props)) {
      if (Object.prototype.hasOwnProperty.call(keys, key)) continue;
      const meant = closest(key, allowed);
      issues.at(key).add({
        code: 'TARS1001',
        message: `unknown property "${key}"`,
        given: show(this.props[key]),
        allowed: allowed.join(', '),
        remedy: meant === undefined ? 'remove it' : `did you mean "${meant}"?`,
      });
    }
  }

  public has(key: keyof P & string): boolean {
    return this.props[key] !== undefined;
  }

  public raw(key: keyof P & string): unknown {
    return this.props[key];
  }

  public at(key: keyof P & string): IssueCollector {
    return this.issues.at(key);
  }

  public string(key: keyof P & string): string | undefined;
  public string(key: keyof P & string, fallback: string): string;
  public string(key: keyof P & string, fallback?: string): string | undefined {
    const value = this.props[key];
    if (value === undefined) return fallback;
    if (typeof value === 'string') return value;
    this.wrong(this.at(key), value, 'a string');
    return fallback;
  }

  /** A string that must be there. */
  public requiredString(key: keyof P & string, standIn: string): string {
    if (this.props[key] !== undefined) return this.string(key, standIn);
    this.wrong(this.at(key), undefined, 'a string', `set "${key}"`);
    return standIn;
  }

  public boolean(key: keyof P & string, fallback: boolean): boolean {
    const value = this.props[key];
    if (value === undefined) return fallback;
    if (typeof value === 'boolean') return value;
    this.wrong(this.at(key), value, 'true or false');
    return fallback;
  }

  public integer(key: keyof P & string, range: { min: number; max: number }): number | undefined;
  public integer(key: keyof P & string, range: { min: number; max: number }, fallback: number): number;
  public integer(key: keyof P & string, range: { min: number; max: number }, fallback?: number): number | undefined {
    const value = this.props[key];
    if (value === undefined) return fallback;
    if (typeof value === 'number' && Number.isInteger(value) && value >= range.min && value <= range.max) return value;
    this.at(key).add({
      code: typeof value === 'number' ? 'TARS1006' : 'TARS1002',
      message: typeof value === 'number' ? 'the number is out of range' : 'not a number',
      given: typeof value === 'number' ? String(value) : show(value),
      allowed: `a whole number from ${range.min} to ${range.max}`,
      remedy: `set "${key}" to a whole number in that range`,
    });
    return fallback ?? (typeof value === 'number' ? range.min : undefined);
  }

  public oneOf<T extends string>(key: keyof P & string, allowed: readonly T[]): T | undefined;
  public oneOf<T extends string>(key: keyof P & string, allowed: readonly T[], fallback: T): T;
  public oneOf<T extends string>(key: keyof P & string, allowed: readonly T[], fallback?: T): T | undefined {
    const value = this.props[key];
    if (value === undefined) return fallback;
    const found = allowed.find((candidate) => candidate === value);
    if (found !== undefined) return found;
    const meant = typeof value === 'string' ? closest(value, allowed) : undefined;
    this.at(key).add({
      code: 'TARS1002',
      message: 'not one of the allowed values',
      given: show(value),
      allowed: allowed.map((a) => `"${a}"`).join(', '),
      remedy: meant === undefined ? `choose one of them` : `did you mean "${meant}"?`,
    });
    return fallback;
  }

  public list(key: keyof P & string): readonly unknown[] {
    const value = this.props[key];
    if (value === undefined) return [];
    if (Array.isArray(value)) return value as unknown[];
    this.wrong(this.at(key), value, 'a list');
    return [];
  }

  public strings(key: keyof P & string): readonly string[] | undefined {
    if (this.props[key] === undefined) return undefined;
    return this.list(key).flatMap((item, index) => {
      if (typeof item === 'string') return [item];
      this.wrong(this.at(key).at(index), item, 'a string');
      return [];
    });
  }

  /** A map, sorted by key: what came from a map is sorted here, once, at the border. */
  public entries(key: keyof P & string): readonly (readonly [string, unknown])[] {
    const value = this.props[key];
    if (value === undefined) return [];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.wrong(this.at(key), value, 'an object');
      return [];
    }
    return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** A quantity read by `parse`. */
  public quantity(
    key: keyof P & string,
    parse: (text: string) => number | undefined,
    format: string,
  ): number | undefined {
    const value = this.props[key];
    if (value === undefined) return undefined;
    const parsed = typeof value === 'string' ? parse(value) : undefined;
    if (parsed === undefined) {
      this.at(key).add({
        code: 'TARS1010',
        message: 'not a quantity',
        given: show(value),
        allowed: format,
        remedy: `write "${key}" as ${format}`,
      });
    }
    return parsed;
  }

  private wrong(at: IssueCollector, value: unknown, allowed: string, remedy?: string): void {
    const code: IssueCode = 'TARS1002';
    at.add({
      code,
      message: value === undefined ? 'a value is missing' : 'wrong type',
      given: show(value),
      allowed,
      remedy: remedy ?? `give ${allowed}`,
    });
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
