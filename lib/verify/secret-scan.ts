import type { Issue } from '../model/issues';

/** Shorter values would be found by chance. */
const MIN_LENGTH = 8;

/** A secret's value in a file that is not for secrets: pasted into the model, most likely. */
export function findLeakedSecrets(
  values: Readonly<Record<string, string>>,
  files: readonly { readonly path: string; readonly content: string }[],
): Issue[] {
  const needles = Object.entries(values).filter(([, value]) => value.length >= MIN_LENGTH);
  return files.flatMap(({ path, content }) =>
    needles
      .filter(([, value]) => content.includes(value) || content.includes(Buffer.from(value).toString('base64')))
      .map(([key]): Issue => ({
        code: 'TARS2008',
        severity: 'error',
        path,
        message: `the value of the secret ${key} stands in a file that is not for secrets`,
        given: `the value of ${key}`,
        allowed: `EnvValue.fromSecret("${key}")`,
        remedy: 'take the literal out of the model and refer to the secret by its key',
      })),
  );
}
