import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Ajv from 'ajv';

/** What the schema of SARIF 2.1.0 says against a log. */
export function sarifSchema(): (log: unknown) => string[] {
  const main = require.resolve('@microsoft/jest-sarif');
  const schema = JSON.parse(readFileSync(join(dirname(main), 'schemas', 'sarif-2.1.0-rtm.5.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  // Ajv would look for the draft and the address that they name; one pattern is none of ECMAScript's.
  delete schema['$schema'];
  delete schema['id'];
  const validate = new Ajv({ allErrors: true, strict: false, validateFormats: false, unicodeRegExp: false }).compile(
    schema,
  );
  return (log) => {
    validate(log);
    return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
  };
}
