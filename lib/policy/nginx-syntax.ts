/** One directive of an nginx configuration: a simple one, or a block with others inside. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly block: readonly Directive[] | undefined;
}

export function directive(name: string, ...args: string[]): Directive {
  return { name, args, block: undefined };
}

export function block(name: string, args: readonly string[], inside: readonly Directive[]): Directive {
  return { name, args, block: inside };
}

/** The text of directives, two spaces a level. */
export function writeDirectives(directives: readonly Directive[], indent = ''): string {
  return directives
    .map(({ name, args, block: inside }) => {
      const words = [name, ...args].map(writeWord).join(' ');
      if (inside === undefined) return `${indent}${words};\n`;
      return `${indent}${words} {\n${writeDirectives(inside, `${indent}  `)}${indent}}\n`;
    })
    .join('');
}

/**
 * A word as nginx reads it: quoted where it holds a character of the syntax. Variables (`$name`)
 * work inside quotes too.
 * @see https://github.com/nginx/nginx/blob/master/src/core/ngx_conf_file.c (ngx_conf_read_token)
 */
function writeWord(word: string): string {
  if (word !== '' && /^[^\s;{}"'\\#]+$/.test(word)) return word;
  const escaped = word.replace(/[\\"]/g, (char) => `\\${char}`).replaceAll('\n', '\\n');
  return `"${escaped}"`;
}
