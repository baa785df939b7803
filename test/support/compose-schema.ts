import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Ajv from 'ajv';

/**
 * What the newest Compose specification that an npm package carries says against a file; it checks
 * no durations and no ports.
 */
export function composeSchema(): (file: unknown) => string[] {
  const path = join(dirname(require.resolve('dclint/package.json')), 'schemas', 'compose.schema.json');
  const schema = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  // Ajv would look for the draft and the address that they name.
  delete schema['$schema'];
  delete schema['$id'];
  const validate = new Ajv({ allErrors: true, strict: false, validateFormats: false }).compile(schema);
  return (file) => {
    validate(file);
    return (validate.errors ?? []).map((error) =>
      [error.instancePath, error.message ?? '', JSON.stringify(error.params)].join(' '),
    );
  };
}
