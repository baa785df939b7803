import { envIssue } from '../model/env-file';
import type { Issue } from '../model/issues';
import type { SecretNeed } from './need';

/** Characters that stand for themselves everywhere in a URL. @see https://www.rfc-editor.org/rfc/rfc3986#section-2.3 */
const UNRESERVED = /^[A-Za-z0-9._~-]*$/;
const UNRESERVED_WORDS = 'letters, digits, "-", ".", "_" and "~"';

/**
 * What is wrong with one value. No message shows the value, or how long it is.
 * @param file the secrets file, for the path of the issue
 */
export function valueIssues(need: SecretNeed, value: string | undefined, file: string): Issue[] {
  const issues: Issue[] = [];
  const path = `${file}:${need.key}`;
  const readers = need.readers.join(', ');
  if ((value === undefined || value === '') && !need.mayBeEmpty) {
    issues.push({
      code: 'TARS4002',
      severity: 'error',
      path,
      message: `the secret has no value, and ${readers} cannot do without`,
      given: value === undefined ? 'nothing' : 'an empty value',
      allowed: 'a value',
      remedy:
        need.foreign === undefined
          ? 'run `tars secrets init`, which makes one, or `tars secrets set` with a value of your own'
          : `run \`tars secrets set ${need.key}\` with the value that the Secret ${need.foreign.secretName} has under ${need.foreign.key}`,
    });
  }
  if (need.inUrl && !UNRESERVED.test(value ?? '')) {
    issues.push({
      code: 'TARS4001',
      severity: 'error',
      path,
      message: `the secret stands in a URL of ${readers}, where it would have to be escaped`,
      given: `a value with ${unreservedExceptions(value ?? '')}`,
      allowed: UNRESERVED_WORDS,
      remedy: `run \`tars secrets set ${need.key}\` with another value, or pass URL and password in variables of their own`,
    });
  }
  const unrepresentable = envIssue(need.key, value ?? '');
  if (unrepresentable !== undefined) issues.push({ ...unrepresentable, path });
  return issues;
}

/** What is wrong with the values of a whole file. */
export function secretsIssues(
  needs: readonly SecretNeed[],
  values: ReadonlyMap<string, string>,
  file: string,
): readonly Issue[] {
  return needs.flatMap((need) => valueIssues(need, values.get(need.key), file));
}

/** The kinds of characters that are in the way: enough to find them, not enough to guess the value. */
function unreservedExceptions(value: string): string {
  const punctuation = /[!-/:-@[-`{-|]/.test(value.replace(/[._~-]/g, ''));
  const blank = /\s/.test(value);
  const kinds = [
    ...(punctuation ? ['punctuation such as "@", "/" or "%"'] : []),
    ...(blank ? ['blanks or line breaks'] : []),
  ];
  return kinds.length === 0 ? 'characters beyond ASCII' : kinds.join(' and ');
}
