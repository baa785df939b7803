// @ts-check
import { kubectl, namespace } from './cluster.mjs';

/**
 * @param {string} statement
 * @returns {Promise<string>} rows as psql writes them: a line each, columns by `|`
 */
export async function sql(statement) {
  const psql = ['psql', '-h', '/var/run/postgresql', '-U', 'tars', '-d', 'tars_db', '-v', 'ON_ERROR_STOP=1', '-tAc'];
  return (await kubectl(['exec', 'tars-postgres-0', '--namespace', namespace, '--', ...psql, statement])).trim();
}
