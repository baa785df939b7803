import type { Issue } from './issues';
import { IssueCollector, show, TarsError } from './issues';

/**
 * The format of `.env` as Docker Compose reads it, which no shell and no dotenv library shares.
 * What is written here is read the same by Compose 2.20 (compose-go 1.17) and by today's
 * (compose-go 2.10); where the two differ, as for `\'` inside single quotes, another form is chosen.
 * @see https://github.com/compose-spec/compose-go/blob/main/dotenv/parser.go
 */

/** Name of a variable that Compose can both set and refer to. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * One line of an environment file: single quotes, in which nothing has a meaning, or double quotes
 * for what single quotes cannot hold.
 * @throws TarsError with TARS4004 when no line can hold the value
 */
export function envLine(name: string, value: string): string {
  const issue = envIssue(name, value);
  if (issue !== undefined) throw new TarsError([issue]);
  return `${name}=${quote(value)}`;
}

/**
 * Text of an environment file, in the order given.
 * @throws TarsError with an issue for each value that cannot be represented
 */
export function renderEnvFile(values: ReadonlyMap<string, string>): string {
  const issues = [...values].flatMap(([name, value]) => envIssue(name, value) ?? []);
  if (issues.length > 0) throw new TarsError(issues);
  return [...values].map(([name, value]) => `${envLine(name, value)}\n`).join('');
}

/** Why an environment file cannot hold a value; undefined when it can. The value itself is not shown. */
export function envIssue(name: string, value: string): Issue | undefined {
  const issues = new IssueCollector(`.env:${name}`);
  if (!NAME.test(name)) {
    issues.add({
      code: 'TARS4004',
      message: 'not the name of a variable that Compose can refer to',
      given: show(name),
      allowed: 'letters, digits and "_", not starting with a digit',
      remedy: 'rename the key of the secret',
    });
  } else if (value.includes('\0') || !isWellFormed(value)) {
    issues.add({
      code: 'TARS4004',
      message: 'a value that no environment variable can hold',
      given: `${value.length} characters, among them NUL or half a surrogate pair`,
      allowed: 'Unicode text without NUL characters',
      remedy: 'encode the value, e.g. as base64, and decode it in the process',
    });
  }
  return issues.issues[0];
}

function isWellFormed(text: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
}

