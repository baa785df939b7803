import { envLine, readEnvStatements } from '../model/env-file';
import type { EnvStatement } from '../model/env-file';
import type { RandomBytes } from './generate';
import { generateValue } from './generate';
import type { SecretNeed } from './need';

/** What {@link completeSecrets} did to a file; names only, never values. */
export interface CompletedSecrets {
  readonly text: string;
  /** Keys that got a value of their own, or an empty one where that will do. */
  readonly added: readonly string[];
  /** Keys of Secrets that somebody else made: they stand empty until their owner fills them in. */
  readonly open: readonly SecretNeed[];
}

/**
 * Adds to a secrets file what it lacks. Values, comments and unknown variables that are there stay
 * as they are, to the byte; a variable that stands empty and needs a value gets one in its place.
 * @param text the file as it is, or the template of a new one
 * @param file how messages name it
 * @throws TarsError when the file cannot be read
 */
export function completeSecrets(
  text: string,
  needs: readonly SecretNeed[],
  random: RandomBytes,
  file: string,
): CompletedSecrets {
  let result = text;
  const added: string[] = [];
  const open: SecretNeed[] = [];
  for (const need of needs) {
    const statement = lastStatement(result, need.key, file);
    // A name alone stands for a variable of the caller's, who wants it so.
    if (statement !== undefined && statement.value !== '') continue;
    if (need.foreign !== undefined && !need.mayBeEmpty) open.push(need);
    if (statement !== undefined && (need.mayBeEmpty || need.foreign !== undefined)) continue;
    const value = need.mayBeEmpty || need.foreign !== undefined ? '' : generateValue(random);
    result = putStatement(result, statement, envLine(need.key, value));
    added.push(need.key);
  }
  return { text: result, added, open };
}

/**
 * Sets one value: in its place where the file has the variable, else at the end.
 * @throws TarsError when the file cannot be read, or cannot hold the value
 */
export function setSecret(text: string, key: string, value: string, file: string): string {
  return putStatement(text, lastStatement(text, key, file), envLine(key, value));
}

/** Of a name said twice the last one counts. */
function lastStatement(text: string, key: string, file: string): EnvStatement | undefined {
  return readEnvStatements(text, file).findLast(({ name }) => name === key);
}

function putStatement(text: string, statement: EnvStatement | undefined, line: string): string {
  if (statement !== undefined) return text.slice(0, statement.start) + line + text.slice(statement.end);
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
}
