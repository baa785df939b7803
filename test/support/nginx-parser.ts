/** One directive of an nginx configuration, as nginx' own tokenizer (ngx_conf_read_token) splits it. */
export interface NginxDirective {
  readonly name: string;
  readonly args: readonly string[];
  readonly block: readonly NginxDirective[] | undefined;
}

/**
 * Reads an nginx configuration.
 * @throws Error where nginx would refuse its syntax
 */
export function parseNginx(text: string): NginxDirective[] {
  const tokens = tokenize(text);
  let position = 0;
  const readBlock = (nested: boolean): NginxDirective[] => {
    const directives: NginxDirective[] = [];
    for (;;) {
      const token = tokens[position++];
      if (token === undefined) {
        if (nested) throw new Error('unexpected end of file, expecting "}"');
        return directives;
      }
      if (token.mark === '}') {
        if (!nested) throw new Error('unexpected "}"');
        return directives;
      }
      if (token.mark !== undefined) throw new Error(`unexpected "${token.mark}"`);
      directives.push(readDirective(token.word));
    }
  };
  const readDirective = (name: string): NginxDirective => {
    const args: string[] = [];
    for (;;) {
      const token = tokens[position++];
      if (token === undefined || token.mark === '}') throw new Error(`directive "${name}" is not terminated by ";"`);
      if (token.mark === ';') return { name, args, block: undefined };
      if (token.mark === '{') return { name, args, block: readBlock(true) };
      args.push(token.word);
    }
  };
  return readBlock(false);
}

/** A mark of the syntax, or a word. */
interface Token {
  readonly mark: ';' | '{' | '}' | undefined;
  readonly word: string;
}

const TOKEN = /\s+|#[^\n]*|([;{}])|"((?:[^"\\]|\\[^])*)"|'((?:[^'\\]|\\[^])*)'|((?:[^\s;{}"'\\]|\\[^])+)/y;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new Error(`unexpected "${text.slice(at, at + 10)}"`);
    const [, mark, double, single, bare] = match;
    if (mark !== undefined) tokens.push({ mark: mark as Token['mark'], word: '' });
    const word = double ?? single ?? bare;
    if (word !== undefined) tokens.push({ mark: undefined, word: word.replace(/\\([^])/g, unescape) });
  }
  return tokens;
}

function unescape(all: string, char: string): string {
  const known: Record<string, string> = { '"': '"', "'": "'", '\\': '\\', t: '\t', r: '\r', n: '\n' };
  return known[char] ?? all;
}

/** Directives of one name, directly inside. */
export function named(directives: readonly NginxDirective[], name: string): NginxDirective[] {
  return directives.filter((one) => one.name === name);
}

/** Arguments of the only directive of a name, joined; undefined when it is not there. */
export function valueOf(directives: readonly NginxDirective[], name: string): string | undefined {
  const found = named(directives, name);
  if (found.length > 1) throw new Error(`${name} stands ${found.length} times`);
  return found[0]?.args.join(' ');
}