function quote(value: string): string {
  // A backslash before the closing quote would escape it, and a CR may be lost to an editor.
  if (!/['\r]/.test(value) && !value.endsWith('\\')) return `'${value}'`;
  const escaped = value
    .replace(/[\\"]/g, (char) => `\\${char}`)
    .replaceAll('$', '$$$$')
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n');
  return `"${escaped}"`;
}

/** One statement of an environment file, and where it stands. */
export interface EnvStatement {
  readonly name: string;
  /** Undefined for a name alone, which stands for the variable of whoever calls Compose. */
  readonly value: string | undefined;
  /** Offsets of `name=value` in the text: blanks, `export` and comments around it stay outside. */
  readonly start: number;
  readonly end: number;
}

/**
 * Reads an environment file as Compose does: comments, `export`, `name=value` and `name: value`,
 * the three ways of quoting, escapes inside double quotes, references to variables that the file
 * set before. Of a name said twice the last one counts. A name without a value is left out.
 * @param file how messages name the file
 * @throws TarsError with TARS4003 and the line number where Compose would refuse the file
 */
export function parseEnvFile(text: string, file = '.env'): Map<string, string> {
  const values = new Map<string, string>();
  for (const { name, value } of readEnvStatements(text, file)) if (value !== undefined) values.set(name, value);
  return values;
}

/**
 * The statements of an environment file in their order, for whoever changes it in place.
 * @throws TarsError as {@link parseEnvFile} does
 */
export function readEnvStatements(text: string, file = '.env'): EnvStatement[] {
  return new EnvFileReader(text, file).read();
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '"': '"', '\\': '\\' },
  // Still to be read as a reference: "$$" is one dollar.
  $: '$$',
};

class EnvFileReader {
  private position: number;
  private readonly values = new Map<string, string>();

  public constructor(
    private readonly text: string,
    private readonly file: string,
  ) {
    this.position = text.startsWith('\uFEFF') ? 1 : 0;
  }

  public read(): EnvStatement[] {
    const statements: EnvStatement[] = [];
    while (this.skipToStatement()) {
      const { name, start, hasValue } = this.readName();
      const value = hasValue ? this.readValue() : undefined;
      if (value !== undefined) this.values.set(name, value);
      statements.push({ name, value, start, end: this.position });
    }
    return statements;
  }

  /** Skips blank space and comments; false at the end. */
  private skipToStatement(): boolean {
    const skipped = /^(?:\s|#[^\n]*(?=\n|$))*/.exec(this.rest());
    this.position += skipped?.[0].length ?? 0;
    return this.position < this.text.length;
  }

  /** The name before `=` or `:`, or a name alone. */
  private readName(): { name: string; start: number; hasValue: boolean } {
    const [, exported = '', text = '', sign = ''] = /^(export[^\S\n]+)?([^=:\n]*)([=:]?)/.exec(this.rest()) ?? [];
    const name = text.trim();
    // What stands there is not shown: it may be a piece of a secret that was broken over two lines.
    if (!/^[\p{L}\p{N}_.[\]-]+$/u.test(name)) this.fail('a line that does not start with the name of a variable');
    const start = this.position + exported.length;
    this.position = start + text.trimEnd().length;
    if (sign !== '') this.position = start + text.length + sign.length;
    return { name, start, hasValue: sign !== '' };
  }

  private readValue(): string {
    this.position += /^[^\S\n]*/.exec(this.rest())?.[0].length ?? 0;
    const quoteMark = this.text[this.position];
    if (quoteMark === "'" || quoteMark === '"') return this.readQuoted(quoteMark);
    const line = /^[^\n]*/.exec(this.rest())?.[0] ?? '';
    const value = (line.split(' #')[0] ?? '').trimEnd();
    const expanded = this.expand(value);
    this.position += value.length;
    return expanded;
  }

  private readQuoted(quoteMark: string): string {
    let value = '';
    for (let i = this.position + 1; i < this.text.length; i++) {
      const char = this.text[i] ?? '';
      if (char === quoteMark) {
        this.position = i + 1;
        return quoteMark === '"' ? this.expand(unescape(value)) : value;
      }
      const next = this.text[i + 1];
      if (char === '\\' && next !== undefined) {
        value += next === quoteMark ? quoteMark : char + next;
        i++;
      } else value += char;
    }
    return this.fail(`a value without its closing ${quoteMark}`);
  }

  /** Replaces references to earlier variables; forms with operators have no place in a file of secrets. */
  private expand(value: string): string {
    const reference = /\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\}|\{)/g;
    return value.replace(reference, (_, dollar?: string, named?: string, braced?: string) => {
      const name = named ?? braced;
      if (dollar !== undefined) return '$';
      if (name === undefined) return this.fail('a reference that this tool does not read: use single quotes');
      return this.values.get(name) ?? '';
    });
  }

  private rest(): string {
    return this.text.slice(this.position);
  }

  private fail(message: string): never {
    const line = this.text.slice(0, this.position).split('\n').length;
    throw new TarsError([
      {
        code: 'TARS4003',
        severity: 'error',
        path: `${this.file}:${line}`,
        message,
        allowed: 'NAME=\'value\', one a line, "#" before a comment',
        remedy: 'mend that line',
      },
    ]);
  }
}

function unescape(value: string): string {
  return value.replace(/\\(?:([abfnrtv$"\\])|0([0-7]{3}))/g, (_, char?: string, octal?: string) =>
    char !== undefined ? (ESCAPES[char] ?? char) : String.fromCharCode(parseInt(octal ?? '0', 8)),
  );
}
