import type { Issue } from '../../model/issues';
import { CliError } from '../errors';

/** The failure of something that cannot be asked at all. */
export function cannotLook(path: string, given: string, remedy: string): CliError {
  const issue: Issue = {
    code: 'TARS7300',
    severity: 'error',
    path,
    message: 'what runs there cannot be looked at',
    given: given.replaceAll('\n', ' '),
    allowed: 'an API server or an engine that answers, and the right to read what is looked at',
    remedy,
  };
  return new CliError(issue);
}

/** JSON that another program has printed. @throws CliError with TARS7300 */
export function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw cannotLook(path, 'it printed something that is no JSON', `run ${path} by hand`);
  }
}
