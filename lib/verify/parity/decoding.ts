/**
 * What a process receives, by each target's own rules. What only a secret can tell stands as a mark,
 * so that a text with a password in it can be compared all the same.
 */

/** Stands for the value of a secret; no text of anybody's holds these characters. */
export function secretMark(variable: string): string {
  return `\u27e8${variable}\u27e9`;
}

/** The variables whose marks stand in a text. */
export function marksIn(text: string): readonly string[] {
  if (!text.includes('\u27e8')) return [];
  return [...text.matchAll(/\u27e8([^\u27e9]*)\u27e9/g)].flatMap(([, name]) => name ?? []);
}

/**
 * A kubelet's expansion: `$(NAME)` becomes the value of a variable that is known, `$$` one dollar.
 * @see https://github.com/kubernetes/kubernetes/blob/master/third_party/forked/golang/expansion/expand.go
 */
export function expandKubernetes(text: string, known: ReadonlyMap<string, string>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (all, name: string | undefined) =>
    name === undefined ? '$' : (known.get(name) ?? all),
  );
}

/**
 * Compose's interpolation: `$$` is one dollar; a variable that has to be set is a secret's, and
 * stands as its mark; one with a default has it; any other is empty.
 * @see https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md
 */
export function interpolateCompose(text: string): string {
  return text.replace(
    /\$(?:\$|\{([A-Za-z_]\w*)(?:(:?[-?+])([^}]*))?\}|([A-Za-z_]\w*))/g,
    (
      _,
      braced: string | undefined,
      operator: string | undefined,
      word: string | undefined,
      bare: string | undefined,
    ) => {
      if (braced === undefined && bare === undefined) return '$';
      if (operator?.endsWith('?') === true) return secretMark(braced ?? '');
      return operator?.endsWith('-') === true ? (word ?? '') : '';
    },
  );
}

/** Name of the Compose variable for one key of a Secret; undefined as its name: the system's own. */
export function secretVariable(secretName: string | undefined, key: string): string {
  const part = (text: string): string => {
    const name = text.toUpperCase().replace(/[^A-Z0-9]/g, '_');
    return /^\d/.test(name) ? `_${name}` : name;
  };
  if (secretName !== undefined) return `${part(secretName)}_${part(key)}`;
  return /^[A-Za-z_]\w*$/.test(key) ? key : part(key);
}
