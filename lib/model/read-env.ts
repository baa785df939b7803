import type { IssueCollector } from './issues';
import { show } from './issues';
import type { EnvEntry } from './service-spec';
import { isEnvValue } from './value';

/** @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables */
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Reads environment variables; a map in, so sorted by name here. */
export function readEnv(entries: readonly (readonly [string, unknown])[], issues: IssueCollector): EnvEntry[] {
  return entries.flatMap(([name, value]) => {
    const at = issues.at(name);
    if (!ENV_NAME.test(name)) {
      at.add({
        code: 'TARS1007',
        message: 'not the name of an environment variable',
        given: show(name),
        allowed: 'letters, digits and "_", not starting with a digit',
        remedy: 'rename the variable',
      });
    }
    if (!isEnvValue(value)) {
      at.add({
        code: 'TARS1002',
        message: 'not the value of an environment variable',
        given: show(value),
        allowed:
          'EnvValue.fromValue("..."), EnvValue.fromSecret("KEY"), or an endpoint\'s url(), host(), address(), portNumber()',
        remedy: typeof value === 'string' ? `write EnvValue.fromValue(${show(value)})` : 'wrap the value',
      });
      return [];
    }
    const literal = value.value.kind === 'text' ? value.value.parts.filter((p) => typeof p === 'string').join('') : '';
    if (literal.includes('\0') || !isWellFormed(literal)) {
      at.add({
        code: 'TARS1007',
        message: 'a value that no process can receive',
        given: show(literal),
        allowed: 'Unicode text without NUL characters and without half surrogate pairs',
        remedy: 'encode the value, e.g. as base64, and decode it in the process',
      });
    }
    return [{ name, value: value.value }];
  });
}

/** `String.prototype.isWellFormed`, which the target library does not declare yet. */
export function isWellFormed(text: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
}
